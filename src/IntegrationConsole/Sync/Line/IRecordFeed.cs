using IntegrationConsole.Sync.Order;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Sends;

namespace IntegrationConsole.Sync.Line;

/// <summary>Where a run's records come from: the sync's source, or the letters of a replay. The same door for both.</summary>
public interface IRecordFeed : IAsyncDisposable
{
    IAsyncEnumerable<FeedBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Says how long the destination took over a batch, for the size of those to come.</summary>
    void Tell(FeedBatch batch, TimeSpan writeTime);
}

/// <summary>Opens the two ends of a run: where its records come from, and where they go.</summary>
public sealed class LineEnds(ReplayClaims replays, RunPlans plans, SendLedger ledger, OrderedLetters letters, RecordPace pace, ConsoleDatabase database)
{
    internal BatchWriter OpenWriter(ClaimedRun run, RunPlan plan) => new(run, plan, ledger, letters);

    public IRecordFeed OpenFeed(ClaimedRun run, RunPlan plan) =>
        run.Approved is not null ? new NoFeed()
            : new PacedFeed(SourceOf(run, plan), run.Tenant, pace);

    private IRecordFeed SourceOf(ClaimedRun run, RunPlan plan) =>
        run.ReconciliationId is { } repaired ? new RepairFeed(repaired, run, plan, database)
            : run.ReplayId is { } replay ? new ReplayFeed(replay, run, plan, replays, plans)
            : new SourceFeed(run, plan);
}

/// <summary>For a run that only carries out what was approved: there is nothing to read.</summary>
internal sealed class NoFeed : IRecordFeed
{
    public IAsyncEnumerable<FeedBatch> ReadAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<FeedBatch>();

    public void Tell(FeedBatch batch, TimeSpan writeTime)
    {
        // There are no batches to size.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
