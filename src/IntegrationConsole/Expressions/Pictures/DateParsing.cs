using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Reads instants, from ISO 8601 and by pictures.</summary>
internal static partial class DateParsing
{
    /// <summary>Milliseconds since 1970 of an ISO 8601 timestamp; a time without a zone is UTC.</summary>
    public static double? ParseIso(string text)
    {
        var match = IsoForm().Match(text);
        if (!match.Success)
        {
            return null;
        }

        int Part(string name, int otherwise) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : otherwise;

        var (year, month, day) = (Part("Y", 0), Part("M", 1), Part("D", 1));
        var (hour, minute, second) = (Part("h", 0), Part("m", 0), Part("s", 0));
        var isEndOfDay = hour == 24 && minute == 0 && second == 0;
        if (month is < 1 or > 12 || day < 1 || CalendarDay.OfNumber(CalendarDay.NumberOf(year, month, day)).Month != month
            || (hour > 23 && !isEndOfDay) || minute > 59 || second > 59)
        {
            return null;
        }

        var fraction = match.Groups["f"].Success ? match.Groups["f"].Value.PadRight(3, '0')[..3] : "0";
        var offset = match.Groups["zh"].Success ? Part("zh", 0) * 60 + Part("zm", 0) : 0;
        offset = match.Groups["sign"].Value == "-" ? -offset : offset;
        return CalendarDay.NumberOf(year, month, day) * CalendarDay.MillisecondsPerDay
            + ((hour * 60 + minute - offset) * 60d + second) * 1000
            + int.Parse(fraction, CultureInfo.InvariantCulture);
    }

    /// <summary>Milliseconds since 1970 of a text in the form of a picture; null where it has another form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="picture">Its picture.</param>
    /// <param name="now">What the components to the left of those in the picture are taken from.</param>
    /// <param name="timeout">How long matching may take.</param>
    /// <param name="position">Where in the expression this is, for errors.</param>
    public static double? Parse(string text, string picture, DateTimeOffset now, TimeSpan timeout, int position) =>
        Find(text, picture, timeout, position, null) is { } found
        && new DateComponents(found, now, position).ToMillis() is var millis && Math.Abs(millis) <= 8.64e15
            ? millis
            : null;

    /// <summary>Reads as <see cref="Parse"/> does, with a culture's names, and refuses days and times that do not exist.</summary>
    public static (double Millis, bool HasZone)? ParseStrictly(string text, string picture, DateTimeOffset now, TimeSpan timeout, int position, CultureInfo culture)
    {
        if (Find(text, picture, timeout, position, culture) is not { } found)
        {
            return null;
        }

        var hasZone = found.ContainsKey('Z') || found.ContainsKey('z');
        return (new DateComponents(found, now, position) { IsStrict = true }.ToMillis(), hasZone);
    }

