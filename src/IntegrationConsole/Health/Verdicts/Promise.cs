using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How often a schedule promises a good run, and how much longer than that is still in time.</summary>
/// <param name="Words">Such as "every 30 minutes".</param>
public sealed record Promise(TimeSpan Interval, TimeSpan Grace, string Words)
{
    private static readonly TimeSpan LeastGrace = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MostGrace = TimeSpan.FromHours(1);

    /// <summary>What a schedule promises from a moment on; null where it promises nothing.</summary>
    public static Promise? From(Schedule schedule, TimeZoneInfo zone, DateTimeOffset basis)
    {
        if (schedule.LongestGap(zone, basis) is not { } gap)
        {
            return null;
        }

        // The gap that begins here may be longer than those that follow: the last run on a Friday is followed by one on Monday.
        var first = schedule.Next(zone, basis) - basis;
        var interval = first > gap ? first.Value : gap;
        var grace = interval / 10;
        grace = grace < LeastGrace ? LeastGrace : grace > MostGrace ? MostGrace : grace;
        return new Promise(interval, grace, WordsOf(schedule, zone, interval));
    }

    /// <summary>Elapsed time in units of what was promised: above 1 it is late, above 2 it was missed twice.</summary>
    public double Lateness(TimeSpan elapsed) => elapsed / (Interval + Grace);

    private static string WordsOf(Schedule schedule, TimeZoneInfo zone, TimeSpan interval)
    {
        if (schedule.Kind is not ScheduleKind.Interval)
        {
            return $"at least every {Moment.Span(interval)}";
        }

        var words = schedule.Words(zone);
        return char.ToLowerInvariant(words[0]) + words[1..];
    }
}
