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

    /// <summary>Whether only its sixtieth second keeps the text from being a time.</summary>
    public static bool IsLeapSecond(string text) =>
        Form().Match(text) is { Success: true } match && match.Groups["second"].ValueSpan is "60"
        && TryParse(string.Concat(text.AsSpan(0, match.Groups["second"].Index), "59", text.AsSpan(match.Groups["second"].Index + 2)), out _);

    /// <summary>
    /// The form in which programs write instants (2026-01-31T13:30:00.25Z), straight from a record's bytes. What it does
    /// not take is for <see cref="TryParse"/> to judge; what it takes, that reads alike.
    /// </summary>
    public static bool TryUsual(ReadOnlySpan<byte> utf8, out DateTime instant)
    {
        instant = default;
        if (utf8.Length < 20 || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T' || utf8[13] != ':' || utf8[16] != ':')
        {
            return false;
        }

        var (century, yearOfCentury, month, day) = (Pair(utf8, 0), Pair(utf8, 2), Pair(utf8, 5), Pair(utf8, 8));
        var (hour, minute, second) = (Pair(utf8, 11), Pair(utf8, 14), Pair(utf8, 17));
        var year = (century * 100) + yearOfCentury;
        if ((century | yearOfCentury | month | day | hour | minute | second) < 0 || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59 || !TryFraction(utf8[19..], out var fraction, out var zone) || !TryOffset(zone, out var offset))
        {
            return false;
        }

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).Ticks + fraction - offset;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        instant = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> utf8, out long ticks, out ReadOnlySpan<byte> rest)
    {
        ticks = 0;
        rest = utf8;
        if (utf8[0] != '.')
        {
            return true;
        }

        var digits = 1;
        for (var weight = TimeSpan.TicksPerSecond / 10; weight > 0 && digits < utf8.Length && char.IsAsciiDigit((char)utf8[digits]); weight /= 10)
        {
            ticks += (utf8[digits++] - '0') * weight;
        }

        rest = utf8[digits..];
        return digits > 1;
    }

    private static bool TryOffset(ReadOnlySpan<byte> zone, out long ticks)
    {
        ticks = 0;
        if (zone is [(byte)'Z'])
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':')
        {
            return false;
        }

        var (hours, minutes) = (Pair(zone, 1), Pair(zone, 4));
        ticks = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute * (zone[0] == '-' ? -1 : 1);
        return hours is >= 0 and < 18 && minutes is >= 0 and <= 59;
    }

    /// <summary>Two digits as a number, or -1.</summary>
    private static int Pair(ReadOnlySpan<byte> utf8, int start)
    {
        var (tens, ones) = ((uint)utf8[start] - '0', (uint)utf8[start + 1] - '0');
        return tens > 9 || ones > 9 ? -1 : (int)((tens * 10) + ones);
    }

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})(?:[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,12}))?)?\s?(?<zone>[Zz]|[+-](?<offsetHour>[0-9]{2}):?(?<offsetMinute>[0-9]{2})?)?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
