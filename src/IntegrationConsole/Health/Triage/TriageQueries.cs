namespace IntegrationConsole.Health.Triage;

/// <summary>The questions of triage. What is well is counted and not read.</summary>
internal static class TriageQueries
{
    public const string Counts = """
        select h.object_kind, case when e.evaluated_at >= @oldest then h.state else 'Unknown' end as state, count(*)::int as count, count(distinct h.tenant_id)::int as tenants
        from health_state h left join health_evaluation e on e.tenant_id = h.tenant_id
        where h.tenant_id = any(@ids) group by 1, 2
        """;

    public const string Ailing = """
        select h.tenant_id, t.slug as tenant_slug, t.name as tenant_name, t.time_zone, h.object_kind, h.object_id, coalesce(s.name, c.name) as name, coalesce(s.slug, '') as slug,
               h.state, h.since, h.findings::text as findings, s.source_connection_id as source_id, s.destination_connection_id as destination_id, c.credential_id,
               coalesce(c.settings ->> 'baseAddress', c.settings ->> 'host', '') as address, coalesce(c.kind, '') as connector
        from health_state h
        join tenant t on t.id = h.tenant_id
        left join sync_definition s on h.object_kind = 'Sync' and s.tenant_id = h.tenant_id and s.id = h.object_id and s.deleted_at is null
        left join connection c on h.object_kind = 'Connection' and c.tenant_id = h.tenant_id and c.id = h.object_id
        where h.tenant_id = any(@ids) and h.state in ('Failing', 'Degraded', 'Unknown') and coalesce(s.id, c.id) is not null
        order by array_position(array['Failing', 'Degraded', 'Unknown'], h.state), h.heals_itself, h.since limit @most
        """;

    // An index alone answers how many letters each group has, group by group: counted all at once and joined afterwards,
    // the planner, which cannot know how many a tenant has, counts them all again for every group. What somebody put to
    // sleep or called over is not in the way.
    public const string Letters = """
        with held as materialized (
            select b.group_id, count(*)::int as letters from dead_letter h
            cross join lateral (
                select l.group_id from dead_letter l
                where l.tenant_id = h.tenant_id and l.sync_id = h.sync_id and l.order_key = h.order_key and l.turn < h.turn and l.state in ('Waiting', 'Queued', 'Replaying')
                order by l.turn limit 1) b
            where h.tenant_id = any(@ids) and h.cause = 'Held' and h.state = 'Waiting' group by b.group_id)
        select g.tenant_id, t.slug as tenant_slug, t.name as tenant_name, g.sync_id, s.slug as sync_slug, s.name as sync_name, g.id as group_id, g.pattern::text as pattern,
               g.cause, g.stage, g.field, g.title as message, o.letters as open, coalesce(w.letters, 0) as waiting, coalesce(g.regressed_at, g.first_seen) as first,
               g.last_seen as last, g.state as life, coalesce(g.owner, '') as owner, s.source_connection_id as source_id, s.destination_connection_id as destination_id,
               g.code, g.template,
               coalesce((select c.kind from connection c where c.tenant_id = g.tenant_id
                         and c.id = case g.stage when 'Read' then s.source_connection_id when 'Write' then s.destination_connection_id end), '') as connector
        from failure_group g
        cross join lateral (
            select count(*)::int as letters from dead_letter d
            where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state in ('Waiting', 'Queued', 'Replaying')) o
        join tenant t on t.id = g.tenant_id
        join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id and s.deleted_at is null
        left join held w on w.group_id = g.id
        where g.tenant_id = any(@ids) and g.state in ('Open', 'Acknowledged') and o.letters > 0
        order by o.letters desc limit @most
        """;

    // What a node met before it was woken is no evidence against it any more.
    public const string Circuits = """
        select e.tenant_id, t.slug as tenant_slug, t.name as tenant_name, e.connection_id, c.name as connection_name, e.from_state, e.to_state, e.cause, e.node, e.at,
               n.node is not null and (n.ended_at is null or e.at <= n.ended_at) as is_excused
        from circuit_event e
        join tenant t on t.id = e.tenant_id
        join connection c on c.tenant_id = e.tenant_id and c.id = e.connection_id
        left join node_standby n on n.node = e.node
        where e.tenant_id = any(@ids) and e.at >= @since order by e.seq
        """;

    public const string Unwatched = """
        select t.id from tenant t left join health_evaluation e on e.tenant_id = t.id where t.id = any(@ids) and coalesce(e.evaluated_at, t.created_at) < @oldest
        """;

    // Who was never looked at counts from the day they came: a tenant that was made a moment ago is no news.
    public const string Looked = """
        select min(e.evaluated_at) as oldest, min(coalesce(e.evaluated_at, t.created_at)) as awaited,
               (array_agg(e.node order by e.evaluated_at desc nulls last))[1] as node,
               (select max(x.at) from health_transition x
                where x.tenant_id = any(@ids) and x.object_kind = 'Tenant' and x.from_state in ('Failing', 'Degraded') and x.to_state not in ('Failing', 'Degraded')) as last_trouble
        from tenant t left join health_evaluation e on e.tenant_id = t.id where t.id = any(@ids)
        """;

    public const string Cares = """
        select tenant_id, part, owner, acknowledged_by, snoozed_until, snoozed_state, missing_since, ended_at from cause_care where tenant_id = any(@ids)
        """;

    public const string Inflow = """
        select sync_id, (extract(epoch from (minute - @from::timestamptz)) / @seconds)::int as step, sum(rejected + failed + unknown)::bigint as count
        from sync_minute where tenant_id = any(@ids) and sync_id = any(@syncs) and minute >= @from
        group by sync_id, step
        """;
}
