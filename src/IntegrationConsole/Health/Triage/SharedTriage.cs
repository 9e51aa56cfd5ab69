using System.Security.Cryptography;
using System.Text.Json;

namespace IntegrationConsole.Health.Triage;

/// <summary>All that a triage page shows of some tenants, as it was at one moment.</summary>
/// <param name="Print">The same for views in which the same stands.</param>
public sealed record TriageView(TriagePicture Picture, TriageAside Aside, string Print);

/// <summary>Triage as many open pages ask for it: one reading for all who may see the same tenants.</summary>
public sealed class SharedTriage
{
    /// <summary>Tuples are made of fields.</summary>
    private static readonly JsonSerializerOptions Whole = new() { IncludeFields = true };

    private readonly TriageReader _triage;
    private readonly TriageAsideReader _asides;
    private readonly SharedReading<TenantSet, TriageView> _readings;

    public SharedTriage(TriageReader triage, TriageAsideReader asides, TimeProvider clock)
    {
        (_triage, _asides) = (triage, asides);
        _readings = new SharedReading<TenantSet, TriageView>(tenants => ReadAsync(tenants.Ids), clock);
    }

    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<TriageView> ReadAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken) => _readings.AskAsync(new TenantSet(tenants), cancellationToken);

    private async Task<TriageView> ReadAsync(IReadOnlyList<TenantId> tenants)
    {
        var picture = await _triage.ReadAsync(tenants, CancellationToken.None);
        var aside = await _asides.ReadAsync(tenants, CancellationToken.None);
        return new TriageView(picture, aside, Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { picture, aside }, Whole))));
    }
}
