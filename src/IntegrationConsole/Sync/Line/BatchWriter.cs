using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Order;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Sends;

namespace IntegrationConsole.Sync.Line;

/// <summary>What became of a batch's records that were to be written.</summary>
/// <param name="Failures">Records set aside.</param>
/// <param name="Stopped">Why the run cannot go on; null when it can.</param>
/// <param name="IsComplete">Every record has an outcome. When not, the batch is not recorded, and read again later.</param>
public sealed record BatchOutcome(int Written, int Unchanged, IReadOnlyList<RecordFailure> Failures, Failure? Stopped, bool IsComplete, TimeSpan WriteTime)
{
    /// <summary>The order key of each record; null where order is not kept.</summary>
    public IReadOnlyList<string?>? OrderKeys { get; init; }

    /// <summary>The ledger of sends knows records by their key, though the integration appends.</summary>
    public bool KnowsKeys { get; init; }

    /// <summary>Rows that were deleted at the destination, as the batch said.</summary>
    public long Deleted { get; init; }

    /// <summary>There was nothing to write.</summary>
    public static readonly BatchOutcome NothingWritten = new(0, 0, [], null, true, TimeSpan.Zero);
}

/// <summary>
/// Writes batches to a run's destination. A batch that is refused is split until the records at fault stand alone; their
/// neighbours land, in order. The rows of one record stay together. A failure of the whole system stops the run.
/// </summary>
internal sealed class BatchWriter(ClaimedRun run, RunPlan plan, SendLedger ledger, OrderedLetters letters) : IAsyncDisposable
{
    private readonly Dictionary<(int Version, int Stream), IDestinationWriter> _writers = [];
    private readonly Dictionary<int, IJointWriter?> _joint = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasLedger;

    /// <summary>Completes when it is known whether several batches may be on their way: the destination is opened for the first.</summary>
    public Task Opened => _opened.Task;

    /// <summary>
    /// Set where several batches may be on their way at the same time. Child rows, records that are kept in order and
    /// letters that are replayed depend on what became of the batch before.
    /// </summary>
    public TrailingWrites? Trailing { get; private set; }

    public async Task<WrittenRows> WriteAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        if (OrderKeysOf(batch, cancellationToken) is not { } keys)
        {
            return await WritePartAsync(batch, cancellationToken);
        }

