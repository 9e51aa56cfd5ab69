using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Line;

/// <summary>Why a run stops at a batch, and the few of its records that are kept to show it.</summary>
/// <param name="Stage">Where on the line they failed.</param>
/// <param name="Sample">What is recorded in place of the batch; null where nothing is.</param>
internal sealed record BatchBreak(Failure Failure, LetterStage Stage, FeedBatch? Sample)
{
    private const int SampleSize = 5;

    /// <summary>What became of the sample.</summary>
    public BatchOutcome Written { get; private init; } = BatchOutcome.NothingWritten;

    /// <summary>With a few letters, for people to look at: the run that reads the batch again settles them when their records arrive.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="stage">Where.</param>
    /// <param name="batch">Is read again.</param>
    /// <param name="checkpoint">The place to go on from, which is the one before the batch.</param>
    /// <param name="failures">Records of the batch that failed like this.</param>
    public static BatchBreak WithSample(Failure failure, LetterStage stage, FeedBatch batch, string? checkpoint, IEnumerable<RecordFailure> failures)
    {
        var records = new RecordBatch { Checkpoint = checkpoint, Expected = batch.Records.Expected };
        var kept = new List<RecordFailure>();
        foreach (var example in failures.Take(SampleSize))
        {
            kept.Add(example with { Record = records.Count });
            records.Add(batch.Records[example.Record].Span, batch.Records.ProblemOf(example.Record));
        }

        var isWritten = stage is LetterStage.Write;
        var mapped = new MappedBatch(new RowBatch(batch.Plan.Mapping.Fields, 0), isWritten ? [] : [.. kept.Select(example => new RejectedRecord(example.Record, example.Key, example.Failure))], 0);
        return new BatchBreak(failure, stage, batch with { Records = records, Mapped = mapped, IsSample = true })
        {
            Written = BatchOutcome.NothingWritten with { Failures = isWritten ? kept : [] },
        };
    }
}
