using System.Globalization;
using System.Text;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Writes an instant by a picture.</summary>
internal static class DateFormatting
{
    /// <summary>ISO 8601, which is the format without a picture.</summary>
    private const string Iso = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

    /// <param name="millis">Milliseconds since 1970.</param>
    /// <param name="picture">The picture, or null for ISO 8601.</param>
    /// <param name="offset">The time zone as minutes east of UTC.</param>
    /// <param name="position">Where in the expression this is, for errors.</param>
    public static string Format(double millis, string? picture, int offset, int position)
    {
        var local = Math.Truncate(millis + offset * 60_000d);
        if (!(Math.Abs(local) <= 8.64e15))
        {
            throw new ExpressionFailure("D3110", position, value: millis.ToString("R", CultureInfo.InvariantCulture));
        }

        var result = new StringBuilder();
        foreach (var part in DatePicture.Read(picture ?? Iso, position))
        {
            result.Append(part.Literal ?? Component(part, local, offset, position));
        }

        return result.ToString();
    }

    private static string Component(DatePart part, double local, int offset, int position)
    {
        switch (part.Component)
        {
            case 'C' or 'E':
                return "ISO";
            case 'P':
                var half = Fragment('H', local) < 12 ? "am" : "pm";
                return part.Names == LetterCase.Upper ? half.ToUpperInvariant() : half;
            case 'z' or 'Z':
                return Zone(part, offset, position);
        }

        var value = Fragment(part.Component, local);
        if (part.Names is { } letters)
        {
            return Name(part, letters, value, position);
        }

        if (part.YearDigits is { } digits && digits < 16)
        {
            value %= (long)Math.Pow(10, digits);
        }

        return part.Number!.Format(value);
    }

    private static string Name(DatePart part, LetterCase letters, long value, int position)
    {
        var name = part.Component switch
        {
            'M' or 'x' => DatePicture.Months[value - 1],
            'F' => DatePicture.Days[value],
            _ => throw new ExpressionFailure("D3133", position, value: part.Component.ToString()),
        };
        if (part.MaximumWidth is { } width && name.Length > width)
        {
            name = name[..width];
        }

        return letters switch
        {
            LetterCase.Upper => name.ToUpperInvariant(),
            LetterCase.Lower => name.ToLowerInvariant(),
            _ => name,
        };
    }

    private static string Zone(DatePart part, int offset, int position)
    {
        if (offset == 0 && part.IsTraditional)
        {
            return "Z";
        }

        if (part.Number is not { } number)
        {
            throw new ExpressionFailure("D3134", position, value: part.Component.ToString());
        }

        var (hours, minutes) = (Math.Abs(offset) / 60, Math.Abs(offset) % 60);
        var digits = number.MandatoryDigits;
        var text = number.HasRegularGroups || digits is 3 or 4
            ? number.Format(hours * 100 + minutes)
            : digits is 1 or 2
                ? number.Format(hours) + (minutes == 0 ? "" : ":" + minutes.ToString("00", CultureInfo.InvariantCulture))
                : throw new ExpressionFailure("D3134", position, value: digits.ToString(CultureInfo.InvariantCulture));
        return (part.Component == 'z' ? "GMT" : "") + (offset < 0 ? "-" : "+") + text;
    }

    /// <summary>One component of a local time.</summary>
    public static long Fragment(char component, double local)
    {
        var number = (long)Math.Floor(local / CalendarDay.MillisecondsPerDay);
        var millis = (long)(local - number * CalendarDay.MillisecondsPerDay);
        var day = CalendarDay.OfNumber(number);
        return component switch
        {
            'Y' => day.Year,
            'M' => day.Month,
            'D' => day.Day,
            'd' => day.DayOfYear,
            'F' => day.DayOfWeek,
            'W' => (day.Thursday.DayOfYear + 6) / 7,
            'w' => (day.Thursday.Day + 6) / 7,
            'X' => day.Thursday.Year,
            'x' => day.Thursday.Month,
            'H' => millis / 3_600_000,
            'h' => (millis / 3_600_000 + 11) % 12 + 1,
            'm' => millis / 60_000 % 60,
            's' => millis / 1000 % 60,
            _ => millis % 1000,
        };
    }
}
