namespace IntegrationConsole.Health.Triage;

/// <summary>The questions of triage. What is well is counted and not read.</summary>
internal static class TriageQueries
{
    public const string Counts = """
        select object_kind, state, count(*)::int as count from health_state where tenant_id = any(@ids) group by object_kind, state
        """;

    public const string Ailing = """
        select h.tenant_id, t.slug as tenant_slug, t.name as tenant_name, t.time_zone, h.object_kind, h.object_id, coalesce(s.name, c.name) as name, coalesce(s.slug, '') as slug,
               h.state, h.since, h.findings::text as findings, s.source_connection_id as source_id, s.destination_connection_id as destination_id, c.credential_id,
               coalesce(c.settings ->> 'baseAddress', c.settings ->> 'host', '') as address
        from health_state h
        join tenant t on t.id = h.tenant_id
        left join sync_definition s on h.object_kind = 'Sync' and s.tenant_id = h.tenant_id and s.id = h.object_id and s.deleted_at is null
        left join connection c on h.object_kind = 'Connection' and c.tenant_id = h.tenant_id and c.id = h.object_id
        where h.tenant_id = any(@ids) and h.state in ('Failing', 'Degraded', 'Unknown') and coalesce(s.id, c.id) is not null
        """;

    public const string Letters = """
        select d.tenant_id, t.slug as tenant_slug, t.name as tenant_name, d.sync_id, s.slug as sync_slug, s.name as sync_name, d.sync_id as group_id,
               concat_ws('|', d.sync_id, d.cause, d.stage, d.code, d.field) as pattern, d.cause, d.stage, d.field, max(d.message) as message, count(*)::int as open, 0 as waiting,
               min(d.first_failed_at) as first, max(d.last_failed_at) as last, '' as owner, s.source_connection_id as source_id, s.destination_connection_id as destination_id
        from dead_letter d
        join tenant t on t.id = d.tenant_id
        join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id and s.deleted_at is null
        where d.tenant_id = any(@ids) and d.state in ('Waiting', 'Queued', 'Replaying') and d.cause <> 'Held'
        group by d.tenant_id, t.slug, t.name, d.sync_id, s.slug, s.name, d.cause, d.stage, d.code, d.field, s.source_connection_id, s.destination_connection_id
        """;

    public const string Looked = """
        select min(e.evaluated_at) as oldest, (count(*) filter (where e.evaluated_at is null))::int as unlooked,
               (select max(x.at) from health_transition x
                where x.tenant_id = any(@ids) and x.object_kind = 'Tenant' and x.from_state in ('Failing', 'Degraded') and x.to_state not in ('Failing', 'Degraded')) as last_trouble
        from tenant t left join health_evaluation e on e.tenant_id = t.id where t.id = any(@ids)
        """;

    public const string Inflow = """
        select sync_id, (extract(epoch from (minute - @from::timestamptz)) / @seconds)::int as step, sum(rejected + failed + unknown)::bigint as count
        from sync_minute where tenant_id = any(@ids) and sync_id = any(@syncs) and minute >= @from
        group by sync_id, step
        """;
}
