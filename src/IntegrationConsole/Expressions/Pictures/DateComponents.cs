namespace IntegrationConsole.Expressions.Pictures;

/// <summary>
/// The components that were read from a text. What is larger than all of them comes from now, what is smaller begins at
/// its first value, and a gap between two of them is an error.
/// </summary>
internal sealed class DateComponents(Dictionary<char, double> found, DateTimeOffset now, int position)
{
    /// <summary>A day or time that does not exist is refused instead of carried over.</summary>
    public bool IsStrict { get; init; }

    public double ToMillis()
    {
        // A year and a day of it; hours of half a day; weeks, which say too little about the day.
        var isByDayOfYear = found.ContainsKey('d') && Only("Yd", "YXMxWwdD");
        if (found.ContainsKey('X') || found.ContainsKey('W') || found.ContainsKey('w') || found.ContainsKey('x'))
        {
            throw new ExpressionFailure("D3136", position);
        }

        var isByHalfDay = !Only("Hmsf", "PHhmsf") && Only("Phmsf", "PHhmsf");
        Complete((isByDayOfYear ? "Yd" : "YMD") + (isByHalfDay ? "Phmsf" : "Hmsf"));
        var day = isByDayOfYear
            ? CalendarDay.NumberOf(Year, 1, 1) + (long)found['d'] - 1
            : CalendarDay.NumberOf(Year, (long)Math.Max(found['M'], 1), (long)found['D']);
        var hour = isByHalfDay ? (found['h'] == 12 ? 0 : found['h']) + (found['P'] == 1 ? 12 : 0) : found['H'];
        if (IsStrict)
        {
            Check(isByDayOfYear, isByHalfDay);
        }

        var offset = found.TryGetValue('Z', out var zone) || found.TryGetValue('z', out zone) ? zone : 0;
        return day * CalendarDay.MillisecondsPerDay + ((hour * 60 + found['m'] - offset) * 60 + found['s']) * 1000 + found['f'];
    }

    private void Check(bool isByDayOfYear, bool isByHalfDay)
    {
        var isDay = isByDayOfYear
            ? found['d'] >= 1 && CalendarDay.OfNumber(CalendarDay.NumberOf(Year, 1, 1) + (long)found['d'] - 1).Year == Year
            : found['M'] is >= 1 and <= 12 && found['D'] is >= 1 and <= 31
                && CalendarDay.OfNumber(CalendarDay.NumberOf(Year, (long)found['M'], (long)found['D'])).Month == (int)found['M'];
        if (!isDay)
        {
            throw Refused("there is no such day.");
        }

        if (found['s'] == 60)
        {
            throw Refused("leap seconds cannot be stored.");
        }

        if (found['m'] > 59 || found['s'] > 59 || (isByHalfDay ? found['h'] is < 1 or > 12 : found['H'] > 23))
        {
            throw Refused("there is no such time.");
        }
    }

    private ExpressionFailure Refused(string why) => new("X1004", position, detail: $"The date cannot be read: {why}");

    /// <summary>Years of two digits are of the twentieth century, as in the language's reference.</summary>
    private long Year => (long)Math.Clamp(found['Y'] is >= 0 and < 100 ? found['Y'] + 1900 : found['Y'], -300_000, 300_000);

    /// <summary>Whether, of a group of components, only these were found, and at least one of them.</summary>
    private bool Only(string components, string group)
    {
        var present = group.Where(found.ContainsKey).ToList();
        return present.Count > 0 && present.TrueForAll(each => components.Contains(each));
    }

    private void Complete(string components)
    {
        var local = (double)now.ToUnixTimeMilliseconds();
        var hasStarted = false;
        var hasEnded = false;
        foreach (var component in components)
        {
            if (!found.ContainsKey(component))
            {
                hasEnded = hasStarted;
                found[component] = hasStarted ? ("MDd".Contains(component) ? 1 : 0) : Current(component, local);
            }
            else if (hasEnded)
            {
                throw new ExpressionFailure("D3136", position);
            }
            else
            {
                hasStarted = true;
            }
        }
    }

    private static double Current(char component, double local) =>
        component == 'P' ? DateFormatting.Fragment('H', local) / 12 : DateFormatting.Fragment(component, local);
}
