using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Lets a replay go when its time has come and no other one goes to a destination of its integrations, and sees that each
/// of its integrations with letters to send has a run. Whoever asks takes the rows of the integrations first, in their
/// order, then the lanes, one for each destination, and the replay's row after them, as whoever ends a run does.
/// </summary>
public sealed class ReplayLane(RunQueue queue, TimeProvider clock)
{
    /// <summary>Where a probe is due and so long nobody else has called, the first letter is the probe: nothing else may ever go there.</summary>
    private static readonly TimeSpan OthersFirst = TimeSpan.FromSeconds(30);

    /// <summary>What keeps a waiting replay back, that which goes first of all first.</summary>
    private const string Ahead = """
        select o.id, o.scope, o.requested_by, min(c.name) as destination
        from replay p
        join sync_definition s on s.tenant_id = p.tenant_id and s.id = any(p.sync_ids)
        join sync_definition other on other.tenant_id = s.tenant_id and other.destination_connection_id = s.destination_connection_id
        join connection c on c.tenant_id = s.tenant_id and c.id = s.destination_connection_id
        join replay o on o.tenant_id = p.tenant_id and o.id <> p.id and other.id = any(o.sync_ids)
          and (o.state = 'Running' or (o.state = 'Waiting' and o.frozen_at is not null and o.start_rule = 'Now' and (o.state_at, o.id) < (p.state_at, p.id)))
        where p.tenant_id = @tenant and p.id = @id
        group by o.id, o.scope, o.requested_by, o.state, o.state_at
        order by o.state = 'Running' desc, o.state_at, o.id
        """;

    /// <summary>By whom a waiting replay is kept back.</summary>
    internal static Task<IReadOnlyList<ReplayAhead>> ListAheadAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.ListAsync<ReplayAhead>(Ahead, new { tenant, id }, cancellationToken);

