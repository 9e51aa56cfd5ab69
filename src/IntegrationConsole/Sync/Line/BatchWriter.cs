using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Sync.Line;

/// <summary>What became of a batch's rows.</summary>
/// <param name="Failures">Rows set aside, by their number.</param>
/// <param name="Stopped">Why the run cannot go on; null when it can.</param>
/// <param name="IsComplete">Every row has an outcome. When not, the batch is not recorded, and read again later.</param>
public sealed record BatchOutcome(int Written, int Unchanged, IReadOnlyDictionary<int, Failure> Failures, Failure? Stopped, bool IsComplete, TimeSpan WriteTime)
{
    /// <summary>There was nothing to write.</summary>
    public static readonly BatchOutcome NothingWritten = new(0, 0, new Dictionary<int, Failure>(), null, true, TimeSpan.Zero);
}

/// <summary>
/// Writes batches to a run's destination. A batch that is refused is split until the rows at fault stand alone; their
/// neighbours land, in order. A failure of the whole system stops the run.
/// </summary>
internal sealed class BatchWriter(RunPlan plan) : IAsyncDisposable
{
    private readonly Dictionary<int, IDestinationWriter> _writers = [];

    public async Task<BatchOutcome> WriteAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var tally = new Tally();
        var rows = batch.Mapped.Rows;
        if (rows.Count > 0)
        {
            var writer = await WriterAsync(batch, cancellationToken);
            await WriteRangeAsync(writer, rows, 0, rows.Count, batch.Token, tally, cancellationToken);
        }

        var complete = tally.Stopped is null || SettleRest(rows, tally);
        return new BatchOutcome(tally.Written, tally.Unchanged, tally.Failures, tally.Stopped, complete, System.Diagnostics.Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
        {
            await writer.DisposeAsync();
        }
    }

    private async Task<IDestinationWriter> WriterAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        if (!_writers.TryGetValue(batch.Plan.Version.Number, out var writer))
        {
            var sync = plan.Sync;
            var request = new WriteRequest(sync.DestinationStream, sync.WriteMode, batch.Plan.Mapping.Fields, sync.KeyFields, sync.CreateDestination);
            writer = await plan.Destination.OpenAsync(plan.DestinationConnection, request, cancellationToken);
            _writers[batch.Plan.Version.Number] = writer;
        }

        return writer;
    }

    private static async Task WriteRangeAsync(
        IDestinationWriter writer, RowBatch rows, int start, int count, string token, Tally tally, CancellationToken cancellationToken)
    {
        // Nothing has been sent of what follows a stop: it is neither written nor failed.
        if (tally.Stopped is not null)
        {
            return;
        }

        var result = await writer.WriteAsync(rows, start, count, token.Length == 0 ? "" : $"{token}:{start}+{count}", cancellationToken);
        if (result.Refused is not { } refused)
        {
            tally.Take(result, start, count);
        }
        else if (refused.IsSystemic)
        {
            tally.Stopped = refused;
        }
        else if (count == 1)
        {
            tally.Fail(start, refused);
        }
        else
        {
            var half = count / 2;
            await WriteRangeAsync(writer, rows, start, half, token, tally, cancellationToken);
            await WriteRangeAsync(writer, rows, start + half, count - half, token, tally, cancellationToken);
        }
    }

    /// <summary>
    /// The run stops in the middle of a batch. Rows with a key may be written again, so the batch is left unrecorded and
    /// read again. Without a key what was written must be recorded now, and the rest is set aside as failed.
    /// </summary>
    private bool SettleRest(RowBatch rows, Tally tally)
    {
        if (!plan.IsKeyless || tally.Settled.Count == 0)
        {
            return false;
        }

        for (var row = 0; row < rows.Count; row++)
        {
            if (!tally.Settled.Contains(row))
            {
                tally.Fail(row, tally.Stopped!);
            }
        }

        return true;
    }

    private sealed class Tally
    {
        public int Written { get; private set; }

        public int Unchanged { get; private set; }

        public Dictionary<int, Failure> Failures { get; } = [];

        public HashSet<int> Settled { get; } = [];

        public Failure? Stopped { get; set; }

        public void Take(WriteResult result, int start, int count)
        {
            Written += result.Written;
            Unchanged += result.Unchanged;
            if (result.Written + result.Unchanged + result.Failures.Count != count)
            {
                throw new InvalidOperationException($"The destination was given {count} rows and accounts for {result.Written + result.Unchanged + result.Failures.Count}.");
            }

            for (var row = start; row < start + count; row++)
            {
                Settled.Add(row);
            }

            foreach (var (row, failure) in result.Failures)
            {
                Failures[row] = failure;

                // One row met a failure of the whole system after others had been accepted: go no further.
                Stopped ??= failure.IsSystemic ? failure : null;
            }
        }

        public void Fail(int row, Failure failure)
        {
            Failures[row] = failure;
            Settled.Add(row);
        }
    }
}
