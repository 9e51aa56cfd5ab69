using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Rules;

/// <summary>One time that a rule would have fired.</summary>
/// <param name="To">When the state ended; null where it goes on.</param>
public sealed record WouldHaveFired(Guid ObjectId, string ObjectName, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>
/// Tries a rule on the last 30 days. The changes of state that health kept say what the worst of an object was at each
/// moment, and what it was about: what lay beneath something worse is not in there, so a rule may fire a little more often.
/// </summary>
public sealed class BackTest(ConsoleDatabase database, TimeProvider clock)
{
    public static readonly TimeSpan Span = TimeSpan.FromDays(30);

    public async Task<IReadOnlyList<WouldHaveFired>> RunAsync(TenantId tenant, AlertRule rule, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>("""
            select h.object_id, coalesce(s.name, c.name, t.name) as object_name, h.at, h.to_state, coalesce(h.dimension, '') as dimension, h.reason
            from health_transition h
            join tenant t on t.id = h.tenant_id
            left join sync_definition s on h.object_kind = 'Sync' and s.tenant_id = h.tenant_id and s.id = h.object_id
            left join connection c on h.object_kind = 'Connection' and c.tenant_id = h.tenant_id and c.id = h.object_id
            where h.tenant_id = @tenant and h.object_kind = @kind and h.at >= @since
            order by h.object_id, h.at
            """, new { tenant, kind = rule.Template.ObjectKind.ToString(), since = now - Span }, cancellationToken);
        return [.. rows.GroupBy(row => row.ObjectId).SelectMany(changes => Of([.. changes], rule, now)).OrderByDescending(fired => fired.From)];
    }

    private static IEnumerable<WouldHaveFired> Of(IReadOnlyList<Row> changes, AlertRule rule, DateTimeOffset now)
    {
        Row? begun = null;
        foreach (var change in changes)
        {
            var isBad = RuleTemplate.Meets(change.ToState, rule.State) && (rule.Template.Dimension is null || change.Dimension == rule.Template.Dimension.ToString());
            if (begun is not null && !isBad)
            {
                if (change.At - begun.At >= TimeSpan.FromMinutes(rule.AfterMinutes))
                {
                    yield return new WouldHaveFired(begun.ObjectId, begun.ObjectName, begun.At, change.At, begun.Reason);
                }

                begun = null;
            }

            begun = isBad ? begun ?? change : null;
        }

        if (begun is not null && now - begun.At >= TimeSpan.FromMinutes(rule.AfterMinutes))
        {
            yield return new WouldHaveFired(begun.ObjectId, begun.ObjectName, begun.At, null, begun.Reason);
        }
    }

    private sealed record Row(Guid ObjectId, string ObjectName, DateTimeOffset At, HealthState ToState, string Dimension, string Reason);
}
