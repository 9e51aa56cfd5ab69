namespace IntegrationConsole.Health.Response;

/// <summary>Where the moments of a failure stand: began, noticed, acknowledged, repaired. All times are those of the nodes.</summary>
internal static class ResponseQueries
{
    /// <remarks>
    /// An incident begins with the first failure that led to it: a run that failed since the last good one, a circuit that opened since
    /// it was closed, and otherwise the change of health. What was only there during a maintenance or a pause is left out.
    /// </remarks>
    public const string Incidents = """
        select least(h.at, r.at, c.at, i.opened_at) as began, i.opened_at as noticed, a.acknowledged_at as acknowledged, i.closed_at as repaired
        from incident i
        cross join lateral (
            select min(a.acknowledged_at) as acknowledged_at, bool_or(a.overlay not in ('Maintenance', 'Paused')) as counts, min(a.pending_since) as pending
            from alert a where a.tenant_id = i.tenant_id and a.incident_id = i.id) a
        left join lateral (
            select x.at, x.to_state from health_transition x
            where x.tenant_id = i.tenant_id and x.object_kind = i.root_kind and x.object_id = i.root_id and x.at <= i.opened_at order by x.at desc limit 1) t on true
        left join lateral (select t.at where t.to_state in ('Degraded', 'Failing', 'Unknown') and t.at > i.opened_at - @reach::interval) h on true
        left join lateral (
            select min(f.finished_at) as at from run f
            where i.root_kind = 'Sync' and f.tenant_id = i.tenant_id and f.sync_id = i.root_id and f.state = 'Failed' and f.replay_id is null
              and f.finished_at <= i.opened_at and f.finished_at > greatest(i.opened_at - @reach::interval, (
                select max(g.finished_at) from run g
                where g.tenant_id = i.tenant_id and g.sync_id = i.root_id and g.state in ('Succeeded', 'Partial') and g.replay_id is null and g.finished_at <= i.opened_at))) r on true
        left join lateral (
            select min(e.at) as at from circuit_event e
            where i.root_kind = 'Connection' and e.tenant_id = i.tenant_id and e.connection_id = i.root_id and e.from_state = 'Closed'
              and e.at <= i.opened_at and e.at > greatest(i.opened_at - @reach::interval, (
                select max(l.at) from circuit_event l where l.tenant_id = i.tenant_id and l.connection_id = i.root_id and l.to_state = 'Closed' and l.at <= i.opened_at))) c on true
        where i.tenant_id = any(@ids) and i.opened_at >= @since and a.counts
        """;

    /// <remarks>
    /// A group that came back begins anew. Where the integration was in trouble already, when it was noticed is not known. What was
    /// called over by itself, because it was quiet for a day, was over when the quiet began. An acknowledgement that was taken back is none.
    /// </remarks>
    public const string Groups = """
        select b.began, n.noticed, k.acknowledged,
            case when g.state <> 'Resolved' then null when g.state_by = 'the console' and g.last_seen < g.state_since - @quiet::interval then greatest(g.last_seen, b.began) else g.state_since end as repaired
        from failure_group g
        cross join lateral (
            select coalesce(max(a.at), g.first_seen) as began from failure_group_activity a where a.tenant_id = g.tenant_id and a.group_id = g.id and a.kind = 'Regressed') b
        left join lateral (
            select least(
                (select min(x.at) from health_transition x
                 where x.tenant_id = g.tenant_id and x.object_kind = 'Sync' and x.object_id = g.sync_id and x.at >= b.began and x.to_state in ('Degraded', 'Failing')),
                (select min(a.fired_at) from alert a where a.tenant_id = g.tenant_id and a.object_kind = 'Sync' and a.object_id = g.sync_id and a.fired_at >= b.began)) as noticed
            where coalesce((
                select x.to_state from health_transition x
                where x.tenant_id = g.tenant_id and x.object_kind = 'Sync' and x.object_id = g.sync_id and x.at < b.began order by x.at desc limit 1), '') not in ('Degraded', 'Failing')) n on true
        left join lateral (
            select min(s.at) as acknowledged from (
                select a.at, a.kind, lead(a.kind) over (order by a.seq) as next, lead(a.detail) over (order by a.seq) as undone
                from failure_group_activity a where a.tenant_id = g.tenant_id and a.group_id = g.id) s
            where s.kind = 'Acknowledged' and s.at >= b.began and not (s.next is not distinct from 'Undone' and s.undone = 'Acknowledged')) k on true
        where g.tenant_id = any(@ids) and (@group::uuid is null or g.id = @group) and g.merged_into is null and b.began >= @since
        """;

    public static string Figures(string moments) => $"""
        select count(*)::int as began,
            count(d.noticed)::int as noticed_count, percentile_cont(0.5) within group (order by d.noticed) as noticed_median, percentile_cont(0.9) within group (order by d.noticed) as noticed_p90,
            count(d.acknowledged)::int as acknowledged_count, percentile_cont(0.5) within group (order by d.acknowledged) as acknowledged_median,
            percentile_cont(0.9) within group (order by d.acknowledged) as acknowledged_p90,
            count(d.repaired)::int as repaired_count, percentile_cont(0.5) within group (order by d.repaired) as repaired_median, percentile_cont(0.9) within group (order by d.repaired) as repaired_p90
        from ({moments}) m
        cross join lateral (
            select extract(epoch from m.noticed - least(m.began, m.noticed))::double precision as noticed,
                extract(epoch from m.acknowledged - least(coalesce(m.noticed, m.began), m.acknowledged))::double precision as acknowledged,
                extract(epoch from m.repaired - least(m.began, m.repaired))::double precision as repaired) d
        """;
}
