using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Stops a run where half of a batch or more fails with one pattern: that is one thing to put right, and not a dead letter
/// for each record. The batch in hand stays unrecorded, so it is read again. Small batches are judged with those before them.
/// </summary>
internal sealed class BatchBreaker(ClaimedRun run, RunPlan plan)
{
    /// <summary>Failures that are alike in every word are looked at once.</summary>
    private const int MostPatterns = 1_000;

    private readonly bool _isOn = plan.Sync.BatchBreaker && run is { BatchBreaker: true, ReplayId: null };
    private readonly MappingBreaker _mapping = new(run, plan);
    private readonly GroupedSync _sync = GroupedSync.Of(EndOf(plan.SourceConnection), EndOf(plan.DestinationConnection));
    private readonly AlikeWindow _made = new();
    private readonly AlikeWindow _taken = new();
    private readonly Dictionary<FailureFacts, Guid> _patterns = [];

    /// <summary>Where the batches end that were looked at so far, and those that were judged.</summary>
    private string? _looked = run.Checkpoint;
    private string? _judged = run.Checkpoint;

    /// <summary>Before a batch is written: whether the mapping lets too little of it through.</summary>
    /// <returns>Why the run stops before this batch; null when it goes on.</returns>
    public BatchBreak? Look(FeedBatch batch)
    {
        if (!_isOn)
        {
            return null;
        }

        if (_mapping.Look(batch) is { } nothing)
        {
            return nothing;
        }

        var alike = _made.Add(batch.Records.Count - batch.Mapped.Filtered, PatternsOf(batch, Rejected(batch)));
        if (alike is null)
        {
            _looked = batch.Records.Checkpoint;
            return null;
        }

        return BreakAt(batch, Rejected(batch), alike, _looked, mayKeep: !plan.IsKeyless, isReadAgain: true);
    }

    /// <summary>After a batch was written: whether the destination took too little of it.</summary>
    /// <returns>What too much of it failed with; null when the run goes on.</returns>
    public Alike? Judge(FeedBatch batch, BatchOutcome written)
    {
        if (!_isOn || written.Stopped is not null)
        {
            return null;
        }

        // What waits behind another was not tried.
        var held = written.Failures.Count(failure => failure.Failure.Cause is FailureCause.Held);
        var alike = _taken.Add(batch.Records.Count - batch.Mapped.Filtered - held, PatternsOf(batch, Refused(written)));
        _judged = alike is null ? batch.Records.Checkpoint : _judged;
        return alike;
    }

    /// <param name="batch">The one that was judged.</param>
    /// <param name="written">What became of it.</param>
    /// <param name="alike">What too much of it failed with.</param>
    /// <param name="isReadAgain">It stays unrecorded; otherwise all of it is recorded, since the destination would not know it again.</param>
    public BatchBreak BreakAt(FeedBatch batch, BatchOutcome written, Alike alike, bool isReadAgain) =>
        BreakAt(batch, Refused(written), alike, _judged, isReadAgain && (!plan.IsKeyless || written.KnowsKeys), isReadAgain);

    private BatchBreak BreakAt(FeedBatch batch, IEnumerable<(LetterStage Stage, RecordFailure Failure)> failures, Alike alike, string? checkpoint, bool mayKeep, bool isReadAgain)
    {
        var same = failures.Where(failure => PatternOf(batch, failure) == alike.Pattern).ToList();
        var (stage, (_, _, first)) = same[0];

        // What the next attempt heals by itself is nothing to look at.
        var next = !isReadAgain ? "They were set aside, since without a key they would be written twice if they were read again; the run stopped behind them. Replay them when it is put right."
            : first.Cause.IsTransient ? "The batch is read again."
            : "Nothing of the batch is lost, the next run reads it again: put it right and run again, or have it set aside all the same.";
        var failure = new Failure(first.Cause, $"{alike.Count:N0} of {alike.Of:N0} records failed alike. The first of this batch: {first.Sentence} {next}", first.Code, first.Field) { RetryAfter = first.RetryAfter };
        return mayKeep && !first.Cause.IsTransient ? BatchBreak.WithSample(failure, stage, batch, checkpoint, same.Select(one => one.Failure)) : new BatchBreak(failure, stage, null);
    }

    private static IEnumerable<(LetterStage Stage, RecordFailure Failure)> Rejected(FeedBatch batch) =>
        batch.Mapped.Rejected.Select(rejected => (
            batch.Records.ProblemOf(rejected.Record) is null ? LetterStage.Map : LetterStage.Read, new RecordFailure(rejected.Record, rejected.Key, rejected.Failure)));

    private static IEnumerable<(LetterStage Stage, RecordFailure Failure)> Refused(BatchOutcome written) =>
        written.Failures.Where(failure => failure.Failure.Cause is not FailureCause.Held).Select(failure => (LetterStage.Write, failure));

    private Dictionary<Guid, int> PatternsOf(FeedBatch batch, IEnumerable<(LetterStage Stage, RecordFailure Failure)> failures) =>
        failures.CountBy(failure => PatternOf(batch, failure)).ToDictionary();

    /// <summary>As the groups of dead letters know it.</summary>
    private Guid PatternOf(FeedBatch batch, (LetterStage Stage, RecordFailure Failure) failed)
    {
        var (stage, (record, _, failure)) = failed;
        var facts = _sync.Facts(new GroupedFailure(stage, failure.Cause, failure.Code, failure.Field, failure.Sentence, failure.Answer, () => batch.Records[record], default));
        if (_patterns.TryGetValue(facts, out var pattern))
        {
            return pattern;
        }

        if (_patterns.Count == MostPatterns)
        {
            _patterns.Clear();
        }

        return _patterns[facts] = FailureFingerprint.Of(facts).Pattern;
    }

    private static GroupedEnd EndOf(OpenConnection connection)
    {
        string Setting(string name) => connection.Settings.ValueKind is JsonValueKind.Object && connection.Settings.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
        return new GroupedEnd(connection.Kind, connection.Name, Setting("baseAddress") is { Length: > 0 } address ? address : Setting("host"));
    }
}
