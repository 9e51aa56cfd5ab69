namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// Ends what time ends: snoozed groups wake when their time has come, when the awaited mapping version is published or the
/// circuit is closed; groups without letters that stay quiet are called over. Each turn names the state that it expects,
/// so every worker may look.
/// </summary>
public sealed class GroupKeeper(ConsoleDatabase database, TimeProvider clock, ILogger<GroupKeeper> logger) : BackgroundService
{
    private const int MostAtOnce = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(problem, "Looking after failure groups failed; trying again in {Interval}", Interval);
            }
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var changed = await WakeAsync(session, now, cancellationToken);
        changed.AddRange(await EndAsync(session, now, cancellationToken));
        foreach (var tenant in changed.Distinct())
        {
            await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    private static async Task<List<TenantId>> WakeAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await session.ListAsync<Due>("""
            select g.tenant_id, g.id, case
                when g.snooze_until <= @now then 'Its time has come'
                when m.number >= g.snooze_version then 'Mapping v' || m.number || ' was published'
                else 'The circuit of ' || c.name || ' is closed' end as detail
            from failure_group g
            join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id
            left join mapping_version m on m.tenant_id = s.tenant_id and m.mapping_id = s.mapping_id and m.state = 'Published'
            left join connection c on c.tenant_id = g.tenant_id and c.id = g.snooze_connection_id
            left join circuit i on i.tenant_id = c.tenant_id and i.connection_id = c.id
            where g.state = 'Snoozed'
              and (g.snooze_until <= @now or m.number >= g.snooze_version or (c.id is not null and coalesce(i.state, 'Closed') = 'Closed'))
            order by g.tenant_id, g.id limit @most for update of g skip locked
            """, new { now, most = MostAtOnce }, cancellationToken);
        foreach (var group in due)
        {
            await GroupTurns.ApplyAsync(session, group.TenantId, group.Id, new GroupTurn(GroupStep.Woke, group.Detail, false), null, now, cancellationToken);
        }

        return [.. due.Select(group => group.TenantId)];
    }

    private static Task<IReadOnlyList<TenantId>> EndAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ListAsync<TenantId>("""
            with over as (
                select g.tenant_id, g.id from failure_group g
                where g.state in ('Open', 'Acknowledged') and g.last_seen < @quiet and g.merged_into is null
                  and not exists (select from dead_letter d where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state in ('Waiting', 'Queued', 'Replaying'))
                limit @most for update of g skip locked),
            ended as (
                update failure_group g set state = 'Resolved', state_since = @now, state_by = 'the console', state_reason = @detail, resolved_version = null, version = g.version + 1
                from over o where g.tenant_id = o.tenant_id and g.id = o.id returning g.tenant_id, g.id)
            insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail)
            select tenant_id, id, @now, 'the console', 'Resolved', @detail from ended returning tenant_id
            """, new { now, quiet = now - GroupLife.QuietFor, most = MostAtOnce, detail = "No letters are left, and it was quiet for a day" }, cancellationToken);

    private sealed record Due(TenantId TenantId, Guid Id, string Detail);
}
