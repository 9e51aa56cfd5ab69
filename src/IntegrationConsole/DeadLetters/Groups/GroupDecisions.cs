using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// What people decide about groups. Every decision is one step of the group's activity and one entry of the audit trail,
/// and can be taken back as long as nothing else has happened to the group. Decisions answer with the number of their entry;
/// with null where nothing changed.
/// </summary>
public sealed class GroupDecisions(ConsoleDatabase database, AuditTrail audit, TimeProvider clock) : IUndo
{
    private const string Kind = "failure group";

    string IUndo.Kind => Kind;

    public Task<long?> AcknowledgeAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id, new Decision(GroupStep.Acknowledged, "acknowledge", "", "state = 'Acknowledged', owner = coalesce(owner, @actor)", "state in ('Open', 'Snoozed')"), null, actor, cancellationToken);

    /// <param name="owner">Null takes the owner away.</param>
    public Task<long?> AssignAsync(TenantId tenant, Guid id, string? owner, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id, new Decision(GroupStep.Assigned, "assign", owner ?? "nobody", "owner = @owner", "owner is distinct from @owner") { KeepsState = true }, new { owner }, actor, cancellationToken);

    /// <param name="snooze">At least one of its members says when the group wakes.</param>
    public Task<long?> SnoozeAsync(TenantId tenant, Guid id, Snooze snooze, string words, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id,
        new Decision(GroupStep.Snoozed, "snooze", words,
            "state = 'Snoozed', snooze_until = @Until, snooze_seen = @Seen, snooze_version = @SnoozeVersion, snooze_connection_id = @ConnectionId", "state in ('Open', 'Acknowledged', 'Snoozed')"),
        new { snooze.Until, snooze.Seen, SnoozeVersion = snooze.Version, snooze.ConnectionId }, actor, cancellationToken);

    /// <param name="fixedIn">The mapping version that is said to have the fix; null where it is none of the mapping's.</param>
    public Task<long?> ResolveAsync(TenantId tenant, Guid id, string reason, int? fixedIn, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id,
        new Decision(GroupStep.Resolved, "resolve", fixedIn is null ? reason : string.Create(CultureInfo.InvariantCulture, $"Fixed in mapping v{fixedIn}{(reason.Length > 0 ? ": " : "")}{reason}"),
            "state = 'Resolved', resolved_version = @fixedIn, regressed_at = null, regressed_version = null", "state <> 'Resolved'"),
        new { fixedIn }, actor, cancellationToken);

    public Task<long?> ReopenAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) =>
        DecideAsync(tenant, id, new Decision(GroupStep.Reopened, "reopen", "", "state = 'Open'", "state <> 'Open'"), null, actor, cancellationToken);

    /// <param name="tag">Was checked. A group that has as many as it may takes none more.</param>
    public Task<long?> TagAsync(TenantId tenant, Guid id, string tag, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id,
        new Decision(GroupStep.Tagged, "tag", tag, "tags = (select array_agg(t order by t) from unnest(tags || @tag::text) t)", "@tag <> all(tags) and cardinality(tags) < @most") { KeepsState = true },
        new { tag, most = GroupTag.Most }, actor, cancellationToken);

    public Task<long?> UntagAsync(TenantId tenant, Guid id, string tag, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id, new Decision(GroupStep.Untagged, "untag", tag, "tags = array_remove(tags, @tag)", "@tag = any(tags)") { KeepsState = true }, new { tag }, actor, cancellationToken);

    /// <summary>Says that its cause is another one than the line took it for. What fails with it later is counted to it as before; its letters keep the cause of their own failure.</summary>
    public Task<long?> ClassifyAsync(TenantId tenant, Guid id, FailureCause cause, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id, new Decision(GroupStep.Classified, "classify", cause.Words, "cause = @cause", "cause <> @cause") { KeepsState = true }, new { cause = cause.ToString() }, actor, cancellationToken);

    /// <summary>Stops the removal of the group and of its letters, with a reason, or lets it go on with null.</summary>
    public async Task<bool> HoldAsync(TenantId tenant, Guid id, string? why, Actor actor, CancellationToken cancellationToken) => await DecideAsync(
        tenant, id,
        why is null
            ? new Decision(GroupStep.Unheld, "lift the legal hold of", "", "held_at = null, held_by = null, held_why = null, released_at = @now", "held_at is not null") { KeepsState = true, IsForGood = true }
            : new Decision(GroupStep.Held, "put a legal hold on", why, "held_at = @now, held_by = @actor, held_why = @detail", "held_at is null") { KeepsState = true, IsForGood = true },
        null, actor, cancellationToken) is not null;

    /// <summary>A remark of somebody's, for whoever comes next.</summary>
    public Task NoteAsync(TenantId tenant, Guid id, string text, Actor actor, CancellationToken cancellationToken) =>
        DecideAsync(tenant, id, new Decision(GroupStep.Noted, "remark on", text, "owner = owner", "true") { KeepsState = true, IsForGood = true }, null, actor, cancellationToken);

    /// <summary>Writes down that letters of the group were discarded; the letters have their own entry in the audit trail.</summary>
    public Task NoteDiscardAsync(TenantId tenant, Guid id, int letters, string reason, Actor actor, CancellationToken cancellationToken) => DecideAsync(
        tenant, id,
        new Decision(GroupStep.Discarded, "", string.Create(CultureInfo.InvariantCulture, $"{letters:N0} {(letters == 1 ? "letter" : "letters")}: {reason}"), "owner = owner", "true") { KeepsState = true, IsForGood = true },
        null, actor, cancellationToken);

    /// <summary>Takes the latest decision back, unless something has happened to the group since.</summary>
    public async Task<bool> UndoAsync(TenantId tenant, Guid id, long step, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (!await UndoAsync(session, tenant, id, step, actor, cancellationToken))
        {
            return false;
        }

        await session.RunAsync("delete from audit_undo where tenant_id = @tenant and kind = @kind and subject = @id and step = @step", new { tenant, kind = Kind, id, step }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    Task<IReadOnlyList<long>> IUndo.PossibleAsync(DatabaseSession session, TenantId tenant, long[] entries, CancellationToken cancellationToken) => session.ListAsync<long>("""
        select u.entry from audit_undo u
        join failure_group_activity a on a.tenant_id = u.tenant_id and a.group_id = u.subject and a.seq = u.step and a.before is not null
        join failure_group g on g.tenant_id = a.tenant_id and g.id = a.group_id and g.version = a.after_version
        where u.tenant_id = @tenant and u.kind = @kind and u.entry = any(@entries)
        """, new { tenant, kind = Kind, entries }, cancellationToken);

    Task<bool> IUndo.TakeBackAsync(DatabaseSession session, TenantId tenant, UndoStep step, Actor actor, CancellationToken cancellationToken) =>
        UndoAsync(session, tenant, step.Subject!.Value, step.Step!.Value, actor, cancellationToken);

    private async Task<bool> UndoAsync(DatabaseSession session, TenantId tenant, Guid id, long step, Actor actor, CancellationToken cancellationToken)
    {
        var undone = await session.FindAsync<Undone>("""
            update failure_group g set state = b.state, state_since = b.state_since, state_by = b.state_by, state_reason = b.state_reason, owner = b.owner, snooze_until = b.snooze_until,
                snooze_seen = b.snooze_seen, snooze_version = b.snooze_version, snooze_connection_id = b.snooze_connection_id, resolved_version = b.resolved_version,
                regressed_at = b.regressed_at, regressed_version = b.regressed_version, tags = coalesce(b.tags, g.tags), cause = b.cause, version = g.version + 1
            from failure_group_activity a, jsonb_populate_record(null::failure_group, a.before) b
            where g.tenant_id = @tenant and g.id = @id and a.tenant_id = g.tenant_id and a.group_id = g.id and a.seq = @step and a.before is not null and a.after_version = g.version
            returning a.kind, g.title
            """, new { tenant, id, step }, cancellationToken);
        if (undone is null)
        {
            return false;
        }

        await WriteAsync(session, tenant, id, GroupStep.Undone, undone.Kind.Words, null, actor, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("undo", Kind, id.ToString(), undone.Title, undone.Kind.Words), cancellationToken);
        await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant, id), cancellationToken);
        return true;
    }

    /// <summary>What happened to a group, the latest first.</summary>
    public async Task<IReadOnlyList<GroupActivity>> ListActivityAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<GroupActivity>("""
            select a.seq, a.at, a.actor, a.kind, a.detail, a.before is not null and a.after_version = g.version as can_undo
            from failure_group_activity a join failure_group g on g.tenant_id = a.tenant_id and g.id = a.group_id
            where a.tenant_id = @tenant and a.group_id = @id order by a.seq desc limit 200
            """, new { tenant, id }, cancellationToken);
    }

    /// <returns>The entry in the trail, 0 where another says it; null where the group is gone, or is in no state for this.</returns>
    private async Task<long?> DecideAsync(TenantId tenant, Guid id, Decision decision, object? args, Actor actor, CancellationToken cancellationToken)
    {
        var parameters = new Dapper.DynamicParameters(args);
        parameters.AddDynamicParams(new { tenant, id, actor = actor.Name, now = clock.GetUtcNow(), detail = decision.Detail });
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (decision.Step is GroupStep.Held)
        {
            // A removal that is going on has the tenant's row: behind this, none begins without seeing the hold.
            await session.RunAsync("select id from tenant where id = @tenant for no key update", new { tenant }, cancellationToken);
        }

        var before = await session.FindAsync<string>("select to_jsonb(g)::text from failure_group g where g.tenant_id = @tenant and g.id = @id for update", parameters, cancellationToken);
        var state = decision.KeepsState ? "" : """
            state_since = @now, state_by = @actor, state_reason = @detail, snooze_until = null, snooze_seen = null, snooze_version = null, snooze_connection_id = null,
            """;
        if (decision.Step is GroupStep.Snoozed)
        {
            state = "state_since = @now, state_by = @actor, state_reason = @detail,";
        }

        var title = before is null ? null : await session.FindAsync<string>($"""
            update failure_group set {state} {decision.Change}, version = version + 1 where tenant_id = @tenant and id = @id and {decision.Expects} returning title
            """, parameters, cancellationToken);
        if (title is null)
        {
            return null;
        }

        var step = await WriteAsync(session, tenant, id, decision.Step, decision.Detail, decision.IsForGood ? null : before, actor, cancellationToken);
        var entry = decision.Action.Length == 0 ? 0 : await audit.AppendAsync(session, tenant, actor, new AuditEvent(decision.Action, Kind, id.ToString(), title, decision.Detail), cancellationToken);
        if (entry > 0 && !decision.IsForGood)
        {
            await Undo.RememberAsync(session, tenant, new UndoStep(entry, Kind, id, step), cancellationToken);
        }

        await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return entry;
    }

    /// <returns>The number of the step.</returns>
    private Task<long> WriteAsync(DatabaseSession session, TenantId tenant, Guid id, GroupStep step, string detail, string? before, Actor actor, CancellationToken cancellationToken) =>
        session.OneAsync<long>("""
            insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail, before, after_version)
            select @tenant, @id, @now, @actor, @kind, @detail, @before::jsonb, version from failure_group where tenant_id = @tenant and id = @id returning seq
            """, new { tenant, id, now = clock.GetUtcNow(), actor = actor.Name, kind = step.ToString(), detail, before }, cancellationToken);

    private sealed record Undone(GroupStep Kind, string Title);

    /// <param name="Action">The verb of the audit trail; empty where another entry says it already.</param>
    /// <param name="Change">What becomes of the row.</param>
    /// <param name="Expects">The state in which it may.</param>
    private sealed record Decision(GroupStep Step, string Action, string Detail, string Change, string Expects)
    {
        public bool KeepsState { get; init; }

        /// <summary>There is nothing that could be taken back.</summary>
        public bool IsForGood { get; init; }
    }
}
