using System.Diagnostics;
using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Measures what runs do, for whoever listens to the instruments. Always after it was saved: what is undone is not counted.</summary>
internal static class RunMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "intconsole.sync.run.duration", "s", "Time from a run's first start to its end, waiting for retries included", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200] });

    private static readonly Counter<long> Records = Meter.CreateCounter<long>("intconsole.sync.records", "{record}", "Records that left the line, by what became of them");

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

    public static void Recorded(ClaimedRun run, RunCounts counts)
    {
        Count(run, "written", counts.Written);
        Count(run, "unchanged", counts.Unchanged);
        Count(run, "filtered", counts.Filtered);
        Count(run, "rejected", counts.Rejected);
        Count(run, "failed", counts.Failed);
        Count(run, "unknown", counts.Unknown);
    }

    private static void Count(ClaimedRun run, string outcome, long count)
    {
        if (count > 0)
        {
            var tags = TagsOf(run);
            tags.Add("outcome", outcome);
            Records.Add(count, tags);
        }
    }

    private static TagList TagsOf(ClaimedRun run) => new() { { "tenant", run.Tenant.Value }, { "integration", run.SyncId } };
}