    /// <summary>Moves a replay on that waits or runs; the caller commits.</summary>
    internal async Task MoveAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var sync in await SyncsAsync(session, tenant, id, cancellationToken))
        {
            await LockedSync.TakeAsync(session, tenant, sync, cancellationToken);
        }

        await TakeLanesAsync(session, tenant, id, cancellationToken);
        var replay = await session.OneAsync<Standing>("""
            select state, frozen_at is not null as is_frozen, requested_by, start_rule, start_at from replay where tenant_id = @tenant and id = @id for update
            """, new { tenant, id }, cancellationToken);
        if (replay is { State: ReplayState.Waiting, IsFrozen: true } && await MayGoAsync(session, tenant, id, replay, now, cancellationToken))
        {
            await BeginAsync(session, tenant, id, now, cancellationToken);
            replay = replay with { State = ReplayState.Running };
        }

        if (replay.State is ReplayState.Running && await EnqueueAsync(session, tenant, id, replay.RequestedBy, cancellationToken))
        {
            await queue.CallAsync(session, tenant, cancellationToken);
        }
    }

    /// <summary>Replays of two integrations may want the same destination at the same moment: whoever has its lane, which is no row, decides alone.</summary>
    private static async Task TakeLanesAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        await session.ListAsync<string>("""
            select pg_advisory_xact_lock(lane)::text from (
                select distinct hashtextextended('replay lane ' || s.destination_connection_id, 0) as lane
                from replay p join sync_definition s on s.tenant_id = p.tenant_id and s.id = any(p.sync_ids)
                where p.tenant_id = @tenant and p.id = @id order by 1) lanes
            """, new { tenant, id }, cancellationToken);

    private static async Task<bool> MayGoAsync(DatabaseSession session, TenantId tenant, Guid id, Standing replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waits = replay.StartRule switch
        {
            ReplayStart.Now => false,
            ReplayStart.At => replay.StartAt > now,
            ReplayStart.CircuitsClosed => await session.OneAsync<bool>("""
                select exists (
                    select from replay p
                    join sync_definition s on s.tenant_id = p.tenant_id and s.id = any(p.sync_ids)
                    join circuit c on c.tenant_id = s.tenant_id and c.connection_id = s.destination_connection_id and c.state <> 'Closed'
                     and (case when c.state = 'HalfOpen' then c.probe_until else c.probe_at end <= @due) is not true
                    where p.tenant_id = @tenant and p.id = @id)
                """, new { tenant, id, due = now - OthersFirst }, cancellationToken),
            ReplayStart.MaintenanceOver => (await MaintenanceHolds.ListAsync(session, tenant, await SyncsAsync(session, tenant, id, cancellationToken), now, now, cancellationToken)).Count > 0,
            ReplayStart.BudgetResets => (replay.StartAt ?? await ResetAsync(session, tenant, id, now, cancellationToken)) > now,
        };
        return !waits && (await ListAheadAsync(session, tenant, id, cancellationToken)).Count == 0;
    }

    private static Task<IReadOnlyList<Guid>> SyncsAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.ListAsync<Guid>("select unnest(sync_ids) from replay where tenant_id = @tenant and id = @id order by 1", new { tenant, id }, cancellationToken);

    /// <summary>
    /// When the budgets of all its destinations have begun anew. Written down when it is first asked for: later there is
    /// another period, whose end is not what somebody wanted to wait for.
    /// </summary>
    private static async Task<DateTimeOffset> ResetAsync(DatabaseSession session, TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reset = now;
        foreach (var destination in await session.ListAsync<Guid>("""
            select distinct s.destination_connection_id from replay p join sync_definition s on s.tenant_id = p.tenant_id and s.id = any(p.sync_ids) where p.tenant_id = @tenant and p.id = @id
            """, new { tenant, id }, cancellationToken))
        {
            var budget = await BudgetStore.FindAsync(session, tenant, destination, cancellationToken);
            reset = budget?.ResetsAt(now) is { } at && at > reset ? at : reset;
        }

        await session.RunAsync("update replay set start_at = @reset where tenant_id = @tenant and id = @id", new { tenant, id, reset }, cancellationToken);
        return reset;
    }

    private static async Task BeginAsync(DatabaseSession session, TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stage = await session.OneAsync<int>("""
            update replay set state = 'Running', state_reason = '', state_at = @now, began_at = coalesce(began_at, @now), free_at = null, stage_done = 0, stage_failed = 0, stage_same = 0,
                   stage = greatest(stage, (select min(stage) from replay_item where tenant_id = @tenant and replay_id = @id and state in ('Queued', 'Claimed')))
            where tenant_id = @tenant and id = @id returning stage
            """, new { tenant, id, now }, cancellationToken);
        await ReplayItems.TellAsync(session, tenant, id, "", stage < StageRule.Last ? $"Begins with {StageRule.NameOf(stage)}." : "Begins.", now, cancellationToken);
        await session.NotifyAsync(new Change(ReplayStore.Topic, tenant, id), cancellationToken);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
    }

    /// <returns>Whether there is a run that there was not before.</returns>
    private async Task<bool> EnqueueAsync(DatabaseSession session, TenantId tenant, Guid id, string requestedBy, CancellationToken cancellationToken)
    {
        var idle = await session.ListAsync<Guid>("""
            select s.id from replay p cross join lateral unnest(p.sync_ids) as s (id)
            where p.tenant_id = @tenant and p.id = @id
              and exists (select from replay_item i where i.tenant_id = @tenant and i.replay_id = @id and i.sync_id = s.id and i.state = 'Queued' and i.stage <= p.stage)
              and not exists (select from run r where r.tenant_id = @tenant and r.replay_id = @id and r.sync_id = s.id and r.state in ('Queued', 'Running'))
            order by s.id
            """, new { tenant, id }, cancellationToken);
        foreach (var sync in idle)
        {
            await queue.EnqueueBesideAsync(session, tenant, sync, new BesideWork(RunTrigger.Replay) { ReplayId = id }, requestedBy, cancellationToken);
        }

        return idle.Count > 0;
    }

    private sealed record Standing(ReplayState State, bool IsFrozen, string RequestedBy, ReplayStart StartRule, DateTimeOffset? StartAt);
}
