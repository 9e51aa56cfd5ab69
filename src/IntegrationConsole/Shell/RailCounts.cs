using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Shell;

/// <summary>What the rail says of alerts, failures and replays.</summary>
/// <param name="Alerts">Alerts that fire, of which people are told and nobody knows yet.</param>
/// <param name="Groups">Open failure groups that nobody has acknowledged and that do not heal by themselves.</param>
/// <param name="Replays">Replays that are running.</param>
public sealed record RailCount(int Alerts, int Groups, int Replays)
{
    public static readonly RailCount None = new(0, 0, 0);
}

/// <summary>Counts for the rail, which stands beside every page of everybody: those who look at the same at about the same time share one reading.</summary>
public sealed class RailCounts(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>More are not told apart.</summary>
    public const int Most = 99;

    private readonly SharedReading<string, RailCount> _shared = new(key => ReadAsync(database, [.. key.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse)]), clock);

    /// <summary>Of one tenant, or of all that somebody may see together.</summary>
    public Task<RailCount> ReadAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken) =>
        tenants.Count == 0 ? Task.FromResult(RailCount.None) : _shared.AskAsync(string.Join(',', tenants.Select(tenant => tenant.Value).Order()), cancellationToken);

    /// <remarks>Not given up when one of those who wait for it leaves.</remarks>
    private static async Task<RailCount> ReadAsync(ConsoleDatabase database, Guid[] tenants)
    {
        await using var session = await database.AcrossTenantsAsync(CancellationToken.None);
        return await session.OneAsync<RailCount>("""
            select
                (select count(*)::int from (
                    select from alert a where a.tenant_id = any(@tenants) and a.state <> 'Resolved' and a.state = 'Firing' and a.overlay in ('None', 'Flapping') limit @most) firing) as alerts,
                (select count(*)::int from (
                    select from failure_group g
                    where g.tenant_id = any(@tenants) and g.state = 'Open' and g.merged_into is null and not (g.cause = any(@healing))
                      and exists (select from dead_letter d where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state in ('Waiting', 'Queued', 'Replaying'))
                    limit @most) open) as groups,
                (select count(*)::int from (select from replay p where p.tenant_id = any(@tenants) and p.state = 'Running' limit @most) going) as replays
            """,
            new { tenants, healing = Enum.GetValues<FailureCause>().Where(cause => cause.IsTransient).Select(cause => cause.ToString()).ToArray(), most = Most + 1 }, CancellationToken.None);
    }
}
