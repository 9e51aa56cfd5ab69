using System.Globalization;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Tenants;

/// <summary>
/// When people of a tenant work, in its zone: days of the week with hours, and days off. Written as they are read:
/// <c>Mon-Thu 08:00-18:00, Fri 08:00-14:00, not 2026-12-25</c>. Pure.
/// </summary>
public sealed partial class WorkingHours
{
    public const string Usual = "Mon-Fri 08:00-18:00";
    public const int Longest = 1_000;

    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private readonly List<(DayOfWeek Day, TimeSpan From, TimeSpan To)> _hours = [];
    private readonly HashSet<DateOnly> _off = [];

    private WorkingHours()
    {
    }

    /// <returns>Null where it cannot be read, or leaves no hour to work in.</returns>
    public static WorkingHours? Parse(string text)
    {
        var hours = new WorkingHours();
        return text.Length <= Longest && text.Split(',').All(part => hours.Add(part.Trim())) && hours._hours.Count > 0 ? hours : null;
    }

    /// <summary>What was kept before could always be read; what cannot is the usual.</summary>
    public static WorkingHours Of(string text) => Parse(text) ?? Parse(Usual)!;

    public bool Hold(DateTimeOffset now, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(now, zone);
        return !_off.Contains(DateOnly.FromDateTime(there.DateTime))
            && _hours.Any(hours => hours.Day == there.DayOfWeek && hours.From <= there.TimeOfDay && there.TimeOfDay < hours.To);
    }

    private bool Add(string part)
    {
        if (DayOff().Match(part) is { Success: true } off)
        {
            return DateOnly.TryParseExact(off.Groups[1].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && _off.Add(day);
        }

        if (Hours().Match(part) is not { Success: true } found || TimeOf(found.Groups[3].Value) is not { } from || TimeOf(found.Groups[4].Value) is not { } to || from >= to)
        {
            return false;
        }

        var (first, last) = (IndexOf(found.Groups[1].Value), found.Groups[2].Success ? IndexOf(found.Groups[2].Value) : IndexOf(found.Groups[1].Value));
        for (var day = first; day <= (last < first ? last + Days.Length : last); day++)
        {
            // Monday is the first here, and the second of the framework.
            _hours.Add(((DayOfWeek)((day + 1) % Days.Length), from, to));
        }

        return true;
    }

    private static int IndexOf(string day) => Array.FindIndex(Days, known => known.Equals(day, StringComparison.OrdinalIgnoreCase));

    /// <returns>Null where there is no such time; 24:00 is the end of the day.</returns>
    private static TimeSpan? TimeOf(string text) =>
        text == "24:00" ? TimeSpan.FromDays(1) : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan() : null;

    [GeneratedRegex(@"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? +(\d\d:\d\d)-(\d\d:\d\d)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hours();

    [GeneratedRegex(@"^not +(\d{4}-\d\d-\d\d)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DayOff();
}
