using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Stops a run whose mapping lets nothing through: a mistake in the mapping is one thing to correct, not a million dead
/// letters. The batch in hand stays unrecorded, so the next run reads it again.
/// </summary>
internal sealed class MappingBreaker(ClaimedRun run, RunPlan plan)
{
    private string? _checkpoint = run.Checkpoint;
    private int _rejected;
    private bool _isOfTheSource = true;

    // Something came through before, in this run or in the one it goes on from: then the mapping is not wrong as a whole.
    private bool _isSettled = run.Counts.Read > run.Counts.Filtered + run.Counts.Rejected;

    /// <returns>Why the run stops before this batch; null when it goes on.</returns>
    public BatchBreak? Look(FeedBatch batch)
    {
        // Replayed letters are set aside already: there is nothing to spare.
        _isSettled |= batch.IsReplay || batch.Mapped.Rows.Count > 0 || !batch.Mapped.Rejected.All(IsOfTheMapping);
        _isOfTheSource &= batch.Mapped.Rejected.All(rejected => rejected.Failure.Cause is FailureCause.SchemaChange);
        _rejected += batch.Mapped.Rejected.Count;
        if (_isSettled || _rejected < AlikeWindow.Enough)
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

        // Without a key the next run could not know the sample again, and replaying it would write it twice.
        var examples = batch.Mapped.Rejected.Select(rejected => new RecordFailure(rejected.Record, rejected.Key, rejected.Failure));
        return plan.IsKeyless ? new BatchBreak(failure, LetterStage.Map, null) : BatchBreak.WithSample(failure, LetterStage.Map, batch, _checkpoint, examples);
    }

    private static bool IsOfTheMapping(RejectedRecord rejected) =>
        rejected.Failure.Cause is FailureCause.Mapping or FailureCause.Validation or FailureCause.ReferenceMissing or FailureCause.SchemaChange;
}
