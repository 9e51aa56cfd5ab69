using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Line;

/// <summary>Makes the recorder of a run.</summary>
public sealed class OutcomeRecorders(ConsoleDatabase database, DeadLetterParking parking, ReplayClaims replays, IOptions<DatabaseOptions> node, TimeProvider clock)
{
    internal OutcomeRecorder For(ClaimedRun run, RunPlan plan) => new(run, plan, database, parking, replays, node.Value.NodeName, clock);
}

/// <summary>
/// Saves what became of each batch: counters, dead letters, checkpoint and figures in one transaction, always after the
/// destination has the rows. If we stop in between, the batch is read again and the destination answers that it is
/// unchanged; the other way round records would be lost.
/// </summary>
internal sealed class OutcomeRecorder(
    ClaimedRun run, RunPlan plan, ConsoleDatabase database, DeadLetterParking parking, ReplayClaims replays, string node, TimeProvider clock)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(500);

    private RunCounts _counts = run.Counts;
    private string? _watermark = run.Watermark;
    private long? _toldAt;
    private OpenLetters _openLetters = new();

    public bool HasRead => _counts.Read > 0;

    /// <summary>Marks where the run begins: mapping version, trace, and which letters may be superseded.</summary>
    public async Task BeginAsync(string traceId, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
        await session.RunAsync("""
            update run set mapping_version = @version, trace_id = @traceId where tenant_id = @tenant and ((id = @id and attempt = @attempt) or (id = @whole and is_split))
            """, new { tenant = run.Tenant, id = run.Id, whole = run.Whole, attempt = run.Attempt, version = plan.Version.Number, traceId }, cancellationToken);
        if (plan.Sync.ReadMode is ReadMode.ChangeStream && !run.IsBeside)
        {
            await ChangeStreamStore.ExpectAsync(session, plan.Sync, clock.GetUtcNow(), cancellationToken);
        }

        _openLetters = await OpenLetters.LoadAsync(session, run.Tenant, run.SyncId, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    public async Task RecordAsync(FeedBatch batch, BatchOutcome written, CancellationToken cancellationToken)
    {
        if (!written.IsComplete)
        {
            return;
        }

        var casualties = Casualties(batch, written);
        var counts = Count(batch, written, casualties);
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
        await AdvanceAsync(session, batch, written, counts, cancellationToken);
        if (batch.IsReplay)
        {
            await replays.RecordAsync(session, run, batch, casualties, Context(batch), cancellationToken);
            await parking.RegroupAsync(session, Context(batch), [.. casualties.Select(casualty => (batch.Letters[casualty.Record], casualty.Letter))], cancellationToken);
        }
        else
        {
            await SupersedeAsync(session, batch, written, casualties, cancellationToken);
            await parking.ParkAsync(session, Context(batch), [.. casualties.Select(casualty => casualty.Letter)], cancellationToken);
        }

        var times = new StageTimes(batch.ReadTime, batch.MapTime, written.WriteTime);
        if (!batch.IsSample)
        {
            await CountMinuteAsync(session, counts, times.Whole, cancellationToken);
        }

        await TellAsync(session, casualties.Count > 0 || batch.IsReplay, cancellationToken);
        await session.CommitAsync(cancellationToken);
        RunMeter.Recorded(run, batch.Plan.Version.Number, counts, [.. casualties.Select(casualty => casualty.Letter)], times, batch.Records.Bytes);
        CountLetters(batch, casualties);
        _counts = _counts.Plus(counts);
        _openLetters.Add(casualties.Select(casualty => casualty.Letter.Key));
        _watermark = batch.Records.Watermark ?? _watermark;
    }

    /// <summary>The run read to the end: the next incremental one starts at the greatest cursor value that this one met, unless it went beside.</summary>
    public RunEnding Complete()
    {
        // Who went on behind a checkpoint may not have read what was noted since.
        var again = run.Checkpoint is null ? plan.Sync.AgainAt : null;
        var cursor = run.IsBeside || (_watermark is null && again is null) ? null : new CursorMove(_watermark, plan.Sync.Cursor, plan.Sync.CursorAt, again);
        if (!_counts.Balances)
        {
            throw new InvalidOperationException($"The run does not balance: {_counts}.");
        }

        return _counts.SetAside == 0
            ? new RunEnding(RunState.Succeeded, $"{_counts.Read:N0} {(_counts.Read == 1 ? "record" : "records")} read, all accounted for.", Cursor: cursor)
            : new RunEnding(RunState.Partial, $"{_counts.Read:N0} {(_counts.Read == 1 ? "record" : "records")} read, {_counts.SetAside:N0} of them set aside.", Cursor: cursor);
    }

    private void CountLetters(FeedBatch batch, List<RecordCasualty> casualties)
    {
        if (batch.IsReplay)
        {
            LetterMeter.Replayed(run.Tenant, run.SyncId, casualties.Count, batch.Letters.Count);
            return;
        }

        foreach (var cause in casualties.GroupBy(casualty => casualty.Letter.Failure.Cause))
        {
            LetterMeter.Added(run.Tenant, run.SyncId, cause.Key, cause.Count());
        }
    }

    private LetterContext Context(FeedBatch batch) => new(run.Tenant, run.SyncId, run.Whole, batch.Plan.Version.Number, node, run.RequestedBy);

    private List<RecordCasualty> Casualties(FeedBatch batch, BatchOutcome written)
    {
        var casualties = new List<RecordCasualty>();
        foreach (var rejected in batch.Mapped.Rejected)
        {
            var stage = batch.Records.ProblemOf(rejected.Record) is null ? LetterStage.Map : LetterStage.Read;
            casualties.Add(Casualty(batch, written, rejected.Record, rejected.Key, stage, rejected.Failure));
        }

        // Rows that several records made together are nobody's own: those records are mapped again, together.
        var kept = written.Failures.Count == 0 || batch.Plan.Mapping.IsGrouping ? []
            : KeptRows.Of(batch.Mapped, batch.Plan.Version.Number, written.Failures.Select(failure => failure.Record).ToHashSet());
        foreach (var failure in written.Failures)
        {
            var casualty = Casualty(batch, written, failure.Record, failure.Key, LetterStage.Write, failure.Failure);
            casualties.Add(casualty with { Letter = casualty.Letter with { Mapped = kept.GetValueOrDefault(failure.Record) } });
        }

        return written.OrderKeys is null ? casualties : [.. casualties.OrderBy(casualty => casualty.Record)];
    }

    private RecordCasualty Casualty(FeedBatch batch, BatchOutcome written, int record, string key, LetterStage stage, Failure failure)
    {
        var outcome = failure.MayHaveHappened && stage is LetterStage.Write ? LetterOutcome.Unknown
            : failure.IsSystemic || failure.Cause.IsTransient ? LetterOutcome.Failed
            : LetterOutcome.Rejected;

        // Without a business key equal records are different records: their place in the run tells them apart.
        var letterKey = plan.IsKeyless && RecordKey.IsOfContent(key) ? $"{key}@{_counts.Read + record}" : key;
        return new RecordCasualty(record, new Casualty(letterKey, stage, outcome, failure, batch.Records[record]) { OrderKey = written.OrderKeys?[record] });
    }

    private static RunCounts Count(FeedBatch batch, BatchOutcome written, List<RecordCasualty> casualties)
    {
        int Of(LetterOutcome outcome) => casualties.Count(casualty => casualty.Letter.Outcome == outcome);
        var counts = new RunCounts(
            batch.Records.Count, written.Written, written.Unchanged, batch.Mapped.Filtered, Of(LetterOutcome.Rejected), Of(LetterOutcome.Failed), Of(LetterOutcome.Unknown));
        return counts.Balances ? counts : throw new InvalidOperationException($"A batch does not balance: {counts}.");
    }

    private async Task AdvanceAsync(DatabaseSession session, FeedBatch batch, BatchOutcome written, RunCounts counts, CancellationToken cancellationToken)
    {
        var sums = BatchSums.Of(batch, written);
        var advanced = await session.RunAsync("""
            update run set records_read = records_read + @read, written = written + @written, unchanged = unchanged + @unchanged, filtered = filtered + @filtered,
                           rejected = rejected + @rejected, failed = failed + @failed, unknown = unknown + @unknown, bytes_read = bytes_read + @bytes,
                           read_ms = read_ms + @readMs, map_ms = map_ms + @mapMs, write_ms = write_ms + @writeMs,
                           deleted = deleted + @deleted, checkpoint = @checkpoint, watermark = coalesce(@watermark, watermark), expected = coalesce(@expected, expected), lease_until = @until,
                           source_sum = mod(source_sum + @sourceSum::numeric, 2::numeric ^ 128), destination_sum = mod(destination_sum + @destinationSum::numeric, 2::numeric ^ 128)
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt
            """,
            new
            {
                tenant = run.Tenant, id = run.Id, attempt = run.Attempt, read = counts.Read, written = counts.Written, unchanged = counts.Unchanged,
                filtered = counts.Filtered, rejected = counts.Rejected, failed = counts.Failed, unknown = counts.Unknown, bytes = (long)batch.Records.Bytes,
                readMs = (long)batch.ReadTime.TotalMilliseconds, mapMs = (long)batch.MapTime.TotalMilliseconds, writeMs = (long)written.WriteTime.TotalMilliseconds,
                deleted = written.Deleted, checkpoint = batch.Records.Checkpoint, watermark = batch.Records.Watermark, expected = batch.Records.Expected, until = clock.GetUtcNow() + ClaimedRuns.Lease,
                sourceSum = sums.SourceText, destinationSum = sums.DestinationText,
            },
            cancellationToken);
        if (advanced == 0)
        {
            // Another node has taken the run over: what we wrote it will find unchanged.
            throw new RunLostException();
        }

        if (run.Partition is not null)
        {
            await AddToWholeAsync(session, batch, written, counts, sums, cancellationToken);
        }

        if (batch.Records.Change is { } mark)
        {
            await ChangeStreamStore.NoteAsync(session, plan.Sync, mark, clock.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>One balance for all parts: what is added to this one's counts is added to those of the whole, or to neither.</summary>
    private Task<int> AddToWholeAsync(DatabaseSession session, FeedBatch batch, BatchOutcome written, RunCounts counts, BatchSums sums, CancellationToken cancellationToken) =>
        session.RunAsync("""
            update run set records_read = records_read + @read, written = written + @written, unchanged = unchanged + @unchanged, filtered = filtered + @filtered,
                           rejected = rejected + @rejected, failed = failed + @failed, unknown = unknown + @unknown, bytes_read = bytes_read + @bytes,
                           read_ms = read_ms + @readMs, map_ms = map_ms + @mapMs, write_ms = write_ms + @writeMs,
                           source_sum = mod(source_sum + @sourceSum::numeric, 2::numeric ^ 128), destination_sum = mod(destination_sum + @destinationSum::numeric, 2::numeric ^ 128)
            where tenant_id = @tenant and id = @whole
            """,
            new
            {
                tenant = run.Tenant, whole = run.Whole, read = counts.Read, written = counts.Written, unchanged = counts.Unchanged, filtered = counts.Filtered,
                rejected = counts.Rejected, failed = counts.Failed, unknown = counts.Unknown, bytes = (long)batch.Records.Bytes,
                readMs = (long)batch.ReadTime.TotalMilliseconds, mapMs = (long)batch.MapTime.TotalMilliseconds, writeMs = (long)written.WriteTime.TotalMilliseconds,
                sourceSum = sums.SourceText, destinationSum = sums.DestinationText,
            },
            cancellationToken);

    /// <summary>A record that arrived settles its older letter; one that failed after it in the same batch opens a new one.</summary>
    private async Task SupersedeAsync(DatabaseSession session, FeedBatch batch, BatchOutcome written, List<RecordCasualty> casualties, CancellationToken cancellationToken)
    {
        if (plan.IsKeyless && !batch.Plan.Mapping.NamesRecords && !written.KnowsKeys)
        {
            return;
        }

        var failed = casualties.Select(casualty => casualty.Letter.Key).ToHashSet();
        var arrived = _openLetters.Among(batch.Mapped.TakenRecords.Select(record => record.Key)).Where(key => !failed.Contains(key)).ToList();
        if (arrived.Count > 0 && await parking.SupersedeAsync(session, Context(batch), arrived, cancellationToken) > 0)
        {
            await session.NotifyAsync(new Change(DeadLetterStore.Topic, run.Tenant), cancellationToken);
        }
    }

    /// <summary>With the time that these records were on their way: the same for all of a batch.</summary>
    private Task<int> CountMinuteAsync(DatabaseSession session, RunCounts counts, TimeSpan took, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into sync_minute as m (tenant_id, sync_id, minute, records_read, written, unchanged, filtered, rejected, failed, unknown, durations)
            values (@tenant, @sync, date_trunc('minute', @now::timestamptz), @read, @written, @unchanged, @filtered, @rejected, @failed, @unknown, @durations)
            on conflict (tenant_id, sync_id, minute) do update
            set records_read = m.records_read + excluded.records_read, written = m.written + excluded.written, unchanged = m.unchanged + excluded.unchanged,
                filtered = m.filtered + excluded.filtered, rejected = m.rejected + excluded.rejected, failed = m.failed + excluded.failed,
                unknown = m.unknown + excluded.unknown, durations[@bucket] = m.durations[@bucket] + excluded.durations[@bucket]
            """,
            new
            {
                tenant = run.Tenant, sync = run.SyncId, now = clock.GetUtcNow(), read = counts.Read, written = counts.Written, unchanged = counts.Unchanged,
                filtered = counts.Filtered, rejected = counts.Rejected, failed = counts.Failed, unknown = counts.Unknown,
                durations = DeliveryTimes.Of(took, counts.Written + counts.Unchanged), bucket = DeliveryTimes.BucketOf(took),
            },
            cancellationToken);

    /// <summary>Pages follow along without being flooded.</summary>
    private async Task TellAsync(DatabaseSession session, bool letters, CancellationToken cancellationToken)
    {
        if (_toldAt is { } told && clock.GetElapsedTime(told) < TellEvery)
        {
            return;
        }

        _toldAt = clock.GetTimestamp();
        await session.NotifyAsync(new Change(RunStore.Topic, run.Tenant, run.Whole), cancellationToken);
        if (letters)
        {
            await session.NotifyAsync(new Change(DeadLetterStore.Topic, run.Tenant), cancellationToken);
        }
    }
}

/// <summary>A record of a batch that did not arrive, and the letter it becomes.</summary>
internal sealed record RecordCasualty(int Record, Casualty Letter);
