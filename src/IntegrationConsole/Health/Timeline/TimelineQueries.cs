namespace IntegrationConsole.Health.Timeline;

/// <summary>
/// What is asked of each lane. All give the same columns, take no more rows than fit on a page, and go through an index
/// that begins with the tenant.
/// </summary>
internal static class TimelineQueries
{
    /// <summary>What somebody did that moves no record differently.</summary>
    private const string Harmless = "'run', 'cancel', 'test', 'edit', 'discard draft', 'backfill', 'reconcile', 'repair', 'probe', 'attempt'";

    private const string IsDeploy = "(e.object_kind = 'mapping' and e.action in ('publish', 'roll back')) or e.action = 'apply'";

    private const string Kinds = "'mapping', 'connection', 'credential', 'integration', 'lookup table', 'alert rule', 'alert channel', 'silence', 'quotas', 'tenant', 'group rule'";

    /// <summary>An integration with its mapping, connections and their credentials; for a connection, with its credential.</summary>
    public const string Related = """
        select s.id from sync_definition s where s.tenant_id = @tenant and s.id = @object
        union select s.mapping_id from sync_definition s where s.tenant_id = @tenant and s.id = @object
        union select n.id from connection n where n.tenant_id = @tenant and (n.id = @object
            or n.id in (select unnest(array[s.source_connection_id, s.destination_connection_id]) from sync_definition s where s.tenant_id = @tenant and s.id = @object))
        union select n.credential_id from connection n where n.tenant_id = @tenant and n.credential_id is not null and (n.id = @object
            or n.id in (select unnest(array[s.source_connection_id, s.destination_connection_id]) from sync_definition s where s.tenant_id = @tenant and s.id = @object))
        """;

    public static string Of(TimelineKind kind) => kind switch
    {
        TimelineKind.Run => Lane(kind, "r.queued_at", "r.id", "r.requested_by", "r.sync_id", "s.name", "r.state", "r.number::text", "r.reason", "r.id::text",
            "run r join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id", "r.tenant_id = @tenant and r.parent_id is null", "r.sync_id = any(@objects::uuid[])"),
        TimelineKind.Change => Lane(kind, "e.at", "md5(e.chain::text || e.seq)::uuid", "e.actor", "null::uuid", "e.object_name", "e.action", "e.object_kind", "e.detail", "e.object_id",
            "audit_entry e", $"e.chain = @tenant and e.result = 'Done' and e.object_kind in ({Kinds}) and e.action not in ({Harmless}) and not ({IsDeploy})", "e.object_id = any(@objects::uuid[]::text[])"),
        TimelineKind.Deploy => Lane(kind, "e.at", "md5(e.chain::text || e.seq)::uuid", "e.actor", "null::uuid", "e.object_name", "e.action", "e.object_kind", "e.detail", "e.object_id",
            "audit_entry e", $"e.chain = @tenant and e.result = 'Done' and ({IsDeploy})", "e.object_id = any(@objects::uuid[]::text[])"),
        TimelineKind.Health => Lane(kind, "h.at", "md5(h.object_id::text || h.at)::uuid", "''", "h.object_id", "coalesce(s.name, n.name, '')", "h.to_state", "coalesce(h.from_state, '')", "h.reason",
            "coalesce(s.slug, n.id::text, '')", """
            health_transition h left join sync_definition s on s.tenant_id = h.tenant_id and s.id = h.object_id
            left join connection n on n.tenant_id = h.tenant_id and n.id = h.object_id
            """, "h.tenant_id = @tenant and h.object_kind <> 'Tenant'", "h.object_id = any(@objects::uuid[])"),
        TimelineKind.Circuit => Lane(kind, "c.at", "md5(c.connection_id::text || c.seq)::uuid", "c.actor", "c.connection_id", "n.name", "c.to_state", "c.from_state", "c.reason", "c.connection_id::text",
            "circuit_event c join connection n on n.tenant_id = c.tenant_id and n.id = c.connection_id", "c.tenant_id = @tenant", "c.connection_id = any(@objects::uuid[])"),
        TimelineKind.Alert => $"""
            {Lane(kind, "a.fired_at", "a.id", "''", "a.object_id", "a.object_name", "'Firing'", "a.rule", "a.reason", "''", "alert a", "a.tenant_id = @tenant and a.fired_at is not null", "a.object_id = any(@objects::uuid[])")}
            union all
            {Lane(kind, "a.resolved_at", "md5(a.id::text)::uuid", "a.resolved_by", "a.object_id", "a.object_name", "'Resolved'", "a.rule", "a.resolution", "''",
                "alert a", "a.tenant_id = @tenant and a.state = 'Resolved' and a.fired_at is not null", "a.object_id = any(@objects::uuid[])")}
            """,
        TimelineKind.Replay => $"""
            {Lane(kind, "p.requested_at", "p.id", "p.requested_by", "null::uuid", "p.scope", "'Asked'", "p.total::text", "p.reason", "p.id::text", "replay p", "p.tenant_id = @tenant", "p.sync_ids && @objects::uuid[]")}
            union all
            {Lane(kind, "p.finished_at", "md5(p.id::text)::uuid", "coalesce(p.cancelled_by, '')", "null::uuid", "p.scope", "p.state", "p.total::text", "''", "p.id::text",
                "replay p", "p.tenant_id = @tenant and p.finished_at is not null", "p.sync_ids && @objects::uuid[]")}
            """,
        TimelineKind.Maintenance => $"""
            {Lane(kind, "m.starts_at", "m.id", "w.created_by", "w.scope_id", "w.scope", "'Begins'", "w.scope", "w.reason", "''", Windows, "m.tenant_id = @tenant", "(w.scope = 'Tenant' or w.scope_id = any(@objects::uuid[]))")}
            union all
            {Lane(kind, "m.ends_at", "md5(m.id::text)::uuid", "''", "w.scope_id", "w.scope", "'Ends'", "w.scope", "coalesce(nullif(m.summary, ''), w.reason)", "''", Windows, "m.tenant_id = @tenant", "(w.scope = 'Tenant' or w.scope_id = any(@objects::uuid[]))")}
            """,
    };

    private const string Windows = "maintenance_time m join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id";

    /// <param name="kind">The lane.</param>
    /// <param name="at">When.</param>
    /// <param name="id">Keeps events of one moment apart.</param>
    /// <param name="actor">Who.</param>
    /// <param name="about">The integration or connection.</param>
    /// <param name="name">Its name.</param>
    /// <param name="what">A state or a verb.</param>
    /// <param name="extra">What the words need besides.</param>
    /// <param name="detail">Why, in words.</param>
    /// <param name="target">What the path is made of.</param>
    /// <param name="from">The tables.</param>
    /// <param name="where">Which of their rows.</param>
    /// <param name="objects">Whether it is about what was asked for.</param>
    private static string Lane(
        TimelineKind kind, string at, string id, string actor, string about, string name, string what, string extra, string detail, string target, string from, string where, string objects) => $"""
        (select '{kind}' as kind, {at} as at, {id} as id, {actor} as actor, {about} as object_id, {name} as object_name, {what} as what, {extra} as extra, {detail} as detail, {target} as target
         from {from}
         where {where} and {at} >= @from and {at} < @to and (@before::timestamptz is null or ({at}, {id}) < (@before, @beforeId::uuid))
           and (@objects::uuid[] is null or {objects}) and (@by = '' or strpos(lower({actor}), lower(@by)) > 0)
         order by at desc, id desc limit @most)
        """;
}
