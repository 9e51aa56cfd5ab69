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

    private static readonly Histogram<double> Stages = Meter.CreateHistogram(
        "intconsole.sync.stage.duration", "s", "Time that a batch spends in each stage of the line", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = DeliveryTimes.Bounds });

    private static readonly UpDownCounter<int> Going = Meter.CreateUpDownCounter<int>("intconsole.node.run.active", "{run}", "Runs that a node moves");

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("intconsole.sync.io", "By", "Bytes of records that were read");

    /// <summary>A run ended, on whichever node and by whoever found out. What never started took no time.</summary>
    public static void Ended(MeasuredRun? run)
    {
        if (run is not { StartedAt: { } started })
        {
            return;
        }

        var tags = TagsOf(run.Tenant, run.SyncId);
        tags.Add("trigger", run.Trigger.ToString().ToLowerInvariant());
        tags.Add("result", run.State.ToString().ToLowerInvariant());
        if (run.Cause is { } cause)
        {
            tags.Add("error.type", cause.Code);
        }

        Durations.Record((run.EndedAt - started).TotalSeconds, tags);
    }

    /// <summary>This node has a run, until what is returned is disposed.</summary>
    public static IDisposable Moves()
    {
        Going.Add(1);
        return new Move();
    }

    /// <param name="run">Whose batch it was.</param>
    /// <param name="version">The mapping version that it went through.</param>
    /// <param name="counts">What became of its records.</param>
    /// <param name="casualties">Those that were set aside.</param>
    /// <param name="times">How long it was in each stage.</param>
    /// <param name="bytes">How much was read.</param>
    public static void Recorded(ClaimedRun run, int version, RunCounts counts, IReadOnlyList<Casualty> casualties, StageTimes times, long bytes)
    {
        void Count(string stage, string outcome, long count)
        {
            if (count > 0)
            {
                var tags = TagsOf(run);
                tags.Add("stage", stage);
                tags.Add("outcome", outcome);
                tags.Add("version", version);
                Records.Add(count, tags);
            }
        }

        Count("load", "written", counts.Written);
        Count("load", "unchanged", counts.Unchanged);
        Count("map", "filtered", counts.Filtered);
        foreach (var group in casualties.GroupBy(casualty => (casualty.Stage, casualty.Outcome, IsCheck: casualty.Failure.Cause is FailureCause.Validation)))
        {
            Count(StageOf(group.Key.Stage, group.Key.IsCheck), group.Key.Outcome.ToString().ToLowerInvariant(), group.Count());
        }

        Took("extract", times.Read);
        Took("map", times.Map);
        Took("load", times.Write);
        Deliveries.Record(times.Whole.TotalSeconds, TagsOf(run));
        var read = TagsOf(run);
        read.Add("direction", "read");
        Bytes.Add(bytes, read);

        void Took(string stage, TimeSpan time)
        {
            var tags = TagsOf(run);
            tags.Add("stage", stage);
            Stages.Record(time.TotalSeconds, tags);
        }
    }

    private static string StageOf(LetterStage stage, bool isCheck) => stage switch
    {
        LetterStage.Read => "extract",
        LetterStage.Map => isCheck ? "validate" : "map",
        LetterStage.Write => "load",
    };

    private sealed class Move : IDisposable
    {
        public void Dispose() => Going.Add(-1);
    }

    private static TagList TagsOf(ClaimedRun run) => TagsOf(run.Tenant, run.SyncId);

    private static TagList TagsOf(TenantId tenant, Guid sync) => new() { { "tenant", tenant.Value }, { "integration", sync } };
}

/// <summary>A run that ended, as far as it is measured.</summary>
/// <param name="StartedAt">When a node first took it up; null for never.</param>
internal sealed record MeasuredRun(TenantId Tenant, Guid SyncId, RunTrigger Trigger, RunState State, FailureCause? Cause, DateTimeOffset? StartedAt, DateTimeOffset EndedAt);

/// <summary>How long a batch was in each stage of the line.</summary>
internal sealed record StageTimes(TimeSpan Read, TimeSpan Map, TimeSpan Write)
{
    public TimeSpan Whole => Read + Map + Write;
}
