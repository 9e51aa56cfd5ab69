namespace IntegrationConsole.Expressions.Pictures;

/// <summary>
/// A day of the Gregorian calendar, before and after the years that the framework's dates reach: milliseconds since
/// 1970 go 270,000 years either way.
/// </summary>
internal readonly record struct CalendarDay(long Year, int Month, int Day)
{
    public const double MillisecondsPerDay = 86_400_000;

    public static CalendarDay OfNumber(long dayNumber)
    {
        // Counted in eras of 400 years that begin on the first of March.
        var shifted = dayNumber + 719_468;
        var era = (long)Math.Floor(shifted / 146_097d);
        var dayOfEra = shifted - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var month = (5 * dayOfYear + 2) / 153;
        var day = (int)(dayOfYear - (153 * month + 2) / 5 + 1);
        var civilMonth = (int)(month < 10 ? month + 3 : month - 9);
        return new CalendarDay(yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day);
    }

    /// <summary>Days since 1970. Months and days beyond their range carry over.</summary>
    public static long NumberOf(long year, long month, long day)
    {
        year += (long)Math.Floor((month - 1) / 12d);
        month = ((month - 1) % 12 + 12) % 12 + 1;
        var shifted = month <= 2 ? year - 1 : year;
        var era = (long)Math.Floor(shifted / 400d);
        var yearOfEra = shifted - era * 400;
        var dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468 + day - 1;
    }

    public long Number => NumberOf(Year, Month, Day);

    /// <summary>Monday is 1 and Sunday is 7.</summary>
    public int DayOfWeek => (int)(((Number + 3) % 7 + 7) % 7) + 1;

    public int DayOfYear => (int)(Number - NumberOf(Year, 1, 1)) + 1;

    /// <summary>The Thursday of its week, which decides the year and the month that the week belongs to.</summary>
    public CalendarDay Thursday => OfNumber(Number - DayOfWeek + 4);
}
