using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A rule as somebody wants it.</summary>
public sealed record GroupRuleDraft(Guid SyncId, GroupRuleKind Kind, string Name, FailureCause? Cause, string Text, string Field, Guid? GroupId, string Path)
{
    public static GroupRuleDraft SplitOf(FailureGroup group, string path) => new(group.SyncId, GroupRuleKind.Split, path, null, "", "", group.Id, path);
}

/// <summary>What a rule would do to the newest letters.</summary>
/// <param name="Looked">How many letters were looked at.</param>
/// <param name="Matched">How many of them the rule concerns.</param>
/// <param name="Groups">Of how many groups they are now; for a rule that takes one apart, how many it would make.</param>
public sealed record GroupRulePreview(int Looked, int Matched, int Groups);

/// <summary>The rules about where failures belong, and what they would do. They hold for failures from then on; letters that wait can be sorted anew.</summary>
public sealed class GroupRuleStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const int Previewed = 1_000;

    public async Task<IReadOnlyList<GroupRule>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<GroupRule>($"select {GroupRules.Columns} from group_rule r where r.tenant_id = @tenant order by r.created_at, r.id", new { tenant }, cancellationToken);
    }

    /// <summary>Tries a rule on the newest open letters.</summary>
    public async Task<GroupRulePreview> PreviewAsync(TenantId tenant, GroupRuleDraft draft, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var letters = await session.ListAsync<Letter>("""
            select cause, message, field, group_id, case when @splits then payload end as payload from dead_letter
            where tenant_id = @tenant and sync_id = @SyncId and state in ('Waiting', 'Queued', 'Replaying') and cause <> 'Held' and (not @splits or group_id = @GroupId)
            order by last_failed_at desc, id desc limit @most
            """, new { tenant, draft.SyncId, draft.GroupId, splits = draft.Kind is GroupRuleKind.Split, most = Previewed }, cancellationToken);
        if (draft.Kind is GroupRuleKind.Gather)
        {
            var rule = RuleOf(Guid.Empty, draft, Actor.System);
            var matched = letters.Where(letter => rule.Gathers(letter.Cause, letter.Message, FailureFingerprint.WithoutIndexes(letter.Field))).ToList();
            return new GroupRulePreview(letters.Count, matched.Count, matched.Select(letter => letter.GroupId).Distinct().Count());
        }

        var values = letters.Select(letter => RecordText.At(seal.Open(letter.Payload!, LetterSeals.Payload), draft.Path)).Where(value => value is not null).ToList();
        return new GroupRulePreview(letters.Count, values.Count, values.Distinct(StringComparer.Ordinal).Count());
    }

    /// <param name="sortAnew">Also the letters that wait now.</param>
    public async Task CreateAsync(TenantId tenant, GroupRuleDraft draft, bool sortAnew, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rule = RuleOf(Guid.CreateVersion7(now), draft, actor) with { CreatedAt = now };
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into group_rule (tenant_id, id, sync_id, kind, name, cause, text, field, group_id, path, created_at, created_by)
            values (@tenant, @Id, @SyncId, @kind, @Name, @cause, @Text, @Field, @GroupId, @Path, @CreatedAt, @CreatedBy)
            """,
            new { tenant, rule.Id, rule.SyncId, kind = rule.Kind.ToString(), rule.Name, cause = rule.Cause?.ToString(), rule.Text, rule.Field, rule.GroupId, rule.Path, rule.CreatedAt, rule.CreatedBy },
            cancellationToken);
        if (rule.GroupId is { } apart)
        {
            await session.RunAsync("""
                insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail)
                select tenant_id, id, @now, @actor, 'Parted', 'By ' || @path from failure_group where tenant_id = @tenant and id = @apart
                """, new { tenant, apart, now, actor = actor.Name, path = rule.Path }, cancellationToken);
        }

        await EndAsync(session, tenant, rule, "create", sortAnew, actor, cancellationToken);
    }

    /// <summary>The failures that it gathered or took apart go back to where they would be without it.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, bool sortAnew, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await session.FindAsync<GroupRule>($"delete from group_rule r where r.tenant_id = @tenant and r.id = @id returning {GroupRules.Columns}", new { tenant, id }, cancellationToken) is not { } rule)
        {
            return false;
        }

        await EndAsync(session, tenant, rule, "delete", sortAnew, actor, cancellationToken);
        return true;
    }

    /// <summary>Letters without a group are sorted by the backlog, in the light of the rules of that time.</summary>
    private async Task EndAsync(DatabaseSession session, TenantId tenant, GroupRule rule, string action, bool sortAnew, Actor actor, CancellationToken cancellationToken)
    {
        if (sortAnew)
        {
            await session.RunAsync("""
                update dead_letter d set group_id = null
                where d.tenant_id = @tenant and d.sync_id = @SyncId and d.state in ('Waiting', 'Queued', 'Replaying') and d.cause <> 'Held'
                  and (@GroupId::uuid is null or d.group_id = @GroupId
                       or d.group_id in (select g.id from failure_group g where g.tenant_id = @tenant and g.rule_id = @Id))
                """, new { tenant, rule.Id, rule.SyncId, rule.GroupId }, cancellationToken);
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "group rule", rule.Id.ToString(), rule.Name, rule.Kind is GroupRuleKind.Split ? "takes a group apart" : "gathers failures"), cancellationToken);
        await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static GroupRule RuleOf(Guid id, GroupRuleDraft draft, Actor actor) =>
        new(id, draft.SyncId, draft.Kind, draft.Name.Trim(), draft.Cause, draft.Text.Trim(), draft.Field.Trim(), draft.GroupId, draft.Path.Trim(), default, actor.Name);

    private sealed record Letter(FailureCause Cause, string Message, string Field, Guid? GroupId, byte[]? Payload);
}
