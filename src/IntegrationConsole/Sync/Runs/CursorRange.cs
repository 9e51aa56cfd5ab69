using System.Globalization;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Sync.Runs;

/// <summary>The cursor values between which a backfill reads.</summary>
/// <param name="To">Not included.</param>
public sealed record CursorRange(string From, string To)
{
    private static readonly string[] Days = ["yyyy-MM-dd"];
    private static readonly string[] Times = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    /// <summary>Times without what is nothing but zeros.</summary>
    public string Words => $"from {Short(From)} to before {Short(To)}";

    /// <summary>Reads what a person typed: two days, of which the last belongs to it, two times, or two numbers.</summary>
    /// <param name="zone">In which days and times without an offset are meant.</param>
    /// <returns>The range, or a sentence for each field that is wrong.</returns>
    public static (CursorRange? Range, string FromProblem, string ToProblem) Parse(string from, string to, TimeZoneInfo zone)
    {
        var (first, last) = (Read(from, zone, isEnd: false), Read(to, zone, isEnd: true));
        if (first.Problem.Length > 0 || last.Problem.Length > 0)
        {
            return (null, first.Problem, last.Problem);
        }

        if (first.Number is null != last.Number is null)
        {
            return (null, "", "One is a number and the other a time: both must be of the cursor's kind.");
        }

        var isAhead = first.Number is { } number ? number < last.Number : first.Moment < last.Moment;
        return isAhead ? (new CursorRange(first.Text, last.Text), "", "") : (null, "", "The end must lie behind the beginning.");
    }

    /// <summary>Cuts it into ranges that follow each other without a gap.</summary>
    /// <returns>Fewer than wanted where it is too short for so many; itself where it cannot be cut.</returns>
    public IReadOnlyList<CursorRange> Cut(int parts)
    {
        string Bound(int part) => part == 0 ? From : part == parts ? To : Between(part, parts);
        var bounds = Enumerable.Range(0, parts + 1).Select(Bound).Distinct().ToList();
        return [.. bounds.Zip(bounds.Skip(1), (from, to) => new CursorRange(from, to))];
    }

    /// <summary>The value where a part begins; the beginning itself where it is neither numbers nor times.</summary>
    private string Between(int part, int parts)
    {
        if (decimal.TryParse(From, CultureInfo.InvariantCulture, out var least) && decimal.TryParse(To, CultureInfo.InvariantCulture, out var most))
        {
            var value = Math.Floor(least + ((most - least) * part / parts));
            return value > least ? value.ToString(CultureInfo.InvariantCulture) : From;
        }

        if (!DateTimeOffset.TryParse(From, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var first)
            || !DateTimeOffset.TryParse(To, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var last))
        {
            return From;
        }

        var seconds = Math.Floor((decimal)(last - first).TotalSeconds * part / parts);
        return seconds > 0 ? FieldText.TimestampText(first.ToUniversalTime().AddSeconds((double)seconds)) : From;
    }

    private static string Short(string value) => value.Replace("T00:00:00Z", "", StringComparison.Ordinal).Replace(":00:00Z", ":00Z", StringComparison.Ordinal).Replace('T', ' ');

    private static Entered Read(string text, TimeZoneInfo zone, bool isEnd)
    {
        text = text.Trim();
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return new Entered(number.ToString(CultureInfo.InvariantCulture), number, null, "");
        }

        if (DateTime.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9999)
        {
            return InZone(isEnd ? day.AddDays(1) : day, zone);
        }

        if (DateTime.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Year is > 1 and < 9999)
        {
            return InZone(time, zone);
        }

        return new Entered("", null, null, text.Length == 0 ? "Enter a day, a time or a number." : "Write a day such as 2026-01-31, a time such as 2026-01-31 08:00, or a number where the cursor is one.");
    }

    private static Entered InZone(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            return new Entered("", null, null, $"There is no such time in {zone.Id}: the clocks go forward over it.");
        }

        var moment = new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(local, zone), TimeSpan.Zero);
        return new Entered(FieldText.TimestampText(moment), null, moment, "");
    }

    private sealed record Entered(string Text, decimal? Number, DateTimeOffset? Moment, string Problem);
}
