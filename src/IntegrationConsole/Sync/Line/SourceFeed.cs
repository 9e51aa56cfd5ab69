using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Reads ahead of the mapping, and maps ahead of the writer, by a batch each: the source, the processor and the destination
/// work at the same time, and memory stays that of a few batches whatever the size of the job.
/// </summary>
internal sealed class SourceFeed(ClaimedRun run, RunPlan plan) : IRecordFeed
{
    public const int BatchSize = 5_000;

    /// <summary>Where records make several rows each: the rows of a batch are in memory together.</summary>
    public const int BatchSizeOfMany = 1_000;

    private readonly int _most = plan.Mapping.IsOneToOne || plan.Mapping.IsGrouping ? BatchSize : BatchSizeOfMany;
    private readonly CancellationTokenSource _stop = new();
    private BatchPace? _pace;
    private CancellationTokenSource? _either;
    private Task _working = Task.CompletedTask;

    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (read, mapped) = (OneAhead<(RecordBatch Records, TimeSpan Time)>(), OneAhead<FeedBatch>());
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        _working = Task.WhenAll(
            Task.Run(() => CarryAsync(read.Writer, token => PullAsync(read.Writer, token), _either.Token), CancellationToken.None),
            Task.Run(() => CarryAsync(mapped.Writer, token => MapAsync(read.Reader, mapped.Writer, token), _either.Token), CancellationToken.None));
        await foreach (var batch in mapped.Reader.ReadAllAsync(cancellationToken))
        {
            yield return batch;
        }
    }

    public void Tell(FeedBatch batch, TimeSpan writeTime) => _pace?.Tell(batch.Records.Count, writeTime);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _working;
        _either?.Dispose();
        _stop.Dispose();
    }

    private static Channel<T> OneAhead<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

    private static async Task CarryAsync<T>(ChannelWriter<T> ahead, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        Exception? problem = null;
        try
        {
            await work(cancellationToken);
        }
        catch (Exception caught)
        {
            // Carried to the reader of the channel, and from there to the run.
            problem = caught;
        }

        ahead.Complete(problem);
    }

    private async Task PullAsync(ChannelWriter<(RecordBatch Records, TimeSpan Time)> ahead, CancellationToken cancellationToken)
    {
        // What is gathered from a batch, or known by it, depends on which records are in it. Everything else begins in the
        // middle, and may grow to twice as much: the memory of a run is that of a few of the largest batches.
        _pace = plan.IsKeyless || plan.Mapping.IsGrouping ? null : new BatchPace(_most / 2);
        var request = ReadRequests.Of(run, plan, _most) with { Pace = _pace };
        var started = Stopwatch.GetTimestamp();
        await foreach (var records in plan.Source.ReadAsync(plan.SourceConnection, request, cancellationToken))
        {
            await ahead.WriteAsync((records, Stopwatch.GetElapsedTime(started)), cancellationToken);
            started = Stopwatch.GetTimestamp();
        }
    }

    private async Task MapAsync(ChannelReader<(RecordBatch Records, TimeSpan Time)> read, ChannelWriter<FeedBatch> ahead, CancellationToken cancellationToken)
    {
        var first = run.Counts.Read;
        await foreach (var (records, time) in read.ReadAllAsync(cancellationToken))
        {
            var started = Stopwatch.GetTimestamp();
            var mapped = plan.Mapping.Apply(records, cancellationToken);
            var batch = new FeedBatch(plan, records, mapped, TokenOf(records), [], time, Stopwatch.GetElapsedTime(started)) { First = first };
            first += records.Count;
            await ahead.WriteAsync(batch, cancellationToken);
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
