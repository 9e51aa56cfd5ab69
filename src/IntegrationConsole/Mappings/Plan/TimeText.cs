using System.Globalization;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Reads dates and times the way a rule says. The machine's own clock and zone play no part: a text without a year is
/// not a date, and a time without an offset belongs to the rule's zone. There a time that does not exist is refused, and
/// one that exists twice is taken as the first.
/// </summary>
internal sealed class TimeText(string format, CultureInfo culture, TimeZoneInfo zone)
{
    private const DateTimeStyles Styles = DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;

    private readonly bool _isInternational = culture.Equals(CultureInfo.InvariantCulture);

    /// <summary>Whether the format names the year; parsing would make it up from the machine's clock otherwise.</summary>
    /// <exception cref="FormatException">This is not a format at all.</exception>
    public static bool HasYear(string format, CultureInfo culture)
    {
        var probe = new DateTime(1987, 6, 25, 13, 47, 59, DateTimeKind.Unspecified);
        return DateTime.TryParseExact(probe.ToString(format, culture), format, culture, Styles, out var read) && read.Year == probe.Year;
    }

    /// <returns>Empty when it worked, otherwise what the text is not.</returns>
    public string Date(string text, out DateOnly date)
    {
        // The clock time of a local moment does not matter, whether it exists in the zone or not.
        var problem = Moment(text.Trim(), "date", "2026-01-31", out var moment);
        date = DateOnly.FromDateTime(moment.Kind is DateTimeKind.Utc ? TimeZoneInfo.ConvertTime(new DateTimeOffset(moment), zone).DateTime : moment);
        return problem;
    }

    /// <returns>Empty when it worked, otherwise what the text is not.</returns>
    public string Instant(string text, out DateTimeOffset instant)
    {
        var problem = Moment(text.Trim(), "time", "2026-01-31T13:30:00Z", out var moment);
        if (problem.Length == 0 && moment.Kind is not DateTimeKind.Utc)
        {
            problem = InZone(moment, out moment);
        }

        instant = new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc));
        return problem;
    }

    /// <summary>The usual case without making a string.</summary>
    /// <returns>False where <see cref="Instant"/> has to look.</returns>
    public bool TryPlainInstant(ReadOnlySpan<byte> plain, out DateTimeOffset instant)
    {
        var isUsual = IsoTime.TryUsual(plain, out var moment);
        instant = new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc));
        return isUsual && format.Length == 0;
    }

    /// <summary>UTC where the text says an offset, otherwise unspecified.</summary>
    private string Moment(string text, string what, string example, out DateTime moment)
    {
        if (format is "unix" or "unixms")
        {
            return Epoch(text, out moment);
        }

        if (!_isInternational)
        {
            text = ScriptDigits.ToAscii(text);
        }

        if (format.Length > 0)
        {
            return DateTime.TryParseExact(text, format, culture, Styles, out moment) ? "" : $"not a {what} in the form {format}";
        }

        if (IsoTime.TryParse(text, out moment))
        {
            return "";
        }

        if (IsoTime.IsLeapSecond(text))
        {
            return "a leap second, which clocks and databases do not have: the source should send 59.999 or the next second";
        }

        if (_isInternational)
        {
            return $"not a {what} in the form {example}; set a format or a culture";
        }

        return DateTime.TryParse(text, culture, Styles, out moment) && NamesItsYear(text) ? "" : $"not a {what} as this culture writes it";
    }

    /// <summary>A text that is still a date with one more year behind it had none: the parser took the present one.</summary>
    private bool NamesItsYear(string text) => DateTime.TryParse(text, culture, Styles, out var read) && read.Year > 1 && !DateTime.TryParse($"{text} 1987", culture, Styles, out _);

    private string InZone(DateTime local, out DateTime utc)
    {
        utc = default;
        if (zone.IsInvalidTime(local))
        {
            return $"a time that does not exist in {zone.Id}: clocks were put forward then";
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var ticks = local.Ticks - offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return "outside the range of times";
        }

        utc = new DateTime(ticks, DateTimeKind.Utc);
        return "";
    }

    private string Epoch(string text, out DateTime moment)
    {
        moment = default;
        var isMilliseconds = format == "unixms";
        var reading = NumberText.International.Read(text, out var number);
        if (reading is NumberReading.NotANumber)
        {
            return $"not a number of {(isMilliseconds ? "milliseconds" : "seconds")}";
        }

        var seconds = isMilliseconds ? number / 1000 : number;
        if (reading is NumberReading.OutOfRange || seconds is < -62_135_596_800m or >= 253_402_300_800m)
        {
            return "outside the range of times";
        }

        moment = DateTime.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return "";
    }
}
