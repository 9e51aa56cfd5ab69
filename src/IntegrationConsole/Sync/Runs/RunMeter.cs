using System.Diagnostics;
using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Measures what runs do, for whoever listens to the instruments. Always after it was saved: what is undone is not counted.</summary>
internal static class RunMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "intconsole.sync.run.duration", "s", "Time from a run's first start to its end, waiting for retries included", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200] });

    private static readonly Counter<long> Records = Meter.CreateCounter<long>("intconsole.sync.records", "{record}", "Records that left the line, by what became of them");

    private static readonly Histogram<double> Deliveries = Meter.CreateHistogram(
        "intconsole.sync.delivery.duration", "s", "Time from when a batch is asked of the source to when the destination has it", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = DeliveryTimes.Bounds });

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("intconsole.sync.io", "By", "Bytes of records that were read");

    public static void Ended(ClaimedRun run, RunEnding ending, TimeSpan duration)
    {
        var tags = TagsOf(run);
        tags.Add("trigger", run.Trigger.ToString().ToLowerInvariant());
        tags.Add("result", ending.State.ToString().ToLowerInvariant());
        if (ending.Failure is { } failure)
        {
            tags.Add("error.type", failure.Cause.Code);
        }

        Durations.Record(duration.TotalSeconds, tags);
    }

    public static void Recorded(ClaimedRun run, RunCounts counts, IReadOnlyList<Casualty> casualties, TimeSpan took, long bytes)
    {
        Count(run, "load", "written", counts.Written);
        Count(run, "load", "unchanged", counts.Unchanged);
        Count(run, "map", "filtered", counts.Filtered);
        foreach (var group in casualties.GroupBy(casualty => (casualty.Stage, casualty.Outcome, IsCheck: casualty.Failure.Cause is FailureCause.Validation)))
        {
            Count(run, StageOf(group.Key.Stage, group.Key.IsCheck), group.Key.Outcome.ToString().ToLowerInvariant(), group.Count());
        }

        Deliveries.Record(took.TotalSeconds, TagsOf(run));
        var tags = TagsOf(run);
        tags.Add("direction", "read");
        Bytes.Add(bytes, tags);
    }

    private static string StageOf(LetterStage stage, bool isCheck) => stage switch
    {
        LetterStage.Read => "extract",
        LetterStage.Map => isCheck ? "validate" : "map",
        LetterStage.Write => "load",
    };

    private static void Count(ClaimedRun run, string stage, string outcome, long count)
    {
        if (count > 0)
        {
            var tags = TagsOf(run);
            tags.Add("stage", stage);
            tags.Add("outcome", outcome);
            Records.Add(count, tags);
        }
    }

    private static TagList TagsOf(ClaimedRun run) => new() { { "tenant", run.Tenant.Value }, { "integration", run.SyncId } };
}
