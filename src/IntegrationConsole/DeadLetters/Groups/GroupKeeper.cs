namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// Ends what time ends: snoozed groups wake when their time has come, when the awaited mapping version is published or the
/// circuit is closed; groups whose letters all arrived are called over, and those without letters that stay quiet. Each turn names the state that it expects,
/// so every worker may look.
/// </summary>
public sealed class GroupKeeper(ConsoleDatabase database, TimeProvider clock)
{
    private const int MostAtOnce = 500;

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var changed = await WakeAsync(session, now, cancellationToken);
        changed.AddRange(await EndDeliveredAsync(session, now, cancellationToken));
        changed.AddRange(await EndQuietAsync(session, now, cancellationToken));
        await session.NotifyAsync(changed.Distinct().Select(tenant => new Change(FailureGroupStore.Topic, tenant)), cancellationToken);

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

    /// <summary>The proof: a letter that was delivered after the last failure. What came from a newer mapping than failed is fixed in it.</summary>
    private static Task<IReadOnlyList<TenantId>> EndDeliveredAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ListAsync<TenantId>("""
            with over as (
                select g.tenant_id, g.id, p.letters, case when p.mapping_version > g.last_version then p.mapping_version end as fixed_in from failure_group g
                cross join lateral (
                    select count(*) as letters, min(d.mapping_version) as mapping_version from dead_letter d
                    where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state = 'Resolved' and d.closed_at > g.last_seen and d.closed_at >= g.state_since) p
                where g.state in ('Open', 'Acknowledged') and g.last_seen >= @quiet and g.merged_into is null and p.letters > 0
                  and not exists (select from dead_letter d where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state in ('Waiting', 'Queued', 'Replaying'))
                limit @most for update of g skip locked),
            ended as (
                update failure_group g set state = 'Resolved', state_since = @now, state_by = 'the console', resolved_version = o.fixed_in, version = g.version + 1,
                       regressed_at = null, regressed_version = null,
                       state_reason = case when o.fixed_in is null then '' else 'Fixed in mapping v' || o.fixed_in || ': ' end || o.letters || case when o.letters = 1 then ' letter was' else ' letters were' end
                           || ' delivered, none is left'
                from over o where g.tenant_id = o.tenant_id and g.id = o.id returning g.tenant_id, g.id, g.state_reason)
            insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail)
            select tenant_id, id, @now, 'the console', 'Resolved', state_reason from ended returning tenant_id
            """, new { now, quiet = now - GroupLife.QuietFor, most = MostAtOnce }, cancellationToken);

    private static Task<IReadOnlyList<TenantId>> EndQuietAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
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
