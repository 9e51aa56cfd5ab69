using System.Globalization;

namespace IntegrationConsole.Controls;

/// <summary>The time zone in which the person before the screen reads times.</summary>
public sealed record ReaderZone(TimeZoneInfo Zone)
{
    public static readonly ReaderZone Utc = new(TimeZoneInfo.Utc);

    public static ReaderZone Of(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? new ReaderZone(zone) : Utc;

    /// <summary>When a day begins; where the clocks are put forward at midnight, when they are.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight));
    }

    /// <summary>Day and time, without the year.</summary>
    public string Short(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMM HH:mm:ss", CultureInfo.InvariantCulture);

    public string Minute(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMM HH:mm", CultureInfo.InvariantCulture);

    /// <summary>When a step of a chart begins: to the second where steps are shorter than a minute.</summary>
    public string Begin(DateTimeOffset at, TimeSpan step) => step < TimeSpan.FromMinutes(1) ? Short(at) : Minute(at);

    /// <summary>The same on a chart's axis, where there is little room.</summary>
    public string Tick(DateTimeOffset at, TimeSpan step, TimeSpan range) =>
        TimeZoneInfo.ConvertTime(at, Zone).ToString(range > TimeSpan.FromDays(2) ? "d MMM" : step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : "HH:mm", CultureInfo.InvariantCulture);

    public string Full(DateTimeOffset at) =>
        $"{TimeZoneInfo.ConvertTime(at, Zone).ToString("ddd d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} {Zone.Id} ({at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC)";
}
