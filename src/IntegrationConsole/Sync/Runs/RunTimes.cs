namespace IntegrationConsole.Sync.Runs;

/// <summary>How long runs usually take, to tell what is slow today.</summary>
public sealed class RunTimes(ConsoleDatabase database)
{
    /// <summary>The last good runs of an integration's own that are looked at, and how many there have to be.</summary>
    private const int LookedAt = 20;
    private const int Fewest = 3;

    /// <summary>The median of each integration's last good runs; those that had too few are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, TimeSpan>> MediansAsync(IReadOnlyCollection<Run> of, CancellationToken cancellationToken)
    {
        var syncs = of.Select(run => (run.TenantId, run.SyncId)).Distinct().ToList();
        if (syncs.Count == 0)
        {
            return new Dictionary<Guid, TimeSpan>();
        }

        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<Row>("""
            select k.sync_id, percentile_cont(0.5) within group (order by extract(epoch from d.finished_at - d.started_at)) as seconds
            from unnest(@tenants, @syncs) k(tenant_id, sync_id)
            cross join lateral (
                select r.started_at, r.finished_at from run r
                where r.tenant_id = k.tenant_id and r.sync_id = k.sync_id and r.state in ('Succeeded', 'Partial') and not r.beside and r.parent_id is null and r.started_at is not null
                order by r.finished_at desc limit @looked) d
            group by k.sync_id having count(*) >= @fewest
            """,
            new { tenants = syncs.Select(sync => sync.TenantId.Value).ToArray(), syncs = syncs.Select(sync => sync.SyncId).ToArray(), looked = LookedAt, fewest = Fewest }, cancellationToken);
        return rows.ToDictionary(row => row.SyncId, row => TimeSpan.FromSeconds(row.Seconds));
    }

    private sealed record Row(Guid SyncId, double Seconds);
}
