using System.Globalization;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>
/// Moments inside a reason. A reason is kept for as long as nothing changes, and read by people in several zones: so it
/// holds the moment itself, which becomes "3 min ago" or "10:36" when somebody reads it.
/// </summary>
public static partial class Moment
{
    private const string Format = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>Read as "3 min ago".</summary>
    public static string Ago(DateTimeOffset at) => $"{{ago {at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}}}";

    /// <summary>Read as "10:36", with the day where it is another one.</summary>
    public static string Time(DateTimeOffset at) => $"{{time {at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}}}";

    /// <summary>The reason as somebody in a zone reads it now.</summary>
    /// <param name="reason">With its moments.</param>
    /// <param name="zone">In which times of day are told.</param>
    /// <param name="now">From which "ago" counts.</param>
    /// <param name="namesZone">Says which zone it is: for readers who may be in another.</param>
    public static string InWords(string reason, TimeZoneInfo zone, DateTimeOffset now, bool namesZone = false) => Marks().Replace(reason, mark =>
    {
        if (!DateTimeOffset.TryParseExact(mark.Groups[2].ValueSpan, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return mark.Value;
        }

        return mark.Groups[1].ValueSpan is "ago" ? AgoWords(now - at) : TimeWords(at, zone, now) + (namesZone ? $" ({zone.Id})" : "");
    });

    /// <summary>How long something takes, such as "30 minutes".</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 90 } => Count((int)Math.Ceiling(span.TotalMinutes), "minute"),
        { TotalHours: < 48 } => Count((int)Math.Ceiling(span.TotalHours), "hour"),
        _ => Count((int)Math.Ceiling(span.TotalDays), "day"),
    };

    private static string AgoWords(TimeSpan ago) => ago switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } => $"{(int)ago.TotalMinutes} min ago",
        { TotalHours: < 48 } => $"{(int)ago.TotalHours} h ago",
        _ => $"{(int)ago.TotalDays} days ago",
    };

    private static string TimeWords(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var there = TimeZoneInfo.ConvertTime(at, zone);
        var today = TimeZoneInfo.ConvertTime(now, zone);
        var format = there.Date == today.Date ? "HH:mm" : there.Year == today.Year ? "d MMM, HH:mm" : "d MMM yyyy, HH:mm";
        return there.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Count(int count, string unit) => count == 1 ? $"1 {unit}" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {unit}s");

    [GeneratedRegex(@"\{(ago|time) ([0-9TZ:-]{20})\}")]
    private static partial Regex Marks();
}