    private static Dictionary<char, double>? Find(string text, string picture, TimeSpan timeout, int position, CultureInfo? culture)
    {
        var parts = DatePicture.Read(picture, position);
        var pattern = new StringBuilder(@"\A");
        foreach (var part in parts)
        {
            pattern.Append('(').Append(Pattern(part, position)).Append(')');
        }

        Match match;
        try
        {
            match = Regex.Match(text, pattern + @"\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, timeout);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ExpressionFailure(ErrorCodes.RegexTime, position, value: picture);
        }

        if (!match.Success)
        {
            return null;
        }

        var found = new Dictionary<char, double>();
        for (var index = 0; index < parts.Count; index++)
        {
            if (parts[index].Literal is null && Value(parts[index], match.Groups[index + 1].Value, culture) is { } value)
            {
                found[parts[index].Component] = value;
            }
        }

        return found.Count == 0 ? null : found;
    }

    private static string Pattern(DatePart part, int position)
    {
        if (part.Literal is { } literal)
        {
            return Regex.Escape(literal);
        }

        if (part.Component is 'z' or 'Z')
        {
            var zone = part.Number?.Separator is { } separator ? $"[-+][0-9]+{Regex.Escape(separator.ToString())}[0-9]+" : "[-+][0-9]+";
            return (part.Component == 'z' ? "GMT" : "") + (part.IsTraditional ? $"(?:{zone}|Z)" : zone);
        }

        if (part.Number is { } number)
        {
            return number.Pattern();
        }

        return part.Component is 'M' or 'x' or 'F' or 'P' or 'C' or 'E'
            ? @"[\p{L}\p{M}]+\.?"
            : throw new ExpressionFailure("D3133", position, value: part.Component.ToString());
    }

    private static double? Value(DatePart part, string text, CultureInfo? culture)
    {
        switch (part.Component)
        {
            case 'z' or 'Z':
                return Zone(part, text);
            case 'P':
                return text.StartsWith("p", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            case 'C' or 'E':
                return null;
            case 'f' when part.Number is not null && double.TryParse(text.PadRight(3, '0')[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var millis):
                return millis;
        }

        if (part.Number is { } number)
        {
            return number.Parse(text);
        }

        if (culture is not null && culture != CultureInfo.InvariantCulture && Named(part, text, culture) is { } named)
        {
            return named;
        }

        var names = part.Component == 'F' ? DatePicture.Days[1..] : DatePicture.Months;
        var place = Array.FindIndex(names, name => Shortened(name, part).Equals(text, StringComparison.OrdinalIgnoreCase));
        return place < 0 ? null : place + 1;
    }

    /// <summary>A month or day by its full or short name in a culture, in the form that stands alone or the one that stands in a date.</summary>
    private static double? Named(DatePart part, string text, CultureInfo culture)
    {
        var format = culture.DateTimeFormat;
        string[][] forms = part.Component == 'F'
            ? [FromMonday(format.DayNames), FromMonday(format.AbbreviatedDayNames)]
            : [format.MonthNames, format.MonthGenitiveNames, format.AbbreviatedMonthNames, format.AbbreviatedMonthGenitiveNames];
        foreach (var names in forms)
        {
            var place = Array.FindIndex(names, name => name.Length > 0 && culture.CompareInfo.Compare(name.TrimEnd('.'), text.TrimEnd('.'), CompareOptions.IgnoreCase) == 0);
            if (place >= 0)
            {
                return place + 1;
            }
        }

        return null;

        static string[] FromMonday(string[] days) => [.. days[1..], days[0]];
    }

    private static string Shortened(string name, DatePart part) =>
        part.MaximumWidth is { } width && width < name.Length ? name[..width] : name;

    /// <summary>A zone as minutes east of UTC.</summary>
    private static double Zone(DatePart part, string text)
    {
        var zone = part.Component == 'z' ? text[3..] : text;
        if (zone is "Z" or "z")
        {
            return 0;
        }

        var digits = zone[1..];
        var at = part.Number?.Separator is { } separator ? digits.IndexOf(separator) : -1;
        var (hours, minutes) = at >= 0 ? (digits[..at], digits[(at + 1)..])
            : digits.Length <= 2 ? (digits, "0")
            : (digits[..2], digits[2..]);
        var offset = double.Parse(hours, CultureInfo.InvariantCulture) * 60 + double.Parse(minutes, CultureInfo.InvariantCulture);
        return zone[0] == '-' ? -offset : offset;
    }

    [GeneratedRegex(@"\A(?<Y>[0-9]{4})(-(?<M>[01][0-9])(-(?<D>[0-3][0-9]))?)?(T(?<h>[0-2][0-9]):(?<m>[0-5][0-9]):(?<s>[0-5][0-9])(\.(?<f>[0-9]+))?)?((?<sign>[-+])(?<zh>[0-2][0-9]):?(?<zm>[0-5][0-9])|Z)?\z")]
    private static partial Regex IsoForm();
}
