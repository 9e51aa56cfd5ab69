using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Nodes;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>Makes the comparisons that wait, one at a time on each worker: they are read through in full, and runs go first.</summary>
public sealed class ReconciliationWorker(
    ReconciliationQueue queue, Reconciler reconciler, ThisNode me, TimeProvider clock, ILogger<ReconciliationWorker> logger)
{
    /// <summary>After how long one that the outside world failed begins anew.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8)];

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        await queue.EnqueueDueAsync(cancellationToken);
        while (!await me.IsOnStandbyAsync(cancellationToken) && await queue.ClaimAsync(cancellationToken) is { } claimed)
        {
            await CompareAsync(claimed, cancellationToken);
        }
    }

    /// <summary>From the claim to its end, whatever that is.</summary>
    internal async Task CompareAsync(ClaimedReconciliation claimed, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var done = new CancellationTokenSource();
        var board = new Board();
        var beating = BeatAsync(claimed, board, stop, done.Token);
        try
        {
            var findings = await reconciler.CompareAsync(claimed, progress => board.Progress = progress, stop.Token);
            await queue.FinishAsync(claimed, findings, stopping);
            logger.LogInformation(
                "Reconciliation {ReconciliationId} of sync {SyncId} for tenant {TenantId}: {Outcome}", claimed.Id, claimed.SyncId, claimed.TenantId.Value, findings.Words);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await queue.EndAsync(
                claimed, board.CancelledBy is null ? ReconciliationState.Waiting : ReconciliationState.Cancelled,
                board.CancelledBy is { } who ? $"Cancelled by {who}" : "The node stopped; begins anew", null, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception problem)
        {
            // The border of a job: whatever comes, the comparison ends with a cause, and the process goes on.
            await FailAsync(claimed, problem);
        }
        finally
        {
            await done.CancelAsync();
            await beating;
        }
    }

    private Task FailAsync(ClaimedReconciliation claimed, Exception problem)
    {
        var failure = FailureClassifier.Classify(problem, "The outside system");
        if (failure.Cause is FailureCause.Bug)
        {
            logger.LogError(problem, "Reconciliation {ReconciliationId} met a defect of the console", claimed.Id);
        }

        if (!failure.Cause.IsTransient || claimed.Attempt > Pauses.Length)
        {
            return queue.EndAsync(claimed, ReconciliationState.Failed, failure.Sentence, failure.Cause, TimeSpan.Zero, CancellationToken.None);
        }

        var pause = failure.RetryAfter is { } asked && asked > Pauses[claimed.Attempt - 1] && asked < LongestPause ? asked : Pauses[claimed.Attempt - 1];
        return queue.EndAsync(claimed, ReconciliationState.Waiting, $"{failure.Sentence} Begins anew in {(int)pause.TotalSeconds} s.", failure.Cause, pause, CancellationToken.None);
    }

    private async Task BeatAsync(ClaimedReconciliation claimed, Board board, CancellationTokenSource stop, CancellationToken done)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                try
                {
                    var answer = await queue.BeatAsync(claimed, board.Progress, done);
                    board.CancelledBy = answer is { Length: > 0 } ? answer : null;
                    if (answer is null or { Length: > 0 })
                    {
                        await stop.CancelAsync();
                        return;
                    }
                }
                catch (Npgsql.NpgsqlException unreachable)
                {
                    // The lease runs out by itself, and what was found here is then not saved.
                    logger.LogWarning(unreachable, "Reconciliation {ReconciliationId} could not say how far it is", claimed.Id);
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The comparison has ended.
        }
    }

    /// <summary>Where the comparison writes down how far it is, and the beat what it was told.</summary>
    private sealed class Board
    {
        private volatile ReconciliationProgress _progress = new("Begins", 0, 0, null);
        private volatile string? _cancelledBy;

        public ReconciliationProgress Progress
        {
            get => _progress;
            set => _progress = value;
        }

        public string? CancelledBy
        {
            get => _cancelledBy;
            set => _cancelledBy = value;
        }
    }
}
