using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Quartz;

namespace IntegrationConsole.Sync.Schedules;

[JsonConverter(typeof(JsonStringEnumConverter<ScheduleKind>))]
public enum ScheduleKind
{
    /// <summary>Runs only when somebody asks.</summary>
    Manual,

    /// <summary>Every so many minutes.</summary>
    Interval,

    /// <summary>By a crontab expression in the tenant's time zone.</summary>
    Cron,
}

/// <summary>When a sync runs by itself.</summary>
/// <param name="Minutes">For an interval: 1 to 10,080 (a week).</param>
/// <param name="Expression">For cron: the five fields of crontab(5).</param>
public sealed partial record Schedule(ScheduleKind Kind, int Minutes = 0, string Expression = "")
{
    public const int LongestMinutes = 7 * 24 * 60;
    private const int FewestLookedAt = 10;
    private static readonly TimeSpan LongestPattern = TimeSpan.FromDays(8);

    public static readonly Schedule Manual = new(ScheduleKind.Manual);

    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public string Check(TimeZoneInfo zone, DateTimeOffset now)
    {
        switch (Kind)
        {
            case ScheduleKind.Interval:
                return Minutes is >= 1 and <= LongestMinutes ? "" : $"Choose an interval from 1 to {LongestMinutes} minutes.";
            case ScheduleKind.Cron:
                if (Parse(zone) is not { } cron)
                {
                    return "Use the five fields of crontab: minute, hour, day of the month, month, day of the week. For example 30 6 * * 1-5 runs at 06:30 from Monday to Friday.";
                }

                return cron.GetNextValidTimeAfter(now) is null ? "This never comes: check the day and the month." : "";
            default:
                return "";
        }
    }

    /// <summary>The next times it falls due after a moment; fewer than asked where there are no more.</summary>
    public IReadOnlyList<DateTimeOffset> NextTimes(TimeZoneInfo zone, DateTimeOffset after, int count) => [.. Times(zone, after).Take(count)];

    /// <summary>How long it is promised to take from one run to the next, at most; null where nothing is promised.</summary>
    public TimeSpan? LongestGap(TimeZoneInfo zone, DateTimeOffset around)
    {
        if (Kind is ScheduleKind.Interval)
        {
            return TimeSpan.FromMinutes(Minutes);
        }

        TimeSpan? longest = null;
        DateTimeOffset? previous = null;
        var count = 0;
        foreach (var time in Times(zone, around))
        {
            var gap = time - previous;
            longest = longest is null || gap > longest ? gap : longest;
            previous = time;

            // Nights and weekends without a run are gaps that were promised too, however often it runs between them.
            if (++count >= FewestLookedAt && time - around > LongestPattern)
            {
                break;
            }
        }

        return longest;
    }

    /// <summary>In words, with what it does when the clocks change.</summary>
    public string Words(TimeZoneInfo zone) => Kind switch
    {
        ScheduleKind.Manual => "Only when somebody asks",
        ScheduleKind.Interval => Minutes switch
        {
            1 => "Every minute",
            _ when Minutes % (24 * 60) == 0 => Minutes == 24 * 60 ? "Every day" : $"Every {Minutes / (24 * 60)} days",
            _ when Minutes % 60 == 0 => Minutes == 60 ? "Every hour" : $"Every {Minutes / 60} hours",
            _ => $"Every {Minutes} minutes",
        },
        ScheduleKind.Cron => $"{Expression} in {zone.Id}",
    };

    /// <summary>What happens when clocks are put forward or back; empty where they never are or it does not matter.</summary>
    public string ClockChangeWords(TimeZoneInfo zone) => Kind switch
    {
        ScheduleKind.Manual => "",
        ScheduleKind.Interval => "Intervals are counted in elapsed time: clock changes do not matter.",
        ScheduleKind.Cron when !zone.SupportsDaylightSavingTime => $"{zone.Id} does not change its clocks.",
        ScheduleKind.Cron => "When clocks go forward, a time that is skipped runs once at the end of the gap. When they go back, a time that comes twice runs once, at the first; schedules of several times an hour run in both hours.",
    };

    internal DateTimeOffset? Next(TimeZoneInfo zone, DateTimeOffset after) => Times(zone, after).Select(time => (DateTimeOffset?)time).FirstOrDefault();

    /// <summary>All times after a moment; none while what was entered makes no sense yet.</summary>
    private IEnumerable<DateTimeOffset> Times(TimeZoneInfo zone, DateTimeOffset after)
    {
        if (Kind is ScheduleKind.Interval && Minutes is >= 1 and <= LongestMinutes)
        {
            // On a fixed raster of time, so that saving a sync does not shift it.
            var step = TimeSpan.FromMinutes(Minutes).Ticks;
            for (var ticks = ((after.UtcTicks / step) + 1) * step; ticks <= DateTimeOffset.MaxValue.Ticks; ticks += step)
            {
                yield return new DateTimeOffset(ticks, TimeSpan.Zero);
            }
        }
        else if (Kind is ScheduleKind.Cron && Parse(zone) is { } cron)
        {
            for (var next = cron.GetNextValidTimeAfter(after); next is { } time; next = cron.GetNextValidTimeAfter(time))
            {
                yield return time;
            }
        }
    }

    internal CronExpression? Parse(TimeZoneInfo zone)
    {
        // The scheduler takes half-written fields, such as a lone comma, and fails over them later.
        var fields = Expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5 || !fields.All(field => field.Split(',').All(item => CrontabItem().IsMatch(item))))
        {
            return null;
        }

        try
        {
            var cron = CronExpression.Parse(string.Join(' ', fields), CronFormat.Unix);
            return new CronExpression(cron.CronExpressionString, zone);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(\*|\w+(-\w+)?)(/[0-9]+)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex CrontabItem();

    public override string ToString() => Kind switch
    {
        ScheduleKind.Manual => "manual",
        ScheduleKind.Interval => string.Create(CultureInfo.InvariantCulture, $"every {Minutes} minutes"),
        ScheduleKind.Cron => Expression,
    };
}
