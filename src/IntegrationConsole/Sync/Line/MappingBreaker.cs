using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>Why a run stops at its beginning, and the few records that are kept to show it.</summary>
/// <param name="Sample">What is recorded in place of the batch; null where nothing may be.</param>
internal sealed record MappingBreak(Failure Failure, FeedBatch? Sample);

/// <summary>
/// Stops a run whose mapping lets nothing through: a mistake in the mapping is one thing to correct, not a million dead
/// letters. The batch in hand stays unrecorded, so the next run reads it again.
/// </summary>
internal sealed class MappingBreaker(ClaimedRun run, RunPlan plan)
{
    /// <summary>With fewer it may be the records.</summary>
    private const int Enough = 20;

    private const int SampleSize = 5;

    private string? _checkpoint = run.Checkpoint;
    private int _rejected;
    private bool _isOfTheSource = true;

    // Something came through before, in this run or in the one it goes on from: then the mapping is not wrong as a whole.
    private bool _isSettled = run.Counts.Read > run.Counts.Filtered + run.Counts.Rejected;

    /// <returns>Why the run stops before this batch; null when it goes on.</returns>
    public MappingBreak? Look(FeedBatch batch)
    {
        // Replayed letters are set aside already: there is nothing to spare.
        _isSettled |= batch.IsReplay || batch.Mapped.Rows.Count > 0 || !batch.Mapped.Rejected.All(IsOfTheMapping);
        _isOfTheSource &= batch.Mapped.Rejected.All(rejected => rejected.Failure.Cause is FailureCause.SchemaChange);
        _rejected += batch.Mapped.Rejected.Count;
        if (_isSettled || _rejected < Enough)
        {
            _checkpoint = batch.Records.Checkpoint;
            return null;
        }

        var first = batch.Mapped.Rejected[0].Failure;
        var failure = _isOfTheSource
            ? new Failure(
                FailureCause.SchemaChange,
                $"The source changed: none of its {_rejected:N0} records so far is what was agreed. The first of this batch: {first.Sentence} Ask the source's owner, or change the schema and the mapping, and run again; the batch is read again.",
                first.Code, first.Field)
            : new Failure(
                FailureCause.Mapping,
                $"The mapping sets every record aside: {_rejected:N0} of {_rejected:N0} so far. The first of this batch: {first.Sentence} Correct the mapping and run again; the batch is read again.",
                first.Code, first.Field);
        return new MappingBreak(failure, Sample(batch));
    }

    private static bool IsOfTheMapping(RejectedRecord rejected) =>
        rejected.Failure.Cause is FailureCause.Mapping or FailureCause.Validation or FailureCause.ReferenceMissing or FailureCause.SchemaChange;

    /// <summary>
    /// A few letters, for people to look at. The next run settles them when their records arrive; without a key it could not
    /// know them again, and replaying them would write them twice, so there are none.
    /// </summary>
    private FeedBatch? Sample(FeedBatch batch)
    {
        if (plan.IsKeyless)
        {
            return null;
        }

        // The place to go on from stays where it was before the batch.
        var records = new RecordBatch { Checkpoint = _checkpoint, Expected = batch.Records.Expected };
        var rejected = new List<RejectedRecord>();
        foreach (var example in batch.Mapped.Rejected.Take(SampleSize))
        {
            rejected.Add(example with { Record = records.Count });
            records.Add(batch.Records[example.Record].Span, batch.Records.ProblemOf(example.Record));
        }

        return batch with { Records = records, Mapped = new MappedBatch(new RowBatch(plan.Mapping.Fields, 0), rejected, 0) };
    }
}
