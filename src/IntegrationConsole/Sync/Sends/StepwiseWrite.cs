using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Order;

namespace IntegrationConsole.Sync.Sends;

/// <summary>The rows of one stream of a write of several steps.</summary>
internal sealed record StepStream(SendScope Scope, RowBatch Rows, IDestinationWriter Writer)
{
    public RowTally Tally { get; } = new(Rows.Count);
}

/// <summary>
/// Writes records that make rows of several streams at a destination without transactions: stream after stream, and what a
/// record's later steps need of its first one is taken from the answer. Where a step is refused, what was made for that
/// record is taken back, the last step first. If we stop in between, the ledger knows which entries are steps of writes
/// that are not at their end: whoever reads the record again goes on with them, or takes them back.
/// </summary>
/// <param name="mapped">The batch.</param>
/// <param name="streams">The parents' first.</param>
/// <param name="write">Writes some of a stream's rows.</param>
/// <param name="name">Names the destination in sentences.</param>
internal sealed class StepwiseWrite(
    MappedBatch mapped, IReadOnlyList<StepStream> streams, SendLedger ledger, Func<StepStream, int, int, CancellationToken, Task> write, string name)
{
    public async Task<WrittenRows> WriteAsync(CancellationToken cancellationToken)
    {
        var failed = new HashSet<int>();
        foreach (var stream in streams)
        {
            if (stream != streams[0])
            {
                stream.Rows.ParentIds = ParentIdsOf(stream.Rows);
            }

            foreach (var (start, count) in BatchWriter.Stretches(stream.Rows, failed))
            {
                await write(stream, start, count, cancellationToken);
            }

            failed.UnionWith(stream.Tally.Failures.Keys.Select(stream.Rows.RecordOf));
            if (stream.Tally.Stopped is not null)
            {
                // Nothing is recorded: the next attempt goes on with these records where they are.
                return Written();
            }
        }

        await TakeBackAsync(failed, cancellationToken);
        await CompleteAsync(failed, cancellationToken);
        return Written();
    }

    private WrittenRows Written() => new(streams[0].Tally, [.. streams.Skip(1).Select(stream => stream.Tally)]);

    private List<string> ParentIdsOf(RowBatch rows)
    {
        var parents = streams[0];
        var ids = new Dictionary<int, string>();
        for (var row = 0; row < parents.Rows.Count; row++)
        {
            ids.TryAdd(parents.Rows.RecordOf(row), parents.Tally.Receipts.GetValueOrDefault(row).Id ?? "");
        }

        return [.. Enumerable.Range(0, rows.Count).Select(row => ids.GetValueOrDefault(rows.RecordOf(row), ""))];
    }

    /// <summary>What nobody knows of is not taken back, nor what was made before it: that is settled first.</summary>
    private async Task TakeBackAsync(IReadOnlySet<int> failed, CancellationToken cancellationToken)
    {
        var refused = failed.Where(record => FailuresOf(record).All(one => !one.Failure.MayHaveHappened)).Order().ToList();
        foreach (var record in refused)
        {
            if (streams.Any(stream => stream.Tally.Stopped is not null))
            {
                return;
            }

            await TakeBackAsync(record, cancellationToken);
        }
    }

    private async Task TakeBackAsync(int record, CancellationToken cancellationToken)
    {
        var made = streams.SelectMany(stream => stream.Tally.Steps.Where(step => stream.Rows.RecordOf(step.Key) == record).OrderBy(step => step.Key)
            .Select(step => (Stream: stream, Row: step.Key, Send: step.Value))).ToList();
        if (made.Count == 0)
        {
            return;
        }

        foreach (var (stream, _, send) in made)
        {
            await ledger.StepAsync(stream.Scope, send, StepKind.Made, "", cancellationToken);
        }

        foreach (var (stream, _, failure) in FailuresOf(record))
        {
            await ledger.StepAsync(stream.Scope, made[0].Send, StepKind.Refused, failure.Sentence, cancellationToken);
        }

        Failure? why = null;
        foreach (var (stream, row, send) in made.Where(step => step.Stream.Writer.CanTakeBack).Reverse())
        {
            why ??= await TakeBackAsync(stream, row, send, cancellationToken);
            if (why is { IsSystemic: true })
            {
                stream.Tally.Stopped = why;
                return;
            }
        }

        if (why is not null)
        {
            var standing = made.Where(step => step.Stream.Tally.Steps.ContainsKey(step.Row)).Select(step => $"{step.Stream.Scope.Stream} {step.Stream.Tally.Receipts.GetValueOrDefault(step.Row).Id}".TrimEnd());
            Tell(record, $"What was made for this record before could not all be taken back: at {name} there still is {string.Join(" and ", standing)}. {why.Sentence}");
            return;
        }

        // Without a way of its own it went with the record that it belonged to.
        foreach (var (stream, row, send) in made.Where(step => !step.Stream.Writer.CanTakeBack))
        {
            await ledger.StepAsync(stream.Scope, send, StepKind.TakenBack, "", CancellationToken.None);
            stream.Tally.TakeBack(row);
        }

        Tell(record, $"What was made for this record at {name} before was taken back.");
    }

    private async Task<Failure?> TakeBackAsync(StepStream stream, int row, Send send, CancellationToken cancellationToken)
    {
        await ledger.StepAsync(stream.Scope, send, StepKind.TakingBack, "", cancellationToken);
        var failure = await stream.Writer.TakeBackAsync(stream.Rows, row, stream.Tally.Receipts.GetValueOrDefault(row).Id ?? "", cancellationToken);
        if (failure is null)
        {
            await ledger.StepAsync(stream.Scope, send, StepKind.TakenBack, "", CancellationToken.None);
            stream.Tally.TakeBack(row);
        }
        else if (!failure.IsSystemic)
        {
            await ledger.StepAsync(stream.Scope, send, StepKind.Stands, failure.Sentence, CancellationToken.None);
        }

        return failure;
    }

    private List<(StepStream Stream, int Row, Failure Failure)> FailuresOf(int record) =>
        [.. streams.SelectMany(stream => stream.Tally.Failures.Where(failure => stream.Rows.RecordOf(failure.Key) == record).Select(failure => (stream, failure.Key, failure.Value)))];

    private void Tell(int record, string sentence)
    {
        foreach (var (stream, row, failure) in FailuresOf(record))
        {
            stream.Tally.Failures[row] = failure with { Sentence = $"{failure.Sentence} {sentence}" };
        }
    }

    /// <summary>Of records that arrived whole nothing is taken back any more, whatever becomes of them later.</summary>
    private async Task CompleteAsync(IReadOnlySet<int> failed, CancellationToken cancellationToken)
    {
        var whole = mapped.TakenRecords.Select(record => record.Record).Except(failed).ToHashSet();
        foreach (var stream in streams.Where(stream => stream.Tally.Steps.Count > 0 && stream.Tally.Stopped is null))
        {
            var keys = stream.Tally.Steps.Where(step => whole.Contains(stream.Rows.RecordOf(step.Key))).Select(step => step.Value.Key).ToList();
            if (keys.Count > 0)
            {
                await ledger.CompleteAsync(stream.Scope, keys, cancellationToken);
            }
        }
    }
}
