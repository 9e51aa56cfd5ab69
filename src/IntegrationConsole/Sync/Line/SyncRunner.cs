using System.Diagnostics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Moves one run's records from source to destination: read, map, write, record, batch after batch. If the process
/// stops anywhere, the batch in hand is read again by whoever takes the run over, and the destination knows it.
/// </summary>
public sealed class SyncRunner(RunPlans plans, LineEnds ends, OutcomeRecorders recorders, ClaimedRuns claimed, RunJournal journal)
{
    /// <summary>How often and after how long a run that the outside world failed goes on by itself.</summary>
    private static readonly TimeSpan[] RetryPauses = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8)];

    /// <summary>Whatever an outside system asks for: some name the end of time.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private static readonly ActivitySource Activities = new(CallMeter.MeterName);

    public async Task RunAsync(ClaimedRun run, CancellationToken stopping)
    {
        using var activity = Activities.StartActivity("sync run") ?? new Activity("sync run").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var scope = journal.Begin(run);
        await using var hold = RunHold.Take(run, claimed, journal.Clock, stopping);
        var misfits = new MisfitTally();
        var ending = await MoveAsync(run, activity, hold, misfits);
        await misfits.TellAsync(run, journal);
        await EndAsync(run, ending, hold, stopping);
    }

    private async Task<RunEnding> MoveAsync(ClaimedRun run, Activity activity, RunHold hold, MisfitTally misfits)
    {
        LetterStage? stage = null;
        BatchesInFlight? batches = null;
        try
        {
            var plan = await plans.PrepareAsync(run, hold.Token);
            stage = LetterStage.Read;
            if (await SplitAsync(run, plan, hold))
            {
                return new RunEnding(RunState.Running, "");
            }

            var recorder = recorders.For(run, plan);
            await recorder.BeginAsync(activity.TraceId.ToString(), hold.Token);
            if (run is { Attempt: 1, Checkpoint: not null })
            {
                await journal.WriteAsync(run, RunLogLevel.Info, "Goes on where the run before it stopped: what that one appended is not appended again.");
            }

            await using var feed = ends.OpenFeed(run, plan);
            await using var writer = ends.OpenWriter(run, plan);
            await using var deletes = new RunDeletes(run, plan, journal);
            await using var desk = new RecordingDesk(recorder, plan);
            using var flight = batches = new BatchesInFlight(writer, new BatchBreaker(run, plan), plan);
            Failure? stopped = null;
            await foreach (var (batch, written) in flight.WriteAsync(feed, hold))
            {
                feed.Tell(batch, written.WriteTime);
                misfits.Take(batch, written);
                await deletes.TakeAsync(batch, written, hold.WriteToken);
                var gone = await deletes.FollowAsync(batch, written, hold.WriteToken);
                await desk.TakeAsync(batch, written with { Deleted = gone?.Deleted ?? 0 }, hold.WriteToken);
                if (gone is { Held: not null })
                {
                    await desk.SettleAsync();
                    return gone;
                }

                stopped ??= written.Stopped;
            }

            await desk.SettleAsync();
            if (stopped is not null)
            {
                return Failed(stopped, LetterStage.Write);
            }

            if (flight.Broken is { } broken)
            {
                return await StopAsync(broken, plan, recorder, hold);
            }

            batches = null;
            hold.Token.ThrowIfCancellationRequested();
            stage = LetterStage.Write;
            if (await writer.CompleteAsync(hold.WriteToken) is { } completion)
            {
                if (completion.Held is { } shrinkage)
                {
                    return HeldReplacements.Ask(recorder.Complete(), shrinkage, plan.Sync.DeleteRules);
                }

                await journal.WriteAsync(run, RunLogLevel.Info, completion.Said);
            }

            return await deletes.CompleteAsync(recorder.Complete(), recorder.HasRead, hold.Token);
        }
        catch (OperationCanceledException) when (hold.Token.IsCancellationRequested)
        {
            return hold.CancelledBy is { } who ? new RunEnding(RunState.Cancelled, $"Cancelled by {who}") : new RunEnding(RunState.Queued, "");
        }
        catch (RunLostException)
        {
            hold.Lose();
            return new RunEnding(RunState.Queued, "");
        }
        catch (Exception problem)
        {
            // The border of a job: whatever comes, the run ends with a cause, and the process goes on.
            var failure = FailureClassifier.Classify(problem, "The outside system");
            if (failure.Cause is FailureCause.Bug)
            {
                journal.Report(run, problem);
            }

            return Failed(failure, batches?.Stage ?? stage);
        }
    }

    /// <summary>Cuts a run that begins, where its integration wants that and its source can.</summary>
    /// <returns>Whether it is its parts' from here on.</returns>
    private async Task<bool> SplitAsync(ClaimedRun run, RunPlan plan, RunHold hold)
    {
        var isWhole = run.Range is not null || (plan.Sync.ReadMode is ReadMode.Full && !run.IsBeside);
        if (plan.Sync.Partitions <= 1 || run.Partition is not null || run.Checkpoint is not null || !isWhole)
        {
            return false;
        }

        var ranges = run.Range is { } range ? [.. range.Cut(plan.Sync.Partitions).Select(part => new KeyRange(part.From, part.To))]
            : await plan.Source.CutAsync(plan.SourceConnection, plan.Sync.SourceStream, plan.Sync.Partitions, hold.Token);
        if (ranges.Count > 1)
        {
            return await claimed.SplitAsync(run, ranges, hold.WriteToken) ? true : throw new RunLostException();
        }

        await journal.WriteAsync(run, RunLogLevel.Info, run.Range is not null ? "Runs in one piece: the range is too short to be cut." : $"Runs in one piece: nothing tells where {plan.Sync.SourceStream} could be cut. A table is cut by its key, where it was analysed or the key is a whole number; a stream below another by its parents, where there are several.");
        return false;
    }

    private static async Task<RunEnding> StopAsync(BatchBreak broken, RunPlan plan, OutcomeRecorder recorder, RunHold hold)
    {
        if (broken.Sample is { } sample)
        {
            using (sample)
            {
                await recorder.RecordAsync(sample, broken.Written, hold.WriteToken);
            }
        }

        // A destination that answers, and refuses, is well; others of its integrations go on.
        var isOfTheConnection = broken.Stage is LetterStage.Write && broken.Failure.Sign is not (CallSign.Well or CallSign.None);
        return Failed(broken.Failure, broken.Stage) with { IsBroken = true, Opens = isOfTheConnection ? plan.DestinationConnection.Id : null };
    }

    private async Task EndAsync(ClaimedRun run, RunEnding ending, RunHold hold, CancellationToken stopping)
    {
        // What is saved from here on is saved even while the node stops. A run that was cut into parts ends with them.
        if (hold.IsLost || ending.State is RunState.Running)
        {
            return;
        }

        if (ending is { Opens: { } connection, Failure: { } fault })
        {
            await claimed.OpenCircuitAsync(run, connection, fault, CancellationToken.None);
        }

        if (ending.State is RunState.Queued)
        {
            await claimed.PutBackAsync(run, "The node stopped, or was put on standby; goes on from where it was", TimeSpan.Zero, null, CancellationToken.None);
        }
        else if (ending is { State: RunState.Failed, Failure: { } stopped } && !stopping.IsCancellationRequested && await HoldAsync(run, stopped))
        {
            // It waits for a circuit to close, and says so itself.
        }
        else if (ending is { State: RunState.Failed, Failure: { Cause.IsTransient: true } failure } && run.Retries < RetryPauses.Length && !stopping.IsCancellationRequested)
        {
            var pause = PauseFor(failure, RetryPauses[run.Retries]);
            await journal.WriteAsync(run, RunLogLevel.Warning, $"{failure.Sentence} Tried again in {(int)pause.TotalSeconds} s, from where it was (retry {run.Retries + 1} of {RetryPauses.Length}).");
            await claimed.PutBackAsync(run, $"{failure.Sentence} Goes on by itself (retry {run.Retries + 1} of {RetryPauses.Length})", pause, failure, CancellationToken.None);
        }
        else
        {
            await claimed.FinishAsync(run, ending, CancellationToken.None);
        }

        journal.Summarise(run, ending);
    }

    /// <summary>While a circuit is open a run loses nothing by waiting: not even one of its retries.</summary>
    private async Task<bool> HoldAsync(ClaimedRun run, Failure failure)
    {
        if (!failure.Cause.IsTransient || await claimed.HoldAsync(run, failure, CancellationToken.None) is not { } reason)
        {
            return false;
        }

        await journal.WriteAsync(run, RunLogLevel.Warning, failure.Hold is null ? $"{failure.Sentence} {reason}." : $"{reason}.");
        return true;
    }

    private static TimeSpan PauseFor(Failure failure, TimeSpan usual) =>
        failure.RetryAfter > LongestPause ? LongestPause : failure.RetryAfter > usual ? failure.RetryAfter.Value : usual;

    /// <summary>A mapping that does not fit shows only where its rows are to be written; our own bugs and what the tenant has used up are nobody's stage.</summary>
    private static RunEnding Failed(Failure failure, LetterStage? stage) => new(
        RunState.Failed, failure.Sentence, failure,
        Stage: failure.Cause switch { FailureCause.Bug or FailureCause.Quota => null, FailureCause.Mapping => LetterStage.Map, _ => stage });
}
