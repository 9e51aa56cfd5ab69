namespace IntegrationConsole.Sync.Replays;

/// <summary>How many letters came to an outcome in one stretch of time.</summary>
public sealed record ReplayStretch(DateTimeOffset At, int Delivered, int Failed);

/// <summary>How fast a replay went, as stretches of one width, those in which nothing happened too. Pure.</summary>
public sealed record ReplayRate(TimeSpan Width, IReadOnlyList<ReplayStretch> Stretches)
{
    private const int Most = 60;

    private static readonly TimeSpan[] Widths =
        [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    public static readonly ReplayRate None = new(Widths[0], []);

    /// <summary>Letters a minute, where so many came in one stretch.</summary>
    public double PerMinute(int count) => count / Width.TotalMinutes;

    /// <summary>The narrowest width in which so long a time makes no more stretches than can be looked at.</summary>
    public static TimeSpan WidthFor(TimeSpan span)
    {
        var fitting = Widths.Where(width => span <= width * (Most - 1)).ToList();
        return fitting.Count > 0 ? fitting[0] : Widths[^1];
    }

    /// <summary>The beginning of the first stretch: of a replay that took longer than all stretches, only the last part is shown.</summary>
    public static DateTimeOffset FirstOf(DateTimeOffset began, DateTimeOffset end, TimeSpan width)
    {
        var earliest = end - (width * (Most - 1));
        return BeginOf(began > earliest ? began : earliest, width);
    }

    public static ReplayRate Of(DateTimeOffset first, DateTimeOffset end, TimeSpan width, IReadOnlyList<ReplayStretch> counted)
    {
        var known = counted.ToDictionary(stretch => stretch.At.UtcTicks);
        var all = new List<ReplayStretch>();
        for (var at = first; at <= end; at += width)
        {
            all.Add(known.GetValueOrDefault(at.UtcTicks) ?? new ReplayStretch(at, 0, 0));
        }

        return new ReplayRate(width, all);
    }

    private static DateTimeOffset BeginOf(DateTimeOffset at, TimeSpan width) => new(at.UtcTicks - (at.UtcTicks % width.Ticks), TimeSpan.Zero);
}
