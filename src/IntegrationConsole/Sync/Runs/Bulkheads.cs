namespace IntegrationConsole.Sync.Runs;

/// <summary>How a tenant's places for runs are taken.</summary>
/// <param name="Going">Runs that have a place.</param>
/// <param name="Places">How many may have one.</param>
/// <param name="Waiting">Runs in its line.</param>
/// <param name="OldestWait">Since when the first of them waits; null where none does.</param>
/// <param name="Busy">How long its runs took together in the last hour.</param>
public sealed record Bulkhead(TenantId TenantId, int Going, int Places, int Waiting, DateTimeOffset? OldestWait, TimeSpan Busy)
{
    /// <summary>So long a wait is no usual one.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>The share of the hour in which its places were taken.</summary>
    public double Share => Math.Min(1, Busy / (TimeSpan.FromHours(1) * Places));

    public bool WaitsLong(DateTimeOffset now) => now - OldestWait > Long;
}

/// <summary>Tells how tenants' places are taken: each has its own, so that one tenant's runs never keep another's from going.</summary>
public sealed class Bulkheads(ConsoleDatabase database, RunLine line, TimeProvider clock)
{
    /// <summary>A run's row is looked for among those queued since then; what takes longer is found while it goes.</summary>
    private static readonly TimeSpan LooksBack = TimeSpan.FromHours(3);

    public async Task<IReadOnlyList<Bulkhead>> ListAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<Row>($"""
            select t.id as tenant_id, coalesce(q.concurrent_runs, @usual) as places, w.waiting, w.oldest,
                   (select count(*)::int from run o where o.tenant_id = t.id and o.state = 'Running' and {RunLine.TakesAPlace}) as going,
                   (select coalesce(sum(extract(epoch from coalesce(o.finished_at, @now) - greatest(o.started_at, @hour))), 0)::double precision from run o
                    where o.tenant_id = t.id and o.started_at is not null and coalesce(o.finished_at, @now) > @hour and not o.is_split
                      and (o.state = 'Running' or o.queued_at > @since)) as busy
            from tenant t
            left join tenant_quota q on q.tenant_id = t.id
            cross join lateral (
                select count(*)::int as waiting, min(r.start_after) as oldest from run r
                where r.tenant_id = t.id and r.state = 'Queued' and r.called_at is null and r.start_after <= @now) w
            where t.id = any(@tenants)
            """,
            new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), usual = line.UsualPlaces, now, hour = now - TimeSpan.FromHours(1), since = now - LooksBack }, cancellationToken);
        return [.. rows.Select(row => new Bulkhead(row.TenantId, row.Going, row.Places, row.Waiting, row.Oldest, TimeSpan.FromSeconds(row.Busy)))];
    }

    private sealed class Row
    {
        public TenantId TenantId { get; init; }

        public int Places { get; init; }

        public int Waiting { get; init; }

        public DateTimeOffset? Oldest { get; init; }

        public int Going { get; init; }

        public double Busy { get; init; }
    }
}
