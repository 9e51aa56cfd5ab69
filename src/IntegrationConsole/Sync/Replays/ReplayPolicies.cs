using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Which letters of an integration are replayed without anybody asking, and what came of it.</summary>
/// <param name="Causes">Empty for none.</param>
/// <param name="Next">Letters that wait for their next round, and when the first of them is due.</param>
/// <param name="Spent">Letters that had all their rounds, and wait for a person.</param>
public sealed record ReplayPolicy(IReadOnlyList<FailureCause> Causes, string SetBy, DateTimeOffset? SetAt, int Next, DateTimeOffset? NextAt, int Spent)
{
    public bool IsOn => Causes.Count > 0;
}

/// <summary>The rule of each integration about replays that begin by themselves. There is none until somebody sets one.</summary>
public sealed class ReplayPolicies(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Each letter has so many rounds, that long after it failed or after the round before.</summary>
    internal static readonly IReadOnlyList<TimeSpan> Pauses = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(60)];

    /// <summary>Causes that go away without anybody changing anything. What waits behind another follows it anyway.</summary>
    public static readonly IReadOnlyList<FailureCause> Possible = [FailureCause.TargetDown, FailureCause.Timeout, FailureCause.RateLimit];

    public async Task<ReplayPolicy> FindAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.FindAsync<Row>("""
            select p.causes, p.set_by, p.set_at,
                   (count(d.id) filter (where d.auto_tries < @rounds))::int as next, min(coalesce(d.auto_after, d.last_failed_at + @first)) filter (where d.auto_tries < @rounds) as next_at,
                   (count(d.id) filter (where d.auto_tries >= @rounds))::int as spent
            from replay_policy p
            left join dead_letter d on d.tenant_id = p.tenant_id and d.sync_id = p.sync_id and d.state = 'Waiting' and d.outcome = 'Failed' and d.cause = any(p.causes)
            where p.tenant_id = @tenant and p.sync_id = @sync group by p.causes, p.set_by, p.set_at
            """, new { tenant, sync, rounds = Pauses.Count, first = Pauses[0] }, cancellationToken);
        return row is null ? new ReplayPolicy([], "", null, 0, null, 0)
            : new ReplayPolicy([.. row.Causes.Select(Enum.Parse<FailureCause>)], row.SetBy, row.SetAt, row.Next, row.NextAt, row.Spent);
    }

    /// <summary>Sets the rule; without causes there is none any more.</summary>
    public async Task SetAsync(TenantId tenant, Guid sync, IReadOnlyCollection<FailureCause> causes, Actor actor, CancellationToken cancellationToken)
    {
        var chosen = Possible.Where(causes.Contains).ToList();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync(chosen.Count == 0 ? "delete from replay_policy where tenant_id = @tenant and sync_id = @sync" : """
            insert into replay_policy (tenant_id, sync_id, causes, set_by, set_at) values (@tenant, @sync, @causes, @actor, @now)
            on conflict (tenant_id, sync_id) do update set causes = excluded.causes, set_by = excluded.set_by, set_at = excluded.set_at
            """, new { tenant, sync, causes = chosen.Select(cause => cause.ToString()).ToArray(), actor = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
        var name = await session.FindAsync<string>("select name from sync_definition where tenant_id = @tenant and id = @sync", new { tenant, sync }, cancellationToken);
        var words = chosen.Count == 0 ? "nothing is replayed by itself" : $"replays by itself: {string.Join(", ", chosen.Select(cause => cause.Words))}";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "integration", sync.ToString(), name ?? "", words), cancellationToken);
        await session.NotifyAsync(new Change(SyncStore.Topic, tenant, sync), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private sealed record Row(string[] Causes, string SetBy, DateTimeOffset SetAt, int Next, DateTimeOffset? NextAt, int Spent);
}
