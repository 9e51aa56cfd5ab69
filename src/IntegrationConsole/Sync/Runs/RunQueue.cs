using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Runs;

/// <summary>How asking for a run ended.</summary>
/// <param name="RunId">The run that was queued; null when it was refused.</param>
/// <param name="Answer">In words.</param>
public sealed record RunRequest(Guid? RunId, string Answer);

/// <summary>
/// Moves runs from state to state. Each step is one transaction that holds the sync's row, so two nodes, a schedule and
/// a person can ask at the same moment and exactly one run goes at a time. What is asked for is queued or refused with
/// a reason, never dropped.
/// </summary>
public sealed class RunQueue(ConsoleDatabase database, RunLine line, AuditTrail audit, ThisNode me, TimeProvider clock)
{
    /// <summary>Asks for a run now.</summary>
    public Task<RunRequest> RequestAsync(TenantId tenant, Guid syncId, RunTrigger trigger, Actor actor, CancellationToken cancellationToken) =>
        RequestAsync(tenant, syncId, trigger, batchBreaker: true, actor, cancellationToken);

    /// <summary>Asks for a run that goes on where most of a batch fails alike, and sets it aside; one that waits already becomes such a run.</summary>
    public Task<RunRequest> RequestWithoutBreakerAsync(TenantId tenant, Guid syncId, Actor actor, CancellationToken cancellationToken) =>
        RequestAsync(tenant, syncId, RunTrigger.Manual, batchBreaker: false, actor, cancellationToken);

