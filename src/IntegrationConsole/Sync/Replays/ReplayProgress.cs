namespace IntegrationConsole.Sync.Replays;

/// <summary>A replay on its way, as it is shown beside other things.</summary>
/// <param name="LastMinute">Letters that came to an outcome in the last minute.</param>
public sealed record ReplayUnderWay(Guid Id, string Scope, ReplayState State, int Total, int Delivered, int Failed, int Skipped, int LastMinute)
{
    public int Left => Total - Delivered - Failed - Skipped;

    public double Share => Total == 0 ? 0 : 1 - ((double)Left / Total);

    /// <summary>How long it takes at the pace of the last minute; null while it has none.</summary>
    public TimeSpan? ToGo => State is ReplayState.Running && LastMinute > 0 && Left > 0 ? TimeSpan.FromMinutes((double)Left / LastMinute) : null;
}

/// <summary>What replays did, from what was recorded of their letters.</summary>
public sealed class ReplayProgress(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>Replays that run, and those that somebody paused, which wait for a person again; the oldest first.</summary>
    public async Task<IReadOnlyList<ReplayUnderWay>> ListUnderWayAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ReplayUnderWay>("""
            select p.id, p.scope, p.state, p.total, p.delivered, p.failed, p.skipped,
                   (select count(*)::int from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id and i.finished_at > @since) as last_minute
            from replay p where p.tenant_id = @tenant and p.state in ('Running', 'Paused') order by p.state desc, p.requested_at, p.id limit 10
            """, new { tenant, since = clock.GetUtcNow() - TimeSpan.FromMinutes(1) }, cancellationToken);
    }

    /// <summary>How fast it went, from its beginning on, or as far back as can be shown.</summary>
    public async Task<ReplayRate> RateAsync(Replay replay, CancellationToken cancellationToken)
    {
        if (replay.BeganAt is not { } began)
        {
            return ReplayRate.None;
        }

        var end = replay.FinishedAt ?? clock.GetUtcNow();
        var width = ReplayRate.WidthFor(end - began);
        var first = ReplayRate.FirstOf(began, end, width);
        await using var session = await database.InTenantAsync(replay.TenantId, cancellationToken);
        var counted = await session.ListAsync<ReplayStretch>("""
            select date_bin(@width, finished_at, @first) as at, (count(*) filter (where state = 'Delivered'))::int as delivered, (count(*) filter (where state = 'Failed'))::int as failed
            from replay_item where tenant_id = @tenant and replay_id = @id and finished_at >= @first group by 1 order by 1
            """, new { tenant = replay.TenantId, id = replay.Id, width, first }, cancellationToken);
        return ReplayRate.Of(first, end, width, counted);
    }
}
