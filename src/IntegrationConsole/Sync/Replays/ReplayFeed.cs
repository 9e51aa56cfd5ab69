using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Letters of one sync as records on the line. What is claimed and not recorded is claimed again by the next attempt.</summary>
internal sealed class ReplayFeed(Guid replay, ClaimedRun run, RunPlan plan, ReplayStore replays, RunPlans plans) : IRecordFeed
{
    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (useOriginal, items) = await replays.BeginAsync(run, replay, cancellationToken);

        // Records that made one row together were set aside together, and must come back together.
        var most = plan.Mapping.IsGrouping ? SourceFeed.BatchSize : ReplayStore.ChunkSize;
        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            var letters = await replays.ClaimAsync(run, replay, most, cancellationToken);
            if (letters.Count == 0)
            {
                yield break;
            }

            var read = Stopwatch.GetElapsedTime(started);
            foreach (var group in letters.GroupBy(letter => useOriginal ? letter.MappingVersion ?? plan.Version.Number : plan.Version.Number))
            {
                var mapped = await plans.WithVersionAsync(plan, group.Key, cancellationToken);
                yield return Batch(mapped, [.. group], items, read, cancellationToken);
            }
        }
    }

    /// <summary>Letters are claimed in portions that are small already.</summary>
    public void Tell(FeedBatch batch, TimeSpan writeTime)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FeedBatch Batch(RunPlan mappedBy, IReadOnlyList<ClaimedLetter> letters, int items, TimeSpan read, CancellationToken cancellationToken)
    {
        var records = new RecordBatch { Expected = items };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(replay.ToByteArray());
        foreach (var letter in letters)
        {
            records.Add(letter.Sealed);
            hash.AppendData(letter.LetterId.ToByteArray());
        }

        var started = Stopwatch.GetTimestamp();
        var rows = mappedBy.Mapping.Apply(records, cancellationToken);
        return new FeedBatch(
            mappedBy, records, rows, plan.IsKeyless ? Convert.ToHexStringLower(hash.GetHashAndReset()) : "", [.. letters.Select(letter => letter.LetterId)], read,
            Stopwatch.GetElapsedTime(started));
    }
}
