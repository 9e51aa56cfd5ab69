using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters.Groups;

namespace IntegrationConsole.Health.Triage;

/// <summary>
/// What people decide about causes, for what of them belongs to one tenant. A cause that is nothing but failure groups is
/// decided about in its groups; any other in its parts, and its groups know of it too. Each decision about parts is one entry
/// of the audit trail, and is taken back as long as nothing else was said about any of them. Decisions answer with the numbers
/// of their entries; with none where nothing changed.
/// </summary>
public sealed class CauseDecisions(ConsoleDatabase database, GroupDecisions groups, AuditTrail audit, TimeProvider clock) : IUndo
{
    public const string Topic = "cause-care";
    private const string Kind = "cause";

    /// <summary>Something was said about a part since.</summary>
    private const string Moved = """
        select from jsonb_to_recordset(u.before) as x (part text, version int)
        left join cause_care c on c.tenant_id = u.tenant_id and c.part = x.part where c.version is distinct from x.version
        """;

    string IUndo.Kind => Kind;

    /// <summary>Says that somebody knows of it, and looks after it unless somebody else does.</summary>
    public async Task<IReadOnlyList<long>> AcknowledgeAsync(TenantId tenant, RootCause cause, Actor actor, CancellationToken cancellationToken)
    {
        var decision = new PartDecision(
            "acknowledge", "", "owner = coalesce(owner, @actor), acknowledged_at = @now, acknowledged_by = @actor, snoozed_until = null, snoozed_state = null",
            "acknowledged_by is null or snoozed_until is not null");
        return
        [
            .. cause.IsOfGroups ? [] : await DecideAsync(tenant, cause, decision, actor, cancellationToken),
            .. await InGroupsAsync(tenant, cause, group => group.Life is GroupState.Open, group => groups.AcknowledgeAsync(tenant, group.GroupId, actor, cancellationToken)),
        ];
    }

    /// <param name="owner">Null takes the owner away.</param>
    public async Task<IReadOnlyList<long>> AssignAsync(TenantId tenant, RootCause cause, string? owner, Actor actor, CancellationToken cancellationToken)
    {
        var decision = new PartDecision("assign", owner ?? "nobody", "owner = @owner", "owner is distinct from @owner") { Owner = owner };
        return
        [
            .. cause.IsOfGroups ? [] : await DecideAsync(tenant, cause, decision, actor, cancellationToken),
            .. await InGroupsAsync(tenant, cause, _ => true, group => groups.AssignAsync(tenant, group.GroupId, owner, actor, cancellationToken)),
        ];
    }

    /// <summary>Puts it out of sight until then, or until it gets worse.</summary>
    public Task<IReadOnlyList<long>> SnoozeAsync(TenantId tenant, RootCause cause, DateTimeOffset until, string words, Actor actor, CancellationToken cancellationToken) => cause.IsOfGroups
        ? InGroupsAsync(tenant, cause, _ => true, group => groups.SnoozeAsync(tenant, group.GroupId, new Snooze(until), words, actor, cancellationToken))
        : DecideAsync(
            tenant, cause, new PartDecision("snooze", words, "snoozed_until = @until, snoozed_state = @state", "true") { Until = until }, actor, cancellationToken);

    /// <summary>Brings back into sight what sleeps.</summary>
    public Task<IReadOnlyList<long>> WakeAsync(TenantId tenant, RootCause cause, Actor actor, CancellationToken cancellationToken) =>
        DecideAsync(tenant, cause, new PartDecision("wake", "", "snoozed_until = null, snoozed_state = null", "snoozed_until is not null"), actor, cancellationToken);

    Task<IReadOnlyList<long>> IUndo.PossibleAsync(DatabaseSession session, TenantId tenant, long[] entries, CancellationToken cancellationToken) => session.ListAsync<long>($"""
        select u.entry from audit_undo u where u.tenant_id = @tenant and u.kind = @kind and u.entry = any(@entries) and not exists ({Moved})
        """, new { tenant, kind = Kind, entries }, cancellationToken);

