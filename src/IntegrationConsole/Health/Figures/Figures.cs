using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Health.Figures;

/// <summary>What became of records, and how runs ended.</summary>
public sealed record RecordFigures(long Read, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown, long RunsGood, long RunsBad)
{
    /// <summary>Records that are where they should be.</summary>
    public long Arrived => Written + Unchanged;

    public long SetAside => Rejected + Failed + Unknown;

    /// <summary>Records that were meant to arrive: what the mapping's conditions left out was not.</summary>
    public long Attempted => Read - Filtered;

    /// <summary>The share of attempted records that were set aside; null where none was attempted.</summary>
    public double? ErrorRate => Attempted == 0 ? null : (double)SetAside / Attempted;
}

/// <summary>One step of a chart of records.</summary>
/// <param name="Figures">Null where nothing was recorded: a gap, not a zero.</param>
/// <param name="Throughput">Records that arrived per second; null in a gap.</param>
public sealed record RecordPoint(DateTimeOffset At, RecordFigures? Figures, double? Throughput);

/// <summary>Records over a range: step by step, and all together.</summary>
public sealed record RecordSeries(FigureRange Range, IReadOnlyList<RecordPoint> Points, RecordFigures Total)
{
    /// <summary>Records that arrived per second, over the whole range.</summary>
    public double Throughput => Total.Arrived / (Range.To - Range.From).TotalSeconds;
}

/// <summary>Calls to outside systems. Percentiles are null below <see cref="DurationBuckets.FewestSamples"/> calls: shown as "too few".</summary>
public sealed record CallFigures(long Calls, long Failures, TimeSpan? P50, TimeSpan? P95, TimeSpan? P99)
{
    public double? FailureRate => Calls == 0 ? null : (double)Failures / Calls;
}

/// <param name="Figures">Null where nothing was called: a gap, not a zero.</param>
public sealed record CallPoint(DateTimeOffset At, CallFigures? Figures);

/// <summary>Calls over a range. The total's percentiles come from all its calls, not from those of its steps.</summary>
public sealed record CallSeries(FigureRange Range, IReadOnlyList<CallPoint> Points, CallFigures Total);

/// <summary>What waits at this moment.</summary>
/// <param name="QueuedRuns">Those whose next attempt lies ahead included.</param>
/// <param name="OldestRun">How long the oldest run that may start has waited; null when none does.</param>
/// <param name="QueuedItems">Dead letters in a replay's queue.</param>
/// <param name="OldestItem">How long the oldest of them has waited.</param>
/// <param name="OpenLetters">Open dead letters by cause, the most frequent first.</param>
public sealed record BacklogFigures(int QueuedRuns, TimeSpan? OldestRun, int QueuedItems, TimeSpan? OldestItem, IReadOnlyList<CauseCount> OpenLetters);

/// <summary>How busy a connection was.</summary>
/// <param name="Hour">Calls of the last hour.</param>
/// <param name="Quarter">Those of its last 15 minutes.</param>
/// <param name="HourOfReplays">Of the hour's calls, those of replays.</param>
/// <param name="DayOfReplays">Calls of replays since the day began (UTC).</param>
public sealed record ConnectionCalls(string Name, long Hour, long Quarter, long BusiestMinute, long HourOfReplays, long DayOfReplays);
