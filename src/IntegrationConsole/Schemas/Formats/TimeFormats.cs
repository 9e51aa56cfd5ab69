namespace IntegrationConsole.Schemas.Formats;

/// <summary>Dates and times of RFC 3339, with the durations of its appendix.</summary>
internal static class TimeFormats
{
    public static bool IsDate(string text)
    {
        var cursor = new TextCursor(text);
        return Date(ref cursor) && cursor.IsAtEnd;
    }

    public static bool IsTime(string text)
    {
        var cursor = new TextCursor(text);
        return Time(ref cursor) && cursor.IsAtEnd;
    }

    public static bool IsDateTime(string text)
    {
        var cursor = new TextCursor(text);
        return Date(ref cursor) && cursor.Take('T', anyCase: true) && Time(ref cursor) && cursor.IsAtEnd;
    }

    /// <summary>Weeks alone, or years to seconds in order and without a gap, as the grammar nests them.</summary>
    public static bool IsDuration(string text)
    {
        var cursor = new TextCursor(text);
        if (!cursor.Take('P'))
        {
            return false;
        }

        var isTime = false;
        var last = -1;
        while (!cursor.IsAtEnd)
        {
            if (!isTime && cursor.Take('T'))
            {
                isTime = true;
                last = -1;
                continue;
            }

            if (cursor.SkipDigits() == 0)
            {
                return false;
            }

            var unit = cursor.Next;
            if (!isTime && unit == 'W')
            {
                return cursor.Take('W') && cursor.IsAtEnd && text.Count(char.IsAsciiLetter) == 2;
            }

            var place = (isTime ? "HMS" : "YMD").IndexOf(unit, StringComparison.Ordinal);
            if (place < 0 || (last >= 0 && place != last + 1))
            {
                return false;
            }

            last = place;
            cursor.Take(unit);
        }

        return last >= 0;
    }

    private static bool Date(ref TextCursor cursor) =>
        cursor.Digits(4) is { } year && cursor.Take('-')
        && cursor.Digits(2) is >= 1 and <= 12 and var month && cursor.Take('-')
        && cursor.Digits(2) is >= 1 and var day
        // The proleptic year 0 is a leap year, and the framework's calendar begins at 1.
        && day <= DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    private static bool Time(ref TextCursor cursor)
    {
        if (!(cursor.Digits(2) is <= 23 and var hour && cursor.Take(':')
            && cursor.Digits(2) is <= 59 and var minute && cursor.Take(':')
            && cursor.Digits(2) is <= 60 and var second
            && (!cursor.Take('.') || cursor.SkipDigits() > 0)
            && Offset(ref cursor) is { } offset))
        {
            return false;
        }

        // A leap second is the last of a day in UTC, whatever the clock on the wall says.
        return second < 60 || (((hour * 60) + minute - offset + 2_880) % 1_440) == 1_439;
    }

    /// <summary>Minutes east of UTC.</summary>
    private static int? Offset(ref TextCursor cursor)
    {
        if (cursor.Take('Z', anyCase: true))
        {
            return 0;
        }

        var isEast = cursor.Take('+');
        return (isEast || cursor.Take('-')) && cursor.Digits(2) is <= 23 and var hours && cursor.Take(':') && cursor.Digits(2) is <= 59 and var minutes
            ? ((hours * 60) + minutes) * (isEast ? 1 : -1)
            : null;
    }
}
