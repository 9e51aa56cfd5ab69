using IntegrationConsole.Access;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Sync.Approvals;

namespace IntegrationConsole.Health.Triage;

/// <summary>Something that somebody changed lately: the usual culprit.</summary>
public sealed record RecentChange(TenantId TenantId, DateTimeOffset At, string Actor, string Action, string ObjectKind, string ObjectName, string Detail);

/// <summary>A replay that is going.</summary>
public sealed record RunningReplay(TenantId TenantId, Guid Id, string Scope, int Total, int Done);

/// <summary>A credential whose end is near, or behind us.</summary>
public sealed record EndingCredential(TenantId TenantId, Guid Id, string Name, DateTimeOffset ExpiresAt);

/// <summary>A tenant of whose alerts nobody hears: none of its channels that are on works.</summary>
/// <param name="Channels">How many those are.</param>
/// <param name="Since">When the last message got through; null where none did.</param>
public sealed record UnheardTenant(TenantId TenantId, int Channels, DateTimeOffset? Since);

/// <summary>What stands beside the causes.</summary>
public sealed record TriageAside(IReadOnlyList<RecentChange> Changes, IReadOnlyList<RunningReplay> Replays, IReadOnlyList<EndingCredential> Credentials, IReadOnlyList<LimitWarning> Limits)
{
    /// <summary>What waits for a second person, whoever that may be; the oldest first.</summary>
    public IReadOnlyList<LetterRequest> Requests { get; init; } = [];

    /// <summary>Tenants that cannot be told of anything.</summary>
    public IReadOnlyList<UnheardTenant> Unheard { get; init; } = [];

    /// <summary>Those that a reader may decide, then those that they asked for themselves.</summary>
    /// <param name="reader">Who looks.</param>
    /// <param name="tenants">With what the reader may do in each.</param>
    public IReadOnlyList<LetterRequest> RequestsFor(Actor reader, IReadOnlyDictionary<TenantId, TenantAccess> tenants) =>
    [
        .. Requests.Where(request => tenants.TryGetValue(request.TenantId, out var access) && (request.IsOf(reader) || access.May(Permission.Replay)))
            .OrderBy(request => request.IsOf(reader)).ThenBy(request => request.AskedAt),
    ];
}

/// <summary>Reads what helps to understand what is wrong: what changed, what is being mended, and what will end.</summary>
public sealed class TriageAsideReader(ConsoleDatabase database, LimitReader limits, TimeProvider clock)
{
    /// <summary>How far back a change is a likely culprit.</summary>
    public static readonly TimeSpan ChangesOf = TimeSpan.FromHours(2);

    private static readonly TimeSpan EndsWithin = TimeSpan.FromDays(14);
    private const int Most = 5;

    /// <summary>Not every reader may decide each of them, so there are more of them than are shown.</summary>
    private const int MostRequests = 200;

    public async Task<TriageAside> ReadAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var args = new { ids = tenants.Select(tenant => tenant.Value).ToArray(), since = now - ChangesOf, soon = now + EndsWithin, most = Most, now, mostRequests = MostRequests };
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var changes = await session.ListAsync<RecentChange>("""
            select chain as tenant_id, at, actor, action, object_kind, object_name, detail from audit_entry
            where chain = any(@ids) and at >= @since and result = 'Done'
              and object_kind in ('mapping', 'credential', 'connection', 'integration', 'lookup table', 'quotas', 'circuit', 'tenant')
              and action not in ('test', 'run', 'reveal', 'sign in', 'backfill', 'reconcile')
            order by at desc limit @most
            """, args, cancellationToken);
        var replays = await session.ListAsync<RunningReplay>("""
            select p.tenant_id, p.id, p.scope, p.total,
                   (select count(*)::int from replay_item i where i.tenant_id = p.tenant_id and i.replay_id = p.id and i.state in ('Delivered', 'Failed', 'Skipped')) as done
            from replay p where p.tenant_id = any(@ids) and p.state = 'Running' order by p.requested_at limit @most
            """, args, cancellationToken);
        var credentials = await session.ListAsync<EndingCredential>("""
            select tenant_id, id, name, expires_at from credential where tenant_id = any(@ids) and expires_at < @soon order by expires_at limit @most
            """, args, cancellationToken);
        var requests = await session.ListAsync<LetterRequest>($"""
            select {LetterRequests.Columns} from letter_request where tenant_id = any(@ids) and state = 'Open' and expires_at > @now order by asked_at limit @mostRequests
            """, args, cancellationToken);
        var unheard = await session.ListAsync<UnheardTenant>("""
            select tenant_id, count(*)::int as channels, max(last_sent_at) as since from alert_channel where tenant_id = any(@ids) and is_on
            group by tenant_id having min(failures_in_a_row) >= 2 order by tenant_id
            """, args, cancellationToken);
        return new TriageAside(changes, replays, credentials, await limits.ReadAsync(tenants, cancellationToken)) { Requests = requests, Unheard = unheard };
    }
}