    async Task<bool> IUndo.TakeBackAsync(DatabaseSession session, TenantId tenant, UndoStep step, Actor actor, CancellationToken cancellationToken)
    {
        var before = JsonSerializer.Deserialize<List<PartBefore>>(step.Before!, JsonSerializerOptions.Web)!;
        var args = new { tenant, before = step.Before, parts = before.Select(part => part.Part).ToArray() };
        await session.RunAsync("select from cause_care where tenant_id = @tenant and part = any(@parts) order by part for update", args, cancellationToken);
        if (await session.OneAsync<bool>($"select exists (select from (select @before::jsonb as before, @tenant as tenant_id) u where exists ({Moved}))", args, cancellationToken))
        {
            return false;
        }

        await session.RunAsync("""
            update cause_care c set owner = b.owner, acknowledged_at = b.acknowledged_at, acknowledged_by = b.acknowledged_by, snoozed_until = b.snoozed_until,
                snoozed_state = b.snoozed_state, missing_since = b.missing_since, ended_at = b.ended_at, version = c.version + 1
            from jsonb_to_recordset(@before::jsonb) as x (part text, was jsonb), jsonb_populate_record(null::cause_care, x.was) b
            where c.tenant_id = @tenant and c.part = x.part
            """, args, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("undo", Kind, before[0].Part, before[0].Name, before[0].Action), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        return true;
    }

    private static async Task<IReadOnlyList<long>> InGroupsAsync(TenantId tenant, RootCause cause, Func<LetterGroup, bool> concerns, Func<LetterGroup, Task<long?>> decide)
    {
        var entries = new List<long>();
        foreach (var group in cause.Groups.Where(group => group.Tenant.Id == tenant && concerns(group)))
        {
            entries.AddRange(await decide(group) is { } entry ? [entry] : []);
        }

        return entries;
    }

    private async Task<IReadOnlyList<long>> DecideAsync(TenantId tenant, RootCause cause, PartDecision decision, Actor actor, CancellationToken cancellationToken)
    {
        var parts = cause.Parts.Where(part => part.Tenant == tenant).Select(part => part.Part).Order(StringComparer.Ordinal).ToArray();
        var args = new { tenant, parts, actor = actor.Name, now = clock.GetUtcNow(), owner = decision.Owner, until = decision.Until, state = cause.State.ToString() };
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // Each part has its row first, so that of two who decide at the same moment the second sees what the first said.
        await session.RunAsync("insert into cause_care (tenant_id, part, version) select @tenant, unnest(@parts), 0 on conflict do nothing", args, cancellationToken);
        var before = await session.ListAsync<PartRow>($"""
            select part, version, to_jsonb(c)::text as was from cause_care c
            where tenant_id = @tenant and part = any(@parts) and (ended_at is not null or {decision.Expects}) order by part for update
            """, args, cancellationToken);
        if (before.Count == 0)
        {
            return [];
        }

        // What was said before it was over last counts for nothing.
        var changed = new Dapper.DynamicParameters(args);
        changed.Add("changed", before.Select(row => row.Part).ToArray());
        await session.RunAsync($"""
            update cause_care set owner = null, acknowledged_at = null, acknowledged_by = null, snoozed_until = null, snoozed_state = null
            where tenant_id = @tenant and part = any(@changed) and ended_at is not null;
            update cause_care set {decision.Change}, missing_since = null, ended_at = null, version = version + 1 where tenant_id = @tenant and part = any(@changed)
            """, changed, cancellationToken);
        return [await TellAsync(session, tenant, cause, decision, before, actor, cancellationToken)];
    }

    private async Task<long> TellAsync(
        DatabaseSession session, TenantId tenant, RootCause cause, PartDecision decision, IReadOnlyList<PartRow> before, Actor actor, CancellationToken cancellationToken)
    {
        var name = $"{cause.Title}: {cause.Subject}";
        var entry = await audit.AppendAsync(session, tenant, actor, new AuditEvent(decision.Action, Kind, before.Count == 1 ? before[0].Part : cause.Key, name, decision.Detail), cancellationToken);
        var back = JsonSerializer.Serialize(
            before.Select(row => new PartBefore(row.Part, row.Version + 1, name, decision.Action, JsonDocument.Parse(row.Was).RootElement)), JsonSerializerOptions.Web);
        await Undo.RememberAsync(session, tenant, new UndoStep(entry, Kind, Before: back), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return entry;
    }

    /// <param name="Change">What becomes of the row of a part.</param>
    /// <param name="Expects">For which rows it changes something.</param>
    private sealed record PartDecision(string Action, string Detail, string Change, string Expects)
    {
        public string? Owner { get; init; }

        public DateTimeOffset? Until { get; init; }
    }

    private sealed record PartRow(string Part, int Version, string Was);

    /// <summary>How a part was before a decision about it.</summary>
    /// <param name="Version">Its version after the decision.</param>
    private sealed record PartBefore(string Part, int Version, string Name, string Action, JsonElement Was);
}
