using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What became of records in a stretch of time.</summary>
/// <param name="Bad">Those that were set aside.</param>
/// <param name="Attempted">Those that were meant to arrive.</param>
public readonly record struct Share(long Bad, long Attempted)
{
    /// <summary>Null where nothing was attempted.</summary>
    public double? Of => Attempted == 0 ? null : (double)Bad / Attempted;

    public static Share operator +(Share one, Share other) => new(one.Bad + other.Bad, one.Attempted + other.Attempted);
}

/// <summary>What became of a sync's records lately.</summary>
/// <param name="Durations">How many records were on their way for how long in the last hour, by <see cref="DeliveryTimes"/>.</param>
public sealed record RecordWindows(Share FiveMinutes, Share HalfHour, Share Hour, IReadOnlyList<long> Durations)
{
    public static readonly RecordWindows None = new(default, default, default, []);
}

/// <summary>Longer stretches, of syncs that promise something. Reckoned every few minutes.</summary>
public sealed record LongWindows(Share SixHours, Share ThreeDays, Share Month)
{
    public static readonly LongWindows None = new(default, default, default);
}

/// <summary>The minutes of a stretch of time in which a sync was late, of those that were looked at.</summary>
public sealed record LateMinutes(Share FiveMinutes, Share HalfHour, Share Hour, LongWindows Long);