        var order = await letters.OrderAsync(batch, keys, cancellationToken);
        return await new OrderedWrite(batch, order, WritePartAsync).WriteAsync(cancellationToken) with { OrderKeys = keys };
    }

    /// <param name="batch">The batch.</param>
    /// <param name="written">What became of its rows.</param>
    /// <param name="time">What it took.</param>
    /// <param name="isFollowed">Rows of batches behind it are at the destination.</param>
    public BatchOutcome OutcomeOf(FeedBatch batch, WrittenRows written, TimeSpan time, bool isFollowed)
    {
        var complete = written.Stopped is null || SettleRest(written.Rows, isFollowed);
        var records = batch.Plan.Mapping.IsOneToOne ? RecordTally.OfRows(batch.Mapped, written.Rows) : RecordTally.OfParts(batch.Mapped, written.Rows, written.Children, plan.IsKeyless && !KnowsKeys);
        return new BatchOutcome(records.Written, records.Unchanged, records.Failures, written.Stopped, complete, time)
        {
            OrderKeys = written.OrderKeys,
            KnowsKeys = KnowsKeys,
        };
    }

    /// <summary>The run read everything and all of it is recorded: what was gathered at the destination takes effect.</summary>
    /// <returns>Null where there is nothing to say.</returns>
    public async Task<WriteCompletion?> CompleteAsync(CancellationToken cancellationToken)
    {
        if (!IsOverwriting)
        {
            return null;
        }

        // A run without a single row has not opened it yet.
        var writer = await WriterAsync(plan, 0, plan.Sync.DestinationStream, plan.Mapping.Fields, plan.Sync.KeyFields, cancellationToken);
        return await writer.CompleteAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
        {
            await writer.DisposeAsync();
        }

        foreach (var writer in _joint.Values.OfType<IJointWriter>())
        {
            await writer.DisposeAsync();
        }
    }

    /// <summary>A letter keeps the order key that it was set aside with, however it was edited since.</summary>
    private string?[]? OrderKeysOf(FeedBatch batch, CancellationToken cancellationToken) =>
        plan.Order is not { } order ? null
            : batch.IsReplay ? [.. batch.Claimed.Select(letter => letter.OrderKey)]
            : [.. Enumerable.Range(0, batch.Records.Count).Select(record => order.Of(batch.Records[record], cancellationToken))];

    private async Task<WrittenRows> WritePartAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        var mapped = batch.Mapped;
        if (mapped.Rows.Count > 0 && mapped.Children.Count > 0 && await JointWriterAsync(batch.Plan, mapped, cancellationToken) is { } joint)
        {
            return await new JointWrite(joint, mapped).WriteAsync(cancellationToken);
        }

        if (mapped.Rows.Count > 0 && mapped.Children.Count > 0 && await StepsAsync(batch, cancellationToken) is { } steps)
        {
            return await steps.WriteAsync(cancellationToken);
        }

        var tally = new RowTally(mapped.Rows.Count);
        if (mapped.Rows.Count > 0)
        {
            var writer = await WriterAsync(batch.Plan, 0, plan.Sync.DestinationStream, mapped.Rows.Fields, plan.Sync.KeyFields, cancellationToken);
            await WriteRowsAsync(writer, batch, ScopeOf(plan.Sync.DestinationStream), mapped.Rows, 0, mapped.Rows.Count, tally, cancellationToken);
        }

        return new WrittenRows(tally, await WriteChildrenAsync(batch, tally, cancellationToken));
    }

    /// <summary>For records with child tables, where the destination takes back what it made; null where it does not.</summary>
    private async Task<StepwiseWrite?> StepsAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        var mapped = batch.Mapped;
        var writer = await WriterAsync(batch.Plan, 0, plan.Sync.DestinationStream, mapped.Rows.Fields, plan.Sync.KeyFields, cancellationToken);
        if (!writer.CanTakeBack)
        {
            return null;
        }

        var streams = new List<StepStream> { new(ScopeOf(plan.Sync.DestinationStream) with { IsInSteps = true }, mapped.Rows, writer) };
        for (var index = 0; index < mapped.Children.Count; index++)
        {
            var child = mapped.Children[index];
            streams.Add(new StepStream(
                ScopeOf(child.Stream) with { IsInSteps = true }, child.Rows, await WriterAsync(batch.Plan, index + 1, child.Stream, child.Rows.Fields, child.KeyFields, cancellationToken)));
        }

        return new StepwiseWrite(
            mapped, streams, ledger, (stream, start, count, token) => WriteRowsAsync(stream.Writer, batch, stream.Scope, stream.Rows, start, count, stream.Tally, token), plan.DestinationConnection.Name);
    }

    /// <summary>Child tables after their parents, whose rows they may refer to; rows whose parent was not taken are not sent.</summary>
    private async Task<IReadOnlyList<RowTally>> WriteChildrenAsync(FeedBatch batch, RowTally parents, CancellationToken cancellationToken)
    {
        var tallies = new List<RowTally>();
        if (parents.Stopped is not null || batch.Mapped.Children.Count == 0)
        {
            return tallies;
        }

        var orphans = parents.Failures.Keys.Select(batch.Mapped.Rows.RecordOf).ToHashSet();
        for (var index = 0; index < batch.Mapped.Children.Count && tallies.All(before => before.Stopped is null); index++)
        {
            var child = batch.Mapped.Children[index];
            var tally = new RowTally(child.Rows.Count);
            tallies.Add(tally);
            foreach (var (start, count) in Stretches(child.Rows, orphans))
            {
                var writer = await WriterAsync(batch.Plan, index + 1, child.Stream, child.Rows.Fields, child.KeyFields, cancellationToken);
                await WriteRowsAsync(writer, batch, ScopeOf(child.Stream), child.Rows, start, count, tally, cancellationToken);
            }
        }

        return tallies;
    }

    /// <summary>The longest runs of rows that belong to none of these records.</summary>
    internal static IEnumerable<(int Start, int Count)> Stretches(RowBatch rows, HashSet<int> without)
    {
        var start = 0;
        for (var row = 0; row <= rows.Count; row++)
        {
            if (row < rows.Count && !without.Contains(rows.RecordOf(row)))
            {
                continue;
            }

            if (row > start)
            {
                yield return (start, row - start);
            }

            start = row + 1;
        }
    }

    private bool KnowsKeys => _hasLedger && plan.Sync.KeyFields.Length > 0;

    /// <summary>Letters that are replayed go one by one into what is there.</summary>
    private bool IsOverwriting => plan.Sync.WriteMode is WriteMode.Overwrite && run.ReplayId is null;

    private WriteMode Mode => plan.Sync.WriteMode is not WriteMode.Overwrite || IsOverwriting ? plan.Sync.WriteMode : plan.IsKeyless ? WriteMode.Append : WriteMode.Upsert;

    /// <param name="mapped">Its version of the mapping decides.</param>
    /// <param name="number">0 for the sync's own stream, then the child tables.</param>
    /// <param name="stream">The destination's stream.</param>
    /// <param name="fields">What its rows hold.</param>
    /// <param name="keys">What identifies them.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    private async Task<IDestinationWriter> WriterAsync(
        RunPlan mapped, int number, string stream, IReadOnlyList<RowField> fields, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var place = (mapped.Version.Number, number);
        if (!_writers.TryGetValue(place, out var writer))
        {
            writer = await plan.Destination.OpenAsync(plan.DestinationConnection, RequestOf(mapped, stream, fields, keys), cancellationToken);
            if (writer.Terms is not null)
            {
                await ledger.AdoptAsync(ScopeOf(stream), cancellationToken);
            }

            _writers[place] = writer;
            Trailing = mapped.Version.Parsed.Children.Count == 0 && plan.Order is null && run.ReplayId is null ? writer.Trailing : null;
            _opened.TrySetResult();
        }

        return writer;
    }

    /// <summary>For records with child tables, where the destination takes all rows of a record or none; null where it cannot.</summary>
    private async Task<IJointWriter?> JointWriterAsync(RunPlan version, MappedBatch mapped, CancellationToken cancellationToken)
    {
        if (!_joint.TryGetValue(version.Version.Number, out var writer))
        {
            WriteRequest[] requests =
            [
                RequestOf(version, plan.Sync.DestinationStream, mapped.Rows.Fields, plan.Sync.KeyFields),
                .. mapped.Children.Select(child => RequestOf(version, child.Stream, child.Rows.Fields, child.KeyFields)),
            ];
            writer = await plan.Destination.OpenJointAsync(plan.DestinationConnection, requests, cancellationToken);
            _joint[version.Version.Number] = writer;
        }

        return writer;
    }

    private WriteRequest RequestOf(RunPlan mapped, string stream, IReadOnlyList<RowField> fields, IReadOnlyList<string> keys) =>
        new(stream, Mode, fields, keys, plan.Sync.CreateDestination)
        {
            IsInParts = !mapped.Mapping.IsOneToOne, Run = new RunMark(run.SyncId, run.Id, run.Attempt, GoesOn: run.Checkpoint is not null),
            MostCalls = run.MostCalls,
            Limit = IsOverwriting ? HeldReplacements.LimitOf(run, plan.Sync.DeleteRules) : null,
        };

    private async Task WriteRowsAsync(
        IDestinationWriter writer, FeedBatch batch, SendScope scope, RowBatch rows, int start, int count, RowTally tally, CancellationToken cancellationToken)
    {
        if (writer.Terms is not { } terms)
        {
            await WriteRangeAsync(writer, rows, start, count, batch.Token, tally, cancellationToken);
            return;
        }

        if (run.ReconciliationId is not null)
        {
            // The ledger knows it as taken, and the destination was seen not to have it so.
            terms = terms with { SendsUnchanged = true };
        }

        _hasLedger = true;
        var settlement = new Settlement(ledger, scope, terms, writer, plan.DestinationConnection.Name);
        var write = new LedgeredWrite(
            ledger, scope, terms, settlement, writer.IsMade, (part, fates, token) => WriteRangeAsync(writer, part, 0, part.Count, batch.Token, fates, token));
        var sends = SendList.Of(batch, scope, rows, start, count, await ledger.SealAsync(scope.Tenant, cancellationToken));
        await write.WriteAsync(rows, sends, tally, cancellationToken);
    }

    private SendScope ScopeOf(string stream) => new(plan.Sync.TenantId, plan.Sync.Id, stream, run.Id, run.Attempt);

    private static async Task WriteRangeAsync(
        IDestinationWriter writer, RowBatch rows, int start, int count, string token, RowTally tally, CancellationToken cancellationToken)
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
        else if (Half(rows, start, count) is not { } half)
        {
            for (var row = start; row < start + count; row++)
            {
                tally.Fail(row, refused);
            }
        }
        else
        {
            await WriteRangeAsync(writer, rows, start, half, token, tally, cancellationToken);
            await WriteRangeAsync(writer, rows, start + half, count - half, token, tally, cancellationToken);
        }
    }

    /// <summary>Where to split the rows so that those of one record stay together; null where they all are of one.</summary>
    private static int? Half(RowBatch rows, int start, int count)
    {
        bool IsBorder(int at) => rows.RecordOf(start + at - 1) != rows.RecordOf(start + at);
        for (var by = 0; by <= count / 2; by++)
        {
            if (count / 2 - by > 0 && IsBorder(count / 2 - by))
            {
                return count / 2 - by;
            }

            if (count / 2 + by > 0 && count / 2 + by < count && IsBorder(count / 2 + by))
            {
                return count / 2 + by;
            }
        }

        return null;
    }

    /// <summary>
    /// The run stops in the middle of a batch. Rows with a key may be written again, so the batch is left unrecorded and
    /// read again. Without a key what was written must be recorded now, and the rest is set aside as failed, unless the
    /// ledger of sends knows the records by the key that they have.
    /// </summary>
    private bool SettleRest(RowTally tally, bool isFollowed)
    {
        if (!plan.IsKeyless || !(tally.HasSettled || isFollowed) || KnowsKeys)
        {
            return false;
        }

        tally.FailRest(tally.Stopped!);
        return true;
    }
}
