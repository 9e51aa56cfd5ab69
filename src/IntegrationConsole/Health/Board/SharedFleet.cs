using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Board;

/// <summary>How some tenants are, and how many of their integrations are in each state, at one moment.</summary>
public sealed record FleetView(IReadOnlyDictionary<TenantId, ObjectHealth> States, IReadOnlyDictionary<TenantId, IReadOnlyDictionary<HealthState, int>> Counts);

/// <summary>The fleet as many open pages ask for it: one reading for all who may see the same tenants.</summary>
public sealed class SharedFleet
{
    private readonly HealthStore _health;
    private readonly SharedReading<TenantSet, FleetView> _readings;

    public SharedFleet(HealthStore health, TimeProvider clock)
    {
        _health = health;
        _readings = new SharedReading<TenantSet, FleetView>(tenants => ReadAsync(tenants.Ids), clock);
    }

    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<FleetView> ReadAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken) => _readings.AskAsync(new TenantSet(tenants), cancellationToken);

    private async Task<FleetView> ReadAsync(IReadOnlyList<TenantId> tenants) => new(
        await _health.ListTenantsAsync(tenants, CancellationToken.None), await _health.CountAsync(tenants, ObjectKind.Sync, CancellationToken.None));
}
