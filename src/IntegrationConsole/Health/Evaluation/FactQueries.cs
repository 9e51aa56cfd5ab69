namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// The questions of an evaluation. Each is asked once for all tenants at hand, and reaches what it needs of a sync or a
/// connection through an index, never through its history.
/// </summary>
internal static class FactQueries
{
    // The doubled condition on replay items names the partial index that holds the few open ones.
    public const string Tenants = """
        select t.id, t.slug, t.name, t.time_zone, t.paused_at, t.paused_by, t.pause_reason,
               coalesce(r.queued, 0) as queued_runs, r.oldest as oldest_run_due, coalesce(i.queued, 0) as queued_items, i.oldest as oldest_item
        from tenant t
        left join (
            select tenant_id, count(*)::int as queued, min(start_after) filter (where start_after <= @now) as oldest
            from run where state = 'Queued' and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id) r on r.tenant_id = t.id
        left join (
            select x.tenant_id, count(*)::int as queued, min(p.requested_at) as oldest
            from replay_item x join replay p on p.tenant_id = x.tenant_id and p.id = x.replay_id
            where x.state in ('Queued', 'Claimed') and x.state = 'Queued' and (@tenants::uuid[] is null or x.tenant_id = any(@tenants))
            group by x.tenant_id) i on i.tenant_id = t.id
        where (@tenants::uuid[] is null or t.id = any(@tenants))
        """;

    public const string Syncs = """
        select s.tenant_id, s.id, s.slug, s.name, s.schedule::text as schedule, s.paused_at, s.paused_by, s.pause_reason, s.last_run_number,
               s.source_connection_id, s.destination_connection_id, s.created_at,
               e.id as ended_id, e.number as ended_number, e.state as ended_state, e.cause as ended_cause, e.needs_person as ended_needs_person,
               e.reason as ended_reason, e.finished_at as ended_at, e.records_read as ended_records,
               g.id as good_id, g.number as good_number, g.state as good_state, g.finished_at as good_at, g.records_read as good_records,
               e.brought as ended_brought, e.usual as ended_usual, e.usual_of as ended_usual_of, e.quiet_runs as ended_quiet_runs,
               c.number as compared_number, c.state as compared_state, c.step as compared_words, c.missing + c.different as compared_wrong, c.repaired as compared_repaired,
               cs.as_of as stream_as_of, cs.state as slot_state, cs.kept_bytes as slot_kept_bytes
        from sync_definition s
        left join change_stream cs on s.read_mode = 'ChangeStream' and cs.tenant_id = s.tenant_id and cs.sync_id = s.id and cs.connection_id = s.source_connection_id
                                  and cs.released_at is null
        left join lateral (
            select r.id, r.number, r.state, r.cause, r.needs_person, r.reason, r.finished_at, r.records_read, r.records_read - r.filtered as brought, r.usual, r.usual_of, r.quiet_runs from run r
            where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial', 'Failed', 'Held') and not r.beside
            order by r.finished_at desc limit 1) e on true
        left join lateral (
            select r.id, r.number, r.state, r.finished_at, r.records_read from run r
            where e.state in ('Failed', 'Held') and r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial') and not r.beside
            order by r.finished_at desc limit 1) g on true
        left join lateral (
            select r.number, r.state, r.step, r.missing, r.different,
                   exists (select from run x where x.tenant_id = r.tenant_id and x.reconciliation_id = r.id and x.state in ('Succeeded', 'Partial')) as repaired
            from reconciliation r
            where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Done', 'Failed')
            order by r.number desc limit 1) c on true
        where s.deleted_at is null and (@tenants::uuid[] is null or s.tenant_id = any(@tenants))
        order by s.tenant_id, lower(s.name), s.id
        """;

    public const string OpenRuns = """
        select r.tenant_id, r.sync_id, r.id, r.number, r.state, r.beside as is_replay, r.cause, r.reason, r.retries,
               case when r.state = 'Running' then coalesce(r.started_at, r.queued_at) else r.start_after end as at,
               coalesce(r.lease_until, (select max(p.lease_until) from run p where p.tenant_id = r.tenant_id and p.parent_id = r.id and p.state = 'Running')) as lease_until,
               case when r.state = 'Running' then (
                   select max(m.minute) from sync_minute m where m.tenant_id = r.tenant_id and m.sync_id = r.sync_id and m.minute >= r.started_at) end as moved_at
        from run r
        where r.state in ('Queued', 'Running') and r.parent_id is null and (@tenants::uuid[] is null or r.tenant_id = any(@tenants))
        order by r.number
        """;

    // What somebody put to sleep or called over does not count. Letters without a group wait behind others, or are too new to have one.
    public const string Letters = """
        with opened as (
            select tenant_id, group_id, count(*)::int as letters from dead_letter
            where group_id is not null and state in ('Waiting', 'Queued', 'Replaying') and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id, group_id)
        select g.tenant_id, g.sync_id, g.cause, sum(o.letters)::int as letters from opened o
        join failure_group g on g.tenant_id = o.tenant_id and g.id = o.group_id and g.state in ('Open', 'Acknowledged')
        group by g.tenant_id, g.sync_id, g.cause
        union all
        select tenant_id, sync_id, cause, count(*)::int as letters from dead_letter
        where group_id is null and state in ('Waiting', 'Queued', 'Replaying') and (@tenants::uuid[] is null or tenant_id = any(@tenants))
        group by tenant_id, sync_id, cause
        """;

    public const string Connections = """
        select c.tenant_id, c.id, c.name, c.checked_at, c.check_passed, coalesce(c.check_report #>> '{steps,-1,answer}', '') as check_answer,
               coalesce(k.name, '') as credential_name, k.expires_at, coalesce(n.calls, 0)::bigint as calls, coalesce(n.failures, 0)::bigint as failures,
               coalesce(l.minute, lh.hour) as last_call, coalesce(g.minute, gh.hour) as last_success,
               x.state as circuit_state, x.since as circuit_since, coalesce(x.reason, '') as circuit_reason, coalesce(x.actor, '') as circuit_actor, x.cause as circuit_cause,
               x.probe_at
        from connection c
        left join circuit x on x.tenant_id = c.tenant_id and x.connection_id = c.id
        left join credential k on k.tenant_id = c.tenant_id and k.id = c.credential_id
        left join lateral (
            select sum(m.calls) as calls, sum(m.failures) as failures from connection_minute m
            where m.tenant_id = c.tenant_id and m.connection_id = c.id and m.minute >= date_trunc('minute', @since::timestamptz)) n on true
        left join lateral (
            select m.minute from connection_minute m where m.tenant_id = c.tenant_id and m.connection_id = c.id order by m.minute desc limit 1) l on true
        left join lateral (
            select m.minute from connection_minute m where m.tenant_id = c.tenant_id and m.connection_id = c.id and m.calls > m.failures
            order by m.minute desc limit 1) g on true
        left join lateral (
            select m.hour from connection_hour m where l.minute is null and m.tenant_id = c.tenant_id and m.connection_id = c.id order by m.hour desc limit 1) lh on true
        left join lateral (
            select m.hour from connection_hour m where g.minute is null and m.tenant_id = c.tenant_id and m.connection_id = c.id and m.calls > m.failures
            order by m.hour desc limit 1) gh on true
        where (@tenants::uuid[] is null or c.tenant_id = any(@tenants))
        order by c.tenant_id, lower(c.name), c.id
        """;
}
