using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// What the node that claimed a run tells of it: that it still has it, that it is cut into parts, that it ended or has to
/// wait. Each is one transaction that holds the sync's row, and is refused when another node has the run by now.
/// </summary>
public sealed class ClaimedRuns(ConsoleDatabase database, RunLine line, CircuitStore circuits, TimeProvider clock)
{
    /// <summary>How long a node may be silent before another takes its run over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>Says that this node still has the run.</summary>
    /// <returns>Null when the run was taken away; otherwise who wants it cancelled, or empty.</returns>
    public async Task<string?> BeatAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
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
        if (await LockedSync.TakeAsync(session, run.Tenant, run.SyncId, cancellationToken) is null || !await RunPartitions.SplitAsync(session, run, ranges, clock.GetUtcNow(), cancellationToken))
        {
            return false;
        }

        await CallAsync(session, run.Tenant, cancellationToken);
        await RunStore.CommitAsync(session, run.Tenant, run.Id, cancellationToken);
        return true;
    }

    /// <summary>Ends a run that was cut, when none of its parts is open any more.</summary>
    internal async Task EndWholeAsync(TenantId tenant, Guid syncId, Guid whole, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, tenant, syncId, cancellationToken) is not null)
        {
            var ended = await RunPartitions.EndAsync(session, tenant, whole, clock.GetUtcNow(), cancellationToken);
            await CallAsync(session, tenant, cancellationToken);
            await session.CommitAsync(cancellationToken);
            RunMeter.Ended(ended);
        }
    }

    /// <summary>Ends a run, moves the sync's cursor where the run read to the end, and lets the next one go.</summary>
    /// <returns>False when another node has the run by now: then nothing was saved.</returns>
    public async Task<bool> FinishAsync(ClaimedRun run, RunEnding ending, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, run.Tenant, run.SyncId, cancellationToken) is null)
        {
            return false;
        }

        var startedAt = await session.FindAsync<DateTimeOffset?>("""
            update run set state = @state, cause = @cause, stage = @stage, reason = @reason, needs_person = @needs, is_broken = @isBroken, finished_at = @now, lease_until = null,
                           deleted = deleted + @deleted,
                           checkpoint = case when (@state in ('Failed', 'Cancelled') or (@state = 'Held' and @isStream)) and not @misplaced then checkpoint end
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
            returning started_at
            """,
            new
            {
                tenant = run.Tenant, id = run.Id, attempt = run.Attempt, state = ending.State.ToString(), cause = ending.Failure?.Cause.ToString(), stage = ending.Stage?.ToString(),
                isStream = run.IsStream, misplaced = ending.Failure?.Code == ReadRequest.MisplacedCode, reason = ending.Reason, needs = ending.Held is not null || (ending.Failure is { } failure && !failure.Cause.IsTransient), deleted = ending.Deleted, isBroken = ending.IsBroken, now,
            },
            cancellationToken);
        if (startedAt is null)
        {
            return false;
        }

        if (ending.Cursor is { } cursor)
        {
            // Who emptied it meanwhile has the last word. What a backfill noted meanwhile is for the next run.
            await session.RunAsync("""
                update sync_definition set
                    cursor = case when cursor is not distinct from @from and cursor_at is not distinct from @fromAt then coalesce(@to, cursor) else cursor end,
                    cursor_at = case when cursor is not distinct from @from and cursor_at is not distinct from @fromAt and @to::text is not null then @now else cursor_at end,
                    again_from = case when again_at = @again::timestamptz then null else again_from end,
                    again_at = nullif(again_at, @again::timestamptz)
                where tenant_id = @tenant and id = @sync
                """, new { tenant = run.Tenant, sync = run.SyncId, to = cursor.To, from = cursor.From, fromAt = cursor.FromAt, again = cursor.Again, now }, cancellationToken);
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

        await HeldReplacements.SettleAsync(session, run, ending, now, cancellationToken);
        var measured = new MeasuredRun(run.Tenant, run.SyncId, run.Trigger, ending.State, ending.Failure?.Cause, startedAt, now);
        if (run.Partition is null)
        {
            if (!run.IsBeside && ending.State is (RunState.Succeeded or RunState.Partial))
            {
                await VolumeReckoning.NoteAsync(session, run.Tenant, run.SyncId, run.Id, now, cancellationToken);
            }

            await CountRunAsync(session, run, ending, now, cancellationToken);
            if (run.Range is not null)
            {
                await ReadAgain.AfterAsync(session, run.Tenant, run.Id, now, cancellationToken);
            }
        }
        else
        {
            measured = await RunPartitions.EndAsync(session, run.Tenant, run.Whole, now, cancellationToken);
        }

        await RunStore.LogAsync(session, run.Tenant, run.Whole, now, ending.State is RunState.Failed ? RunLogLevel.Error : RunLogLevel.Info, run.InLog(ending.Reason), cancellationToken);
        await CallAsync(session, run.Tenant, cancellationToken);
        await RunStore.CommitAsync(session, run.Tenant, run.Whole, cancellationToken);
        RunMeter.Ended(measured);
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
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
        if (await LockedSync.TakeAsync(session, run.Tenant, run.SyncId, cancellationToken) is null)
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
        MeasuredRun? ended = null;
        if (back == 0)
        {
            ended = await session.FindAsync<MeasuredRun>("""
                update run set state = 'Failed', reason = @reason, cause = @cause, finished_at = @now, lease_until = null
                where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
                returning tenant_id as tenant, sync_id, trigger, state, cause, started_at, finished_at as ended_at
                """,
                new { tenant = run.Tenant, id = run.Id, attempt = run.Attempt, reason = "The run that waits behind it takes over", cause = failure?.Cause.ToString(), now },
                cancellationToken);
        }

        await line.LockAsync(session, run.Tenant, cancellationToken);
        if (back == 1 && due > now)
        {
            await line.CallLaterAsync(session, run.Tenant, run.Id, due, cancellationToken);
        }

        await line.CallAsync(session, run.Tenant, now, cancellationToken);
        await RunStore.CommitAsync(session, run.Tenant, run.Id, cancellationToken);
        RunMeter.Ended(ended);
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
            hold = await RunHolds.FindAsync(session, run.Tenant, run.SyncId, run.ReplayId is not null || run.Approved is not null, node: null, now, cancellationToken);
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
            await RunStore.CommitAsync(session, run.Tenant, run.Id, cancellationToken);
        }

        return reason;
    }

    /// <summary>Half of a batch met a fault of a connection: nobody calls it until a probe gets through. One that is open already stays as it is.</summary>
    public Task OpenCircuitAsync(ClaimedRun run, Guid connection, Failure failure, CancellationToken cancellationToken) =>
        circuits.TripAsync(run.Tenant, connection, new CircuitTrip(failure.Sentence, failure.Cause, clock.GetUtcNow() + failure.RetryAfter), cancellationToken);

    /// <summary>Lets queued runs go for which there is a place, when the caller has all the rows of syncs that it needs.</summary>
    internal async Task CallAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        await line.CallAsync(session, tenant, clock.GetUtcNow(), cancellationToken);
    }

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
}
