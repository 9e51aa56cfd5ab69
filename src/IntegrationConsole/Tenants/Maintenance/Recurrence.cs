using System.Globalization;

namespace IntegrationConsole.Tenants.Maintenance;

/// <summary>How often a maintenance comes round.</summary>
public enum Repeats
{
    Once,
    Daily,

    /// <summary>On some days of the week.</summary>
    Weekly,

    /// <summary>On one weekday of the month, such as the third Tuesday.</summary>
    Monthly,
}

/// <summary>One stretch of time.</summary>
public sealed record TimeSlot(DateTimeOffset From, DateTimeOffset To)
{
    public bool Overlaps(TimeSlot other) => From < other.To && other.From < To;
}

/// <summary>When a maintenance takes place, told in the tenant's time zone. Pure.</summary>
/// <param name="First">The first day on which it may.</param>
/// <param name="At">The time of day at which it begins.</param>
/// <param name="Minutes">How long it lasts.</param>
/// <param name="Days">On which days of the week, for a weekly one; the first of them for a monthly one.</param>
/// <param name="Nth">The how manieth such day of a month, from 1; 5 is the last one.</param>
/// <param name="Until">The last day on which it may begin; null for no end.</param>
public sealed record Recurrence(Repeats Repeats, DateOnly First, TimeOnly At, int Minutes, IReadOnlyList<DayOfWeek> Days, int Nth = 0, DateOnly? Until = null)
{
    public const int LongestMinutes = 7 * 24 * 60;
    public const int Last = 5;

    /// <summary>Its times that end after one moment and begin before another one.</summary>
    public IEnumerable<TimeSlot> Between(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        var length = TimeSpan.FromMinutes(Minutes);
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from - length, zone).Date).AddDays(-1);
        day = day < First ? First : day;
        var end = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(to, zone).Date);
        end = Repeats is Repeats.Once ? First : Until < end ? Until.Value : end;
        for (; day <= end; day = day.AddDays(1))
        {
            if (Falls(day) && Start(day, zone) is var start && start < to && start + length > from)
            {
                yield return new TimeSlot(start, start + length);
            }
        }
    }

    /// <summary>Such as "the third Tuesday of each month, 22:00 for 2 hours".</summary>
    public string Words
    {
        get
        {
            var when = Repeats switch
            {
                Repeats.Once => First.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
                Repeats.Daily => "daily",
                Repeats.Weekly => $"each {string.Join(", ", Days)}",
                Repeats.Monthly => $"the {NthWords} {Days[0]} of each month",
            };
            return $"{when}, {At:HH\\:mm} for {LengthWords}{(Until is { } until ? $", until {until.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}" : "")}";
        }
    }

    private string NthWords => Nth switch { 1 => "first", 2 => "second", 3 => "third", 4 => "fourth", _ => "last" };

    private string LengthWords => Minutes % 60 == 0 ? Count(Minutes / 60, "hour") : Minutes < 60 ? Count(Minutes, "minute") : $"{Minutes / 60} h {Minutes % 60} min";

    private bool Falls(DateOnly day) => Repeats switch
    {
        Repeats.Once => day == First,
        Repeats.Daily => true,
        Repeats.Weekly => Days.Contains(day.DayOfWeek),
        Repeats.Monthly => day.DayOfWeek == Days[0] && (Nth == Last ? day.AddDays(7).Month != day.Month : (day.Day + 6) / 7 == Nth),
    };

    /// <summary>A time of day that the clocks skip comes as much later as they skip; one that comes twice is meant the first time.</summary>
    private DateTimeOffset Start(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(At);
        if (zone.IsInvalidTime(local))
        {
            var before = zone.GetUtcOffset(local.AddHours(-3));
            return new DateTimeOffset(local, before).ToUniversalTime();
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static string Count(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