    private async Task<RunRequest> RequestAsync(TenantId tenant, Guid syncId, RunTrigger trigger, bool batchBreaker, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null } sync)
        {
            return new RunRequest(null, "This integration was deleted.");
        }

        if (sync.PausedBecause is { } paused)
        {
            return await RefuseAsync(session, sync, actor, paused, cancellationToken);
        }

        var open = await OpenRunsAsync(session, sync, cancellationToken);
        if (open.FirstOrDefault(run => run.State is RunState.Queued) is { } waiting)
        {
            if (!batchBreaker)
            {
                await GoOnAsync(session, sync, waiting.Id, actor, cancellationToken);
                await RunStore.CommitAsync(session, tenant, waiting.Id, cancellationToken);
                return new RunRequest(waiting.Id, $"Run {waiting.Number} is waiting already, and sets aside what fails.");
            }

            return await RefuseAsync(session, sync, actor, $"Run {waiting.Number} is waiting already, asked for by {waiting.RequestedBy}.", cancellationToken);
        }

        var ahead = open.Count > 0 ? open[0] : null;
        if (ahead is not null && sync.ReadMode is ReadMode.ChangeStream)
        {
            return await RefuseAsync(session, sync, actor, $"Run {ahead.Number} is going: a change stream goes on until it is stopped.", cancellationToken);
        }

        var reason = ahead is null ? "" : $"Waits for run {ahead.Number} to end";
        var runId = await InsertAsync(session, sync, trigger, actor.Name, RunState.Queued, reason, null, cancellationToken);
        if (!batchBreaker)
        {
            await GoOnAsync(session, sync, runId, actor, cancellationToken);
        }

        var isCalled = (await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken)).Contains(runId);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("run", "integration", syncId.ToString(), sync.Name, reason), cancellationToken);
        await RunStore.CommitAsync(session, tenant, runId, cancellationToken);
        return new RunRequest(
            runId,
            ahead is not null ? $"Queued: it starts when run {ahead.Number} ends."
            : isCalled ? "The run starts now."
            : "Queued: the tenant's places are taken, and it starts when its turn comes.");
    }

    /// <summary>Queues a run that goes beside the usual ones, in the caller's transaction, which lets it go by <see cref="CallAsync"/>.</summary>
    internal async Task<Guid> EnqueueBesideAsync(DatabaseSession session, TenantId tenant, Guid syncId, BesideWork work, string requestedBy, CancellationToken cancellationToken)
    {
        var sync = await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) ?? throw new InvalidOperationException("What is to run beside a sync needs the sync.");
        return await InsertAsync(session, sync, work.Trigger, requestedBy, RunState.Queued, "", work, cancellationToken);
    }

    /// <summary>Queues a usual run in the caller's transaction, which lets it go by <see cref="CallAsync"/>; where one waits already, that is it.</summary>
    /// <returns>The run; null where the sync is paused or deleted.</returns>
    internal async Task<Guid?> EnqueueAsync(DatabaseSession session, TenantId tenant, Guid syncId, string requestedBy, CancellationToken cancellationToken)
    {
        if (await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null, PausedBecause: null } sync)
        {
            return null;
        }

        var open = await OpenRunsAsync(session, sync, cancellationToken);
        return open.FirstOrDefault(run => run.State is RunState.Queued)?.Id
            ?? await InsertAsync(session, sync, RunTrigger.Manual, requestedBy, RunState.Queued, open.Count > 0 ? $"Waits for run {open[0].Number} to end" : "", null, cancellationToken);
    }

    /// <summary>Lets queued runs go for which there is a place, when the caller has all the syncs' rows that it needs.</summary>
    internal async Task CallAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>A schedule fell due: queues the run that is to go now, or records why none does.</summary>
    /// <returns>False where there is no such integration any more.</returns>
    public async Task<bool> FallDueAsync(TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null } sync)
        {
            return false;
        }

        var open = await OpenRunsAsync(session, sync, cancellationToken);
        var running = open.FirstOrDefault(run => run.State is RunState.Running);
        var waiting = open.FirstOrDefault(run => run.State is RunState.Queued);
        var (state, reason) = running switch
        {
            _ when sync.PausedBecause is { } paused => (RunState.Skipped, paused),
            null => (RunState.Queued, ""),
            _ when waiting is not null => (RunState.Skipped, $"Run {running.Number} is still going and run {waiting.Number} waits behind it."),
            _ when sync.Overlap is OverlapRule.Skip => (RunState.Skipped, $"Run {running.Number} is still going."),
            _ => (RunState.Queued, $"Waits for run {running.Number} to end"),
        };
        if (state is RunState.Queued && waiting is not null)
        {
            await HurryAsync(session, tenant, waiting.Id, cancellationToken);
        }
        else
        {
            await InsertAsync(session, sync, RunTrigger.Schedule, "schedule", state, reason, null, cancellationToken);
        }

        await CallAsync(session, tenant, cancellationToken);
        await RunStore.CommitAsync(session, tenant, null, cancellationToken);
        return true;
    }

    /// <summary>Something arrived for a sync: queues a run, unless one waits already that will read it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="syncId">Which sync.</param>
    /// <param name="seq">The last that arrived; it is not called for again.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether a run was queued.</returns>
    internal async Task<bool> ArriveAsync(TenantId tenant, Guid syncId, long seq, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null, PausedBecause: null } sync)
        {
            return false;
        }

        var open = await OpenRunsAsync(session, sync, cancellationToken);
        if (open.Any(run => run.State is RunState.Queued) || (open.Count > 0 && sync.Overlap is OverlapRule.Skip))
        {
            return false;
        }

        // Several nodes hear of it: whoever comes second finds it called for, or a run that waits.
        if (await session.RunAsync("update sync_definition set arrival_seq = @seq where tenant_id = @tenant and id = @syncId and arrival_seq <= @seq", new { tenant, syncId, seq }, cancellationToken) == 0)
        {
            return false;
        }

        var run = await InsertAsync(session, sync, RunTrigger.Arrival, "webhook", RunState.Queued, open.Count > 0 ? $"Waits for run {open[0].Number} to end" : "", null, cancellationToken);
        await CallAsync(session, tenant, cancellationToken);
        await RunStore.CommitAsync(session, tenant, run, cancellationToken);
        return true;
    }

    /// <summary>Runs of all tenants that wait for this node or another, the first call first.</summary>
    internal Task<IReadOnlyList<CalledRun>> ListCalledAsync(int most, CancellationToken cancellationToken) =>
        RunLine.ListCalledAsync(database, me.Name, clock.GetUtcNow(), most, cancellationToken);

    /// <summary>Takes up a queued run; null when it is gone, not due, another one of its kind is going, or the tenant has no place for it.</summary>
    public async Task<ClaimedRun?> ClaimAsync(TenantId tenant, Guid syncId, Guid runId, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);

        // Several nodes hear of the same call; all but one come too late.
        if (!await LockedSync.TakeForAsync(session, tenant, syncId, runId, cancellationToken))
        {
            return null;
        }

        if (await line.FindDueAsync(session, tenant, runId, clock.GetUtcNow(), cancellationToken) is { } due
            && !await KeepBackAsync(session, tenant, syncId, runId, due.IsReplay, cancellationToken) && due.HasPlace)
        {
            var claimed = await TakeAsync(session, tenant, runId, cancellationToken);
            await RunStore.CommitAsync(session, tenant, runId, cancellationToken);
            return claimed;
        }

        // Whoever is next may have its place.
        await line.ReturnAsync(session, tenant, runId, cancellationToken);
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
        await RunStore.CommitAsync(session, tenant, runId, cancellationToken);
        return null;
    }

    /// <summary>Asks a run to stop; one that waits is ended at once.</summary>
    /// <returns>In words, what happens.</returns>
    public async Task<string> CancelAsync(TenantId tenant, Guid runId, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // The sync's row before the run's, as whoever ends a run does; batches are recorded meanwhile, which refer to it.
        await session.RunAsync(
            "select from sync_definition s join run r on r.tenant_id = s.tenant_id and r.sync_id = s.id where r.tenant_id = @tenant and r.id = @runId for no key update of s", new { tenant, runId }, cancellationToken);
        var run = await session.FindAsync<Cancelling>(
            "select state, sync_id, trigger, started_at, replay_id, deletion_id, is_split from run where tenant_id = @tenant and id = @runId for update", new { tenant, runId }, cancellationToken);
        var state = run?.State.ToString();
        if (run is null || state is not (nameof(RunState.Queued) or nameof(RunState.Running)))
        {
            return "The run had ended already.";
        }

        await session.RunAsync("""
            update run set cancel_requested_by = @actor,
                           state = case when state = 'Queued' then 'Cancelled' else state end,
                           reason = case when state = 'Queued' then 'Cancelled by ' || @actor else reason end,
                           finished_at = case when state = 'Queued' then @now::timestamptz end
            where tenant_id = @tenant and id = @runId
            """, new { tenant, runId, actor = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
        var ended = run.State is RunState.Queued ? new MeasuredRun(tenant, run.SyncId, run.Trigger, RunState.Cancelled, null, run.StartedAt, clock.GetUtcNow()) : null;
        if (run.IsSplit)
        {
            ended = await RunPartitions.CancelAsync(session, tenant, runId, actor.Name, clock.GetUtcNow(), cancellationToken);
        }

        if (run.State is RunState.Queued)
        {
            await ReadAgain.AfterAsync(session, tenant, runId, clock.GetUtcNow(), cancellationToken);
        }

        if (run is { State: RunState.Queued, DeletionId: { } deletion })
        {
            await session.RunAsync("update deletion set state = 'Waiting' where tenant_id = @tenant and id = @deletion and state = 'Approved'", new { tenant, deletion }, cancellationToken);
        }

        if (run is { State: RunState.Queued, ReplayId: { } replay })
        {
            await ReplayItems.SettleAsync(session, tenant, replay, run.SyncId, RunState.Cancelled, $"Cancelled by {actor.Name}", clock.GetUtcNow(), cancellationToken);
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("cancel", "run", runId.ToString(), ""), cancellationToken);
        await RunStore.CommitAsync(session, tenant, runId, cancellationToken);
        RunMeter.Ended(ended);
        return state == nameof(RunState.Queued) ? "The run is cancelled." : "The run stops after the batch in hand.";
    }

    /// <summary>Has a run that did not begin yet set aside what fails alike.</summary>
    private async Task GoOnAsync(DatabaseSession session, LockedSync sync, Guid runId, Actor actor, CancellationToken cancellationToken)
    {
        await session.RunAsync("update run set batch_breaker = false where tenant_id = @tenant and id = @runId", new { tenant = sync.TenantId, runId }, cancellationToken);
        await audit.AppendAsync(
            session, sync.TenantId, actor, new AuditEvent("set aside all the same", "run", runId.ToString(), sync.Name, "This run goes on where most of a batch fails alike."), cancellationToken);
    }

    private async Task<RunRequest> RefuseAsync(DatabaseSession session, LockedSync sync, Actor actor, string reason, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, sync.TenantId, actor, new AuditEvent("run", "integration", sync.Id.ToString(), sync.Name, reason, AuditResult.Refused), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new RunRequest(null, reason);
    }

    /// <returns>Whether a circuit is open: then the run was given another time, or is left to other nodes first.</returns>
    private async Task<bool> KeepBackAsync(DatabaseSession session, TenantId tenant, Guid syncId, Guid runId, bool isReplay, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await RunHolds.FindAsync(session, tenant, syncId, isReplay, me.Name, now, cancellationToken) is not { } hold
            || (hold.IsLeftToOthers && !await me.HasOthersAsync(cancellationToken)))
        {
            return false;
        }

        await (hold.IsLeftToOthers ? RunHolds.LeaveAsync(session, tenant, runId, me.Name, hold.Until, cancellationToken) : RunHolds.KeepAsync(session, tenant, runId, hold, now, cancellationToken));
        return true;
    }

    private async Task<ClaimedRun> TakeAsync(DatabaseSession session, TenantId tenant, Guid runId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = await session.OneAsync<TakenRow>($"""
            {UnfinishedRuns.GoOn};
            update run set state = 'Running', attempt = attempt + 1, node = @node, lease_until = @until, started_at = coalesce(started_at, @now), reason = '', cause = null,
                           held_by = null, maintenance_id = null, left_by = null, left_until = null
            where tenant_id = @tenant and id = @runId
            returning sync_id, number, replay_id, trigger, requested_by, checkpoint, watermark, attempt, retries, records_read, written, unchanged, filtered, rejected, failed, unknown, started_at,
                      range_from, range_to, deletion_id, reconciliation_id, batch_breaker, parent_id, partition, key_from, key_to, parent_list,
                      (select w.started_at from run w where w.tenant_id = run.tenant_id and w.id = run.parent_id) as whole_started_at,
                      (select d.run_id from deletion d where d.tenant_id = run.tenant_id and d.sync_id = run.sync_id and d.state = 'Waiting' and not d.replaces) as undecided,
                      (select d.id from deletion d where d.tenant_id = run.tenant_id and d.sync_id = run.sync_id and d.state = 'Refused' and not d.replaces order by d.decided_at desc limit 1) as refused,
                      (select d.id from deletion d where d.tenant_id = run.tenant_id and d.sync_id = run.sync_id and d.replaces and d.state in ('Waiting', 'Approved')
                       order by d.state = 'Approved' desc, d.asked_at desc limit 1) as replacement_id,
                      not beside and exists (select from sync_definition s where s.tenant_id = run.tenant_id and s.id = run.sync_id and s.read_mode = 'ChangeStream') as is_stream,
                      coalesce((select p.parallel from replay p where p.tenant_id = run.tenant_id and p.id = run.replay_id), 0) as most_calls
            """, new { tenant, runId, node = me.Name, now, until = now + ClaimedRuns.Lease }, cancellationToken);
        return new ClaimedRun(
            tenant, runId, row.SyncId, row.Number, row.ReplayId, row.Trigger, row.RequestedBy, row.Checkpoint, row.Watermark, row.Attempt, row.Retries,
            new RunCounts(row.RecordsRead, row.Written, row.Unchanged, row.Filtered, row.Rejected, row.Failed, row.Unknown), row.StartedAt)
        {
            Range = row is { RangeFrom: { } from, RangeTo: { } to } ? new CursorRange(from, to) : null,
            Approved = row.DeletionId is { } deletion ? await HeldDeletions.FindAsync(session, tenant, deletion, cancellationToken) : null,
            Replacement = row.ReplacementId is { } replacement ? await HeldReplacements.FindAsync(session, tenant, replacement, cancellationToken) : null,
            ReconciliationId = row.ReconciliationId,
            Undecided = row.Undecided, Refused = row.Refused, IsStream = row.IsStream, MostCalls = row.MostCalls, BatchBreaker = row.BatchBreaker,
            Partition = row is { ParentId: { } whole, Partition: { } number, WholeStartedAt: { } started }
                ? new RunPartition(whole, number, new KeyRange(row.KeyFrom, row.KeyTo) { Ids = row.ParentList }, started) : null,
        };
    }

    private async Task<Guid> InsertAsync(
        DatabaseSession session, LockedSync sync, RunTrigger trigger, string requestedBy, RunState state, string reason, BesideWork? work, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await session.RunAsync("""
            with counted as (update sync_definition set last_run_number = last_run_number + 1 where tenant_id = @tenant and id = @sync returning last_run_number)
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, replay_id, range_from, range_to, deletion_id, reconciliation_id, state, reason, queued_at, start_after, finished_at)
            select @tenant, @id, @sync, last_run_number, @trigger, @requestedBy, @replayId, @from, @to, @deletion, @reconciliation, @state, @reason, @now, @now,
                   case when @state = 'Skipped' then @now::timestamptz end
            from counted
            """,
            new { tenant = sync.TenantId, id, sync = sync.Id, trigger = trigger.ToString(), requestedBy, replayId = work?.ReplayId, from = work?.Range?.From, to = work?.Range?.To, deletion = work?.DeletionId, reconciliation = work?.ReconciliationId, state = state.ToString(), reason, now }, cancellationToken);
        return id;
    }

    /// <summary>A run that waits for its next attempt need not wait longer than until the schedule comes round.</summary>
    private Task<int> HurryAsync(DatabaseSession session, TenantId tenant, Guid runId, CancellationToken cancellationToken) => session.RunAsync(
        "update run set start_after = @now, called_at = null where tenant_id = @tenant and id = @runId and state = 'Queued' and start_after > @now and kept_by is null",
        new { tenant, runId, now = clock.GetUtcNow() }, cancellationToken);

    /// <summary>The usual runs only.</summary>
    private static Task<IReadOnlyList<OpenRun>> OpenRunsAsync(DatabaseSession session, LockedSync sync, CancellationToken cancellationToken) =>
        session.ListAsync<OpenRun>("""
            select id, number, state, requested_by from run
            where tenant_id = @tenant and sync_id = @sync and state in ('Queued', 'Running') and not beside order by number
            """, new { tenant = sync.TenantId, sync = sync.Id }, cancellationToken);

    private sealed record OpenRun(Guid Id, long Number, RunState State, string RequestedBy);

    private sealed record Cancelling(RunState State, Guid SyncId, RunTrigger Trigger, DateTimeOffset? StartedAt, Guid? ReplayId, Guid? DeletionId, bool IsSplit);

    private sealed record TakenRow(
        Guid SyncId, long Number, Guid? ReplayId, RunTrigger Trigger, string RequestedBy, string? Checkpoint, string? Watermark, int Attempt, int Retries,
        long RecordsRead, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown, DateTimeOffset StartedAt, string? RangeFrom, string? RangeTo,
        Guid? DeletionId, Guid? ReconciliationId, bool BatchBreaker, Guid? ParentId, int? Partition, string? KeyFrom, string? KeyTo, string[]? ParentList, DateTimeOffset? WholeStartedAt, Guid? Undecided,
        Guid? Refused, Guid? ReplacementId, bool IsStream, int MostCalls);
}
