using IntegrationConsole.Access;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Rules;

/// <summary>The rules of each tenant: the default set, with what was changed of it.</summary>
public sealed class RuleStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "alert-rule";

    public async Task<IReadOnlyList<AlertRule>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return [.. (await ListAsync(session, [tenant.Value], cancellationToken))(tenant)];
    }

    /// <returns>Each tenant's rules.</returns>
    internal static async Task<Func<TenantId, IReadOnlyList<AlertRule>>> ListAsync(DatabaseSession session, Guid[] tenants, CancellationToken cancellationToken)
    {
        var rows = await session.ListAsync<Row>("""
            select tenant_id, template, is_on, worst_state, after_minutes, severity, changed_by, changed_at, version from alert_rule where tenant_id = any(@tenants)
            """, new { tenants }, cancellationToken);
        var changed = rows.ToDictionary(row => (row.TenantId, row.Template));
        return tenant => [.. RuleTemplate.All.Select(template => changed.GetValueOrDefault((tenant, template.Key))?.Over(template) ?? AlertRule.Of(template))];
    }

    public async Task<Saved> SaveAsync(TenantId tenant, AlertRule rule, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var saved = await session.RunAsync("""
            insert into alert_rule (tenant_id, template, is_on, worst_state, after_minutes, severity, changed_by, changed_at, version)
            values (@tenant, @template, @on, @state, @after, @severity, @actor, @now, 1)
            on conflict (tenant_id, template) do update
            set is_on = excluded.is_on, worst_state = excluded.worst_state, after_minutes = excluded.after_minutes, severity = excluded.severity, changed_by = excluded.changed_by,
                changed_at = excluded.changed_at, version = alert_rule.version + 1
            where alert_rule.version = @version
            """,
            new
            {
                tenant, template = rule.Template.Key, on = rule.IsOn, state = rule.State.ToString(), after = rule.AfterMinutes, severity = rule.Severity.ToString(),
                actor = actor.Name, now = clock.GetUtcNow(), version = rule.Version,
            },
            cancellationToken);
        if (saved == 0)
        {
            return Saved.Outdated;
        }

        var detail = rule.IsOn ? $"{rule.Severity.Words}. {rule.Words}" : "off";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "alert rule", rule.Template.Key, rule.Template.Title, detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    private sealed record Row(
        TenantId TenantId, string Template, bool IsOn, HealthState WorstState, int AfterMinutes, Severity Severity, string ChangedBy, DateTimeOffset ChangedAt, int Version)
    {
        public AlertRule Over(RuleTemplate template) => new(template, IsOn, WorstState, AfterMinutes, Severity, ChangedBy, ChangedAt, Version);
    }
}
