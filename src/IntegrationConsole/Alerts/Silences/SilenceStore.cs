using IntegrationConsole.Access;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Silences;

/// <summary>The silences of all tenants.</summary>
public sealed class SilenceStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "alert-silence";

    private const string Query = """
        select x.tenant_id, x.id, x.object_kind, x.object_id, x.rule, x.cause, coalesce(s.name, c.name, '') as object_name, x.owner, x.reason, x.starts_at, x.ends_at, x.ended_by
        from alert_silence x
        left join sync_definition s on x.object_kind = 'Sync' and s.tenant_id = x.tenant_id and s.id = x.object_id
        left join connection c on x.object_kind = 'Connection' and c.tenant_id = x.tenant_id and c.id = x.object_id
        """;

    /// <summary>Those that hold, and those that ended within 30 days; what ends last first.</summary>
    public async Task<IReadOnlyList<Silence>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>(
            $"{Query} where x.tenant_id = @tenant and x.ends_at > @since order by x.ends_at desc, x.id limit 200", new { tenant, since = clock.GetUtcNow() - TimeSpan.FromDays(30) }, cancellationToken);
        return [.. rows.Select(row => row.Silence)];
    }

    /// <returns>Those that hold now, by tenant.</returns>
    internal static async Task<ILookup<TenantId, Silence>> ListOpenAsync(DatabaseSession session, Guid[] tenants, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await session.ListAsync<Row>($"{Query} where x.tenant_id = any(@tenants) and x.starts_at <= @now and x.ends_at > @now", new { tenants, now }, cancellationToken))
        .ToLookup(row => row.TenantId, row => row.Silence);

    public async Task<Guid> CreateAsync(TenantId tenant, SilenceDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into alert_silence (tenant_id, id, object_kind, object_id, rule, cause, owner, reason, starts_at, ends_at)
            values (@tenant, @id, @kind, @objectId, @rule, @cause, @owner, @reason, @now, @until)
            """,
            new
            {
                tenant, id, kind = draft.Matcher.ObjectKind?.ToString(), objectId = draft.Matcher.ObjectId, rule = draft.Matcher.Rule, cause = draft.Matcher.Cause, owner = actor.Name,
                reason = draft.Reason.Trim(), now, until = now + draft.For,
            },
            cancellationToken);
        await AppendAsync(session, tenant, "silence", id, actor, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Ends a silence now.</summary>
    public async Task EndAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await session.RunAsync(
            "update alert_silence set ends_at = @now, ended_by = @actor where tenant_id = @tenant and id = @id and ends_at > @now", new { tenant, id, now, actor = actor.Name }, cancellationToken) > 0)
        {
            await AppendAsync(session, tenant, "end", id, actor, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, string action, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        var silence = (await session.OneAsync<Row>($"{Query} where x.tenant_id = @tenant and x.id = @id", new { tenant, id }, cancellationToken)).Silence;
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "silence", id.ToString(), silence.Words, silence.Reason), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
    }

    private sealed record Row(
        TenantId TenantId, Guid Id, ObjectKind? ObjectKind, Guid? ObjectId, string? Rule, string? Cause, string ObjectName, string Owner, string Reason, DateTimeOffset StartsAt,
        DateTimeOffset EndsAt, string? EndedBy)
    {
        public Silence Silence => new(Id, new AlertMatcher(ObjectKind, ObjectId, Rule, Cause), ObjectName, Owner, Reason, StartsAt, EndsAt, EndedBy);
    }
}
