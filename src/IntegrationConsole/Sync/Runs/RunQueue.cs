using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Replays;
using Microsoft.Extensions.Options;

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
public sealed class RunQueue(ConsoleDatabase database, RunLine line, AuditTrail audit, IOptions<DatabaseOptions> node, TimeProvider clock)
{
    /// <summary>How long a node may be silent before another takes its run over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private string Node => node.Value.NodeName;

    /// <summary>Asks for a run now.</summary>
    public async Task<RunRequest> RequestAsync(TenantId tenant, Guid syncId, RunTrigger trigger, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null } sync)
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
            return await RefuseAsync(session, sync, actor, $"Run {waiting.Number} is waiting already, asked for by {waiting.RequestedBy}.", cancellationToken);
        }

        var ahead = open.Count > 0 ? open[0] : null;
        if (ahead is not null && sync.ReadMode is ReadMode.ChangeStream)
        {
            return await RefuseAsync(session, sync, actor, $"Run {ahead.Number} is going: a change stream goes on until it is stopped.", cancellationToken);
        }

        var reason = ahead is null ? "" : $"Waits for run {ahead.Number} to end";
        var runId = await InsertAsync(session, sync, trigger, actor.Name, RunState.Queued, reason, null, cancellationToken);
        await line.LockAsync(session, tenant, cancellationToken);
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
        var isCalled = await session.OneAsync<bool>("select called_at is not null from run where tenant_id = @tenant and id = @runId", new { tenant, runId }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("run", "integration", syncId.ToString(), sync.Name, reason), cancellationToken);
        await CommitAsync(session, tenant, runId, cancellationToken);
        return new RunRequest(
            runId,
            ahead is not null ? $"Queued: it starts when run {ahead.Number} ends."
            : isCalled ? "The run starts now."
            : "Queued: the tenant's places are taken, and it starts when its turn comes.");
    }

    /// <summary>Queues a run that goes beside the usual ones, in the caller's transaction, which lets it go by <see cref="CallAsync"/>.</summary>
    internal async Task<Guid> EnqueueBesideAsync(DatabaseSession session, TenantId tenant, Guid syncId, BesideWork work, string requestedBy, CancellationToken cancellationToken)
    {
        var sync = await LockAsync(session, tenant, syncId, cancellationToken) ?? throw new InvalidOperationException("What is to run beside a sync needs the sync.");
        return await InsertAsync(session, sync, work.Trigger, requestedBy, RunState.Queued, "", work, cancellationToken);
    }

    /// <summary>Lets queued runs go for which there is a place, when the caller has all the syncs' rows that it needs.</summary>
    internal async Task CallAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        await line.LockAsync(session, tenant, cancellationToken);
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>A schedule fell due: queues the run that is to go now, or records why none does.</summary>
    public async Task FallDueAsync(TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, syncId, cancellationToken) is not { DeletedAt: null } sync)
        {
            // The sync was deleted, or its tenant erased: its schedule would come round for ever.
            await line.Triggers.ForgetAsync(tenant, syncId, cancellationToken);
            return;
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
        await CommitAsync(session, tenant, null, cancellationToken);
    }

    /// <summary>Takes up a queued run; null when it is gone, not due, another one of its kind is going, or the tenant has no place for it.</summary>
    public async Task<ClaimedRun?> ClaimAsync(TenantId tenant, Guid syncId, Guid runId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, syncId, cancellationToken) is null)
        {
            return null;
        }

        await line.LockAsync(session, tenant, cancellationToken);
        var due = await session.FindAsync<DueRun>("""
            select r.trigger in ('Replay', 'Approval') as is_replay from run r where r.tenant_id = @tenant and r.id = @runId and r.state = 'Queued' and r.start_after <= @now
              and (r.parent_id is not null or not exists (
                  select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and o.state = 'Running' and o.beside = r.beside and o.parent_id is null))
            """, new { tenant, runId, now = clock.GetUtcNow() }, cancellationToken);
        if (due is not null && !await KeepBackAsync(session, tenant, syncId, runId, due.IsReplay, cancellationToken) && await line.HasPlaceAsync(session, tenant, cancellationToken))
        {
            var claimed = await TakeAsync(session, tenant, runId, cancellationToken);
            await CommitAsync(session, tenant, runId, cancellationToken);
            return claimed;
        }

        // Whoever is next may have its place.
        await line.ReturnAsync(session, tenant, runId, cancellationToken);
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
        await CommitAsync(session, tenant, runId, cancellationToken);
        return null;
    }

    /// <summary>Says that this node still has the run.</summary>
    /// <returns>Null when the run was taken away; otherwise who wants it cancelled, or empty.</returns>
    public async Task<string?> BeatAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        var cancelledBy = await session.FindAsync<string>("""
            update run set lease_until = @until
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt and not is_split
            returning coalesce(cancel_requested_by, '')
            """, new { tenant = run.Tenant, id = run.Id, attempt = run.Attempt, until = clock.GetUtcNow() + Lease }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return cancelledBy;
    }

    /// <summary>Cuts a run into parts, which any node takes up; the run is this node's no longer.</summary>
    /// <returns>False when another node has it by now.</returns>
    public async Task<bool> SplitAsync(ClaimedRun run, IReadOnlyList<KeyRange> ranges, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        if (await LockAsync(session, run.Tenant, run.SyncId, cancellationToken) is null || !await RunPartitions.SplitAsync(session, run, ranges, clock.GetUtcNow(), cancellationToken))
        {
            return false;
        }

        await CallAsync(session, run.Tenant, cancellationToken);
        await CommitAsync(session, run.Tenant, run.Id, cancellationToken);
        return true;
    }

    /// <summary>Ends a run that was cut, when none of its parts is open any more.</summary>
    internal async Task EndWholeAsync(TenantId tenant, Guid syncId, Guid whole, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockAsync(session, tenant, syncId, cancellationToken) is not null)
        {
            await RunPartitions.EndAsync(session, tenant, whole, clock.GetUtcNow(), cancellationToken);
            await CallAsync(session, tenant, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Ends a run, moves the sync's cursor where the run read to the end, and lets the next one go.</summary>
    /// <returns>False when another node has the run by now: then nothing was saved.</returns>
    public async Task<bool> FinishAsync(ClaimedRun run, RunEnding ending, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        if (await LockAsync(session, run.Tenant, run.SyncId, cancellationToken) is null)
        {
            return false;
        }

        var startedAt = await session.FindAsync<DateTimeOffset?>("""
            update run set state = @state, cause = @cause, stage = @stage, reason = @reason, needs_person = @needs, finished_at = @now, lease_until = null,
                           deleted = deleted + @deleted,
                           checkpoint = case when (@state in ('Failed', 'Cancelled') or (@state = 'Held' and @isStream)) and not @misplaced then checkpoint end
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
            returning started_at
            """,
            new
            {
                tenant = run.Tenant, id = run.Id, attempt = run.Attempt, state = ending.State.ToString(), cause = ending.Failure?.Cause.ToString(), stage = ending.Stage?.ToString(),
                isStream = run.IsStream, misplaced = ending.Failure?.Code == ReadRequest.MisplacedCode, reason = ending.Reason, needs = ending.Held is not null || (ending.Failure is { } failure && !failure.Cause.IsTransient), deleted = ending.Deleted, now,
            },
            cancellationToken);
        if (startedAt is null)
        {
            return false;
        }

        if (ending.Cursor is { } cursor)
        {
            await session.RunAsync(
                "update sync_definition set cursor = @cursor, cursor_at = @now where tenant_id = @tenant and id = @sync",
                new { tenant = run.Tenant, sync = run.SyncId, cursor, now }, cancellationToken);
        }

        if (run.ReplayId is { } replay)
        {
            await ReplayItems.SettleAsync(session, run.Tenant, replay, run.SyncId, ending.State, ending.Reason, now, cancellationToken);
        }

        if (ending.Held is { } held)
        {
            await HeldDeletions.AskAsync(session, run, held, now, cancellationToken);
        }

        if (run.Approved is { } approved)
        {
            await HeldDeletions.SettleAsync(session, run, approved, ending, cancellationToken);
        }

        if (run.Partition is null)
        {
            if (!run.IsBeside && ending.State is (RunState.Succeeded or RunState.Partial))
            {
                await VolumeReckoning.NoteAsync(session, run.Tenant, run.SyncId, run.Id, now, cancellationToken);
            }

            await CountRunAsync(session, run, ending, now, cancellationToken);
        }
        else
        {
            await RunPartitions.EndAsync(session, run.Tenant, run.Whole, now, cancellationToken);
        }

        await CallAsync(session, run.Tenant, cancellationToken);
        await CommitAsync(session, run.Tenant, run.Whole, cancellationToken);
        if (run.Partition is null)
        {
            RunMeter.Ended(run, ending, now - startedAt.Value);
        }

        return true;
    }

    /// <summary>Puts a run back: it goes on from its checkpoint, on any node, when its time has come.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why, and what happens next.</param>
    /// <param name="after">How long it waits.</param>
    /// <param name="failure">What the outside did; null when only the node stopped.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task PutBackAsync(ClaimedRun run, string reason, TimeSpan after, Failure? failure, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = now + after;
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        if (await LockAsync(session, run.Tenant, run.SyncId, cancellationToken) is null)
        {
            return;
        }

        // Where another run waits already, it takes this one's place when this one has to wait for the world.
        var back = await session.RunAsync("""
            update run r set state = 'Queued', reason = @reason, cause = @cause, start_after = @due, lease_until = null, called_at = null,
                             retries = retries + case when @cause::text is null then 0 else 1 end
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
              and (beside or not exists (select from run o where o.tenant_id = @tenant and o.sync_id = r.sync_id and o.state = 'Queued' and not o.beside))
            """,
            new { tenant = run.Tenant, id = run.Id, attempt = run.Attempt, reason, cause = failure?.Cause.ToString(), due }, cancellationToken);
        if (back == 0)
        {
            await session.RunAsync("""
                update run set state = 'Failed', reason = @reason, cause = @cause, finished_at = @now, lease_until = null
                where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
                """,
                new { tenant = run.Tenant, id = run.Id, attempt = run.Attempt, reason = "The run that waits behind it takes over", cause = failure?.Cause.ToString(), now },
                cancellationToken);
        }

        await line.LockAsync(session, run.Tenant, cancellationToken);
        if (back == 1 && due > now)
        {
            await line.CallLaterAsync(session, run.Tenant, run.SyncId, run.Id, due, cancellationToken);
        }

        await line.CallAsync(session, run.Tenant, now, cancellationToken);
        await CommitAsync(session, run.Tenant, run.Id, cancellationToken);
    }

    /// <summary>
    /// Puts a run back that has to wait for one of its connections: it goes on from its checkpoint when calls are made
    /// again, without using up a retry.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="failure">What stopped it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Why it waits, in words; null when it has nothing to wait for, or has waited too long.</returns>
    public async Task<string?> HoldAsync(ClaimedRun run, Failure failure, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        HeldBack? hold;
        await using (var session = await database.InTenantAsync(run.Tenant, cancellationToken))
        {
            hold = await RunHolds.FindAsync(session, run.Tenant, run.SyncId, run.ReplayId is not null || run.Approved is not null, now, cancellationToken);
            if (hold is not null && await RunHolds.IsTooLongAsync(session, run.Tenant, run.Id, hold, now, cancellationToken))
            {
                return null;
            }
        }

        if (hold is null && failure.Hold is null)
        {
            return null;
        }

        // Where the circuit closed meanwhile, the run goes on at once; a call budget that is used up has its own time.
        var reason = hold?.Reason ?? failure.Sentence;
        var until = hold?.Until ?? (failure.Cause is FailureCause.RateLimit ? failure.Hold!.Until : null) ?? now;
        await PutBackAsync(run, reason, until > now ? until - now : TimeSpan.Zero, null, cancellationToken);
        if (hold is not null)
        {
            await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
            await RunHolds.KeepAsync(session, run.Tenant, run.Id, hold, now, cancellationToken);
            await CommitAsync(session, run.Tenant, run.Id, cancellationToken);
        }

        return reason;
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
            "select state, sync_id, replay_id, deletion_id, is_split from run where tenant_id = @tenant and id = @runId for update", new { tenant, runId }, cancellationToken);
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
        if (run.IsSplit)
        {
            await RunPartitions.CancelAsync(session, tenant, runId, actor.Name, clock.GetUtcNow(), cancellationToken);
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
        await CommitAsync(session, tenant, runId, cancellationToken);
        return state == nameof(RunState.Queued) ? "The run is cancelled." : "The run stops after the batch in hand.";
    }

    private async Task<RunRequest> RefuseAsync(DatabaseSession session, LockedSync sync, Actor actor, string reason, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, sync.TenantId, actor, new AuditEvent("run", "integration", sync.Id.ToString(), sync.Name, reason, AuditResult.Refused), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new RunRequest(null, reason);
    }

    /// <returns>Whether a circuit is open: then the run was given another time.</returns>
    private async Task<bool> KeepBackAsync(DatabaseSession session, TenantId tenant, Guid syncId, Guid runId, bool isReplay, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await RunHolds.FindAsync(session, tenant, syncId, isReplay, now, cancellationToken) is not { } hold)
        {
            return false;
        }

        await RunHolds.KeepAsync(session, tenant, runId, hold, now, cancellationToken);
        return true;
    }

    private async Task<ClaimedRun> TakeAsync(DatabaseSession session, TenantId tenant, Guid runId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await UnfinishedRuns.GoOnAsync(session, tenant, runId, cancellationToken);
        var row = await session.OneAsync<TakenRow>("""
            update run set state = 'Running', attempt = attempt + 1, node = @node, lease_until = @until, started_at = coalesce(started_at, @now), reason = '', cause = null,
                           held_by = null
            where tenant_id = @tenant and id = @runId
            returning sync_id, number, replay_id, trigger, requested_by, checkpoint, watermark, attempt, retries, records_read, written, unchanged, filtered, rejected, failed, unknown, started_at,
                      range_from, range_to, deletion_id, parent_id, partition, key_from, key_to,
                      (select w.started_at from run w where w.tenant_id = run.tenant_id and w.id = run.parent_id) as whole_started_at,
                      (select d.run_id from deletion d where d.tenant_id = run.tenant_id and d.sync_id = run.sync_id and d.state = 'Waiting') as undecided,
                      (select d.id from deletion d where d.tenant_id = run.tenant_id and d.sync_id = run.sync_id and d.state = 'Refused' order by d.decided_at desc limit 1) as refused,
                      not beside and exists (select from sync_definition s where s.tenant_id = run.tenant_id and s.id = run.sync_id and s.read_mode = 'ChangeStream') as is_stream
            """, new { tenant, runId, node = Node, now, until = now + Lease }, cancellationToken);
        return new ClaimedRun(
            tenant, runId, row.SyncId, row.Number, row.ReplayId, row.Trigger, row.RequestedBy, row.Checkpoint, row.Watermark, row.Attempt, row.Retries,
            new RunCounts(row.RecordsRead, row.Written, row.Unchanged, row.Filtered, row.Rejected, row.Failed, row.Unknown), row.StartedAt)
        {
            Range = row is { RangeFrom: { } from, RangeTo: { } to } ? new CursorRange(from, to) : null,
            Approved = row.DeletionId is { } deletion ? await HeldDeletions.FindAsync(session, tenant, deletion, cancellationToken) : null,
            Undecided = row.Undecided, Refused = row.Refused, IsStream = row.IsStream,
            Partition = row is { ParentId: { } whole, Partition: { } number, WholeStartedAt: { } started }
                ? new RunPartition(whole, number, new KeyRange(row.KeyFrom, row.KeyTo), started) : null,
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
        "update run set start_after = @now, called_at = null where tenant_id = @tenant and id = @runId and state = 'Queued' and start_after > @now",
        new { tenant, runId, now = clock.GetUtcNow() }, cancellationToken);

    private static Task<int> CountRunAsync(DatabaseSession session, ClaimedRun run, RunEnding ending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var good = ending.State is RunState.Succeeded or RunState.Partial;
        var bad = ending.State is RunState.Failed;
        return session.RunAsync("""
            insert into sync_minute (tenant_id, sync_id, minute, runs_good, runs_bad) values (@tenant, @sync, date_trunc('minute', @now::timestamptz), @good, @bad)
            on conflict (tenant_id, sync_id, minute) do update
            set runs_good = sync_minute.runs_good + excluded.runs_good, runs_bad = sync_minute.runs_bad + excluded.runs_bad
            """, new { tenant = run.Tenant, sync = run.SyncId, now, good = good ? 1 : 0, bad = bad ? 1 : 0 }, cancellationToken);
    }

    private static Task<LockedSync?> LockAsync(DatabaseSession session, TenantId tenant, Guid syncId, CancellationToken cancellationToken) =>
        session.FindAsync<LockedSync>("""
            select s.tenant_id, s.id, s.name, s.read_mode, s.overlap, s.deleted_at, s.paused_at, s.paused_by, s.pause_reason,
                   t.paused_at as tenant_paused_at, t.paused_by as tenant_paused_by, t.pause_reason as tenant_pause_reason
            from sync_definition s join tenant t on t.id = s.tenant_id
            where s.tenant_id = @tenant and s.id = @syncId for no key update of s
            """, new { tenant, syncId }, cancellationToken);

    /// <summary>The usual runs only.</summary>
    private static Task<IReadOnlyList<OpenRun>> OpenRunsAsync(DatabaseSession session, LockedSync sync, CancellationToken cancellationToken) =>
        session.ListAsync<OpenRun>("""
            select id, number, state, requested_by from run
            where tenant_id = @tenant and sync_id = @sync and state in ('Queued', 'Running') and not beside order by number
            """, new { tenant = sync.TenantId, sync = sync.Id }, cancellationToken);

    private static async Task CommitAsync(DatabaseSession session, TenantId tenant, Guid? runId, CancellationToken cancellationToken)
    {
        await session.NotifyAsync(new Change(RunStore.Topic, tenant, runId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private sealed record DueRun(bool IsReplay);

    private sealed record OpenRun(Guid Id, long Number, RunState State, string RequestedBy);

    private sealed record Cancelling(RunState State, Guid SyncId, Guid? ReplayId, Guid? DeletionId, bool IsSplit);

    private sealed record TakenRow(
        Guid SyncId, long Number, Guid? ReplayId, RunTrigger Trigger, string RequestedBy, string? Checkpoint, string? Watermark, int Attempt, int Retries,
        long RecordsRead, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown, DateTimeOffset StartedAt, string? RangeFrom, string? RangeTo,
        Guid? DeletionId, Guid? ParentId, int? Partition, string? KeyFrom, string? KeyTo, DateTimeOffset? WholeStartedAt, Guid? Undecided,
        Guid? Refused, bool IsStream);

    private sealed record LockedSync(
        TenantId TenantId, Guid Id, string Name, ReadMode ReadMode, OverlapRule Overlap, DateTimeOffset? DeletedAt, DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason,
        DateTimeOffset? TenantPausedAt, string? TenantPausedBy, string? TenantPauseReason)
    {
        public string? PausedBecause =>
            PausedAt is not null ? $"Paused by {PausedBy}{(PauseReason is { Length: > 0 } why ? $": {why}" : "")}."
            : TenantPausedAt is not null ? $"The tenant is paused by {TenantPausedBy}{(TenantPauseReason is { Length: > 0 } reason ? $": {reason}" : "")}."
            : null;
    }
}
