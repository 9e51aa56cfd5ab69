using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Reads and maps ahead of the writer, by two batches at most: the source, the processor and the destination work at the
/// same time, and memory stays that of a few batches whatever the size of the job.
/// </summary>
internal sealed class SourceFeed(ClaimedRun run, RunPlan plan) : IRecordFeed
{
    public const int BatchSize = 5_000;

    /// <summary>Where records make several rows each: the rows of a batch are in memory together.</summary>
    private const int BatchSizeOfMany = 1_000;

    private const int BatchesAhead = 2;

    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ahead = Channel.CreateBounded<FeedBatch>(new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });
        var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        _reading = Task.Run(() => ReadAheadAsync(ahead.Writer, either), CancellationToken.None);
        await foreach (var batch in ahead.Reader.ReadAllAsync(cancellationToken))
        {
            yield return batch;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAheadAsync(ChannelWriter<FeedBatch> ahead, CancellationTokenSource either)
    {
        using (either)
        {
            Exception? problem = null;
            try
            {
                await PumpAsync(ahead, either.Token);
            }
            catch (Exception caught)
            {
                // Carried to the reader of the channel, which is the run.
                problem = caught;
            }

            ahead.Complete(problem);
        }
    }

    private async Task PumpAsync(ChannelWriter<FeedBatch> ahead, CancellationToken cancellationToken)
    {
        var size = plan.Mapping.IsOneToOne || plan.Mapping.IsGrouping ? BatchSize : BatchSizeOfMany;
        var request = ReadRequests.Of(run, plan, size);
        var started = Stopwatch.GetTimestamp();
        await foreach (var records in plan.Source.ReadAsync(plan.SourceConnection, request, cancellationToken))
        {
            var read = Stopwatch.GetElapsedTime(started);
            var mapped = plan.Mapping.Apply(records, cancellationToken);
            var batch = new FeedBatch(plan, records, mapped, TokenOf(records), [], read, Stopwatch.GetElapsedTime(started) - read);
            await ahead.WriteAsync(batch, cancellationToken);
            started = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Made of the run and the content: a batch that is read again after a crash is known by it.</summary>
    private string TokenOf(RecordBatch records)
    {
        if (!plan.IsKeyless)
        {
            return "";
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(run.Id.ToByteArray());
        for (var index = 0; index < records.Count; index++)
        {
            hash.AppendData(records[index].Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
