using System.Globalization;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Reads the timestamps of RFC 3339 and the common looser forms of ISO 8601: a blank in place of the T, no seconds, an
/// offset without colon, no offset at all (then the time is local to whatever zone the reader assumes).
/// </summary>
internal static partial class IsoTime
{
    /// <summary>UTC where the text carries an offset, otherwise unspecified.</summary>
    public static bool TryParse(string text, out DateTime time)
    {
        time = default;
        var match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }

        int Part(string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        var (hour, minute, second) = (Part("hour"), Part("minute"), Part("second"));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || Part("offsetMinute") > 59)
        {
            return false;
        }

        var fraction = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified)
            .AddTicks(int.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture));
        if (!match.Groups["zone"].Success)
        {
            return true;
        }

        var zone = match.Groups["zone"].Value;
        var offset = TimeSpan.Zero;
        if (zone is not ("Z" or "z"))
        {
            offset = new TimeSpan(Part("offsetHour"), Part("offsetMinute"), 0) * (zone[0] == '-' ? -1 : 1);
        }

        var ticks = time.Ticks - offset.Ticks;
        if (offset.Duration() > TimeSpan.FromHours(18) || ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})(?:[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,12}))?)?\s?(?<zone>[Zz]|[+-](?<offsetHour>[0-9]{2}):?(?<offsetMinute>[0-9]{2})?)?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
