namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Something that somebody changed before a group began, at an end or in the mapping of its integration.</summary>
/// <param name="Kind">What was changed, in the words of the audit trail.</param>
public sealed record GroupChange(Guid GroupId, DateTimeOffset At, string Actor, string Action, string Kind, string Name, string ObjectId, string Detail)
{
    /// <summary>Such as <c>mapping v12</c>.</summary>
    public string Words => Kind is "mapping" && Action is "publish" or "roll back" ? $"mapping {Detail.Split(' ', ':')[0]}" : $"{Kind} {Name} ({Action})";
}

/// <summary>Finds in the audit trail what changed just before failures began: the usual culprits.</summary>
public sealed class GroupChanges(ConsoleDatabase database)
{
    /// <summary>How long before a failure a change may have been to be named beside it.</summary>
    public static readonly TimeSpan Near = TimeSpan.FromHours(24);

    private static readonly string[] Kinds = ["mapping", "connection", "credential", "integration", "lookup table"];

    /// <summary>What changes nothing about how records are moved.</summary>
    private static readonly string[] Harmless = ["run", "cancel", "test", "edit", "discard draft", "backfill", "reconcile", "repair", "release slot", "forget sends", "schedule reconciliation"];

    /// <summary>The last change before each group began; groups without one are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, GroupChange>> NearestAsync(TenantId tenant, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken) =>
        (await ListAsync(tenant, groups, 1, cancellationToken)).ToDictionary(change => change.GroupId);

    /// <summary>The last changes before groups began, the latest first.</summary>
    public async Task<IReadOnlyList<GroupChange>> ListAsync(TenantId tenant, IReadOnlyCollection<Guid> groups, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<GroupChange>("""
            select g.id as group_id, e.at, e.actor, e.action, e.object_kind as kind, e.object_name as name, e.object_id, e.detail
            from failure_group g
            join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id
            join connection a on a.tenant_id = s.tenant_id and a.id = s.source_connection_id
            join connection b on b.tenant_id = s.tenant_id and b.id = s.destination_connection_id
            cross join lateral (
                select e.at, e.actor, e.action, e.object_kind, e.object_name, e.object_id, e.detail from audit_entry e
                where e.chain = g.tenant_id and e.at <= g.first_seen and e.at > g.first_seen - @near and e.result = 'Done' and e.object_kind = any(@kinds) and e.action <> all(@harmless)
                  and (e.object_kind = 'lookup table' or e.object_id = any(array[s.id, s.mapping_id, a.id, b.id, a.credential_id, b.credential_id]::text[]))
                order by e.at desc limit @most) e
            where g.tenant_id = @tenant and g.id = any(@groups)
            order by e.at desc
            """, new { tenant, groups = groups.ToArray(), near = Near, kinds = Kinds, harmless = Harmless, most }, cancellationToken);
    }

    /// <summary>What changed between two moments that an integration depends on, the latest first.</summary>
    public async Task<IReadOnlyList<GroupChange>> BetweenAsync(
        TenantId tenant, Guid sync, DateTimeOffset from, DateTimeOffset to, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<GroupChange>("""
            select s.id as group_id, e.at, e.actor, e.action, e.object_kind as kind, e.object_name as name, e.object_id, e.detail
            from sync_definition s
            join connection a on a.tenant_id = s.tenant_id and a.id = s.source_connection_id
            join connection b on b.tenant_id = s.tenant_id and b.id = s.destination_connection_id
            join audit_entry e on e.chain = s.tenant_id and e.at > @from and e.at <= @to and e.result = 'Done' and e.object_kind = any(@kinds) and e.action <> all(@harmless)
              and (e.object_kind = 'lookup table' or e.object_id = any(array[s.id, s.mapping_id, a.id, b.id, a.credential_id, b.credential_id]::text[]))
            where s.tenant_id = @tenant and s.id = @sync
            order by e.at desc limit @most
            """, new { tenant, sync, from, to, kinds = Kinds, harmless = Harmless, most }, cancellationToken);
    }
}
