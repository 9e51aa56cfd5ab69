using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>Where a run's records come from: the sync's source, or the letters of a replay. The same door for both.</summary>
public interface IRecordFeed : IAsyncDisposable
{
    IAsyncEnumerable<FeedBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Says how long the destination took over a batch, for the size of those to come.</summary>
    void Tell(FeedBatch batch, TimeSpan writeTime);
}

/// <summary>Chooses the feed of a run.</summary>
public sealed class RecordFeeds(ReplayStore replays, RunPlans plans)
{
    public IRecordFeed Open(ClaimedRun run, RunPlan plan) =>
        run.Approved is not null ? new NoFeed() : run.ReplayId is { } replay ? new ReplayFeed(replay, run, plan, replays, plans) : new SourceFeed(run, plan);
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
