using System.Globalization;
using System.Text.RegularExpressions;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>How far before its cursor an incremental read begins: what arrives late, with an older cursor value, is met that way.</summary>
/// <param name="Time">For cursors that are times; null for a number.</param>
/// <param name="Number">For cursors that are numbers; null for a time.</param>
public sealed partial record LookBack(TimeSpan? Time, decimal? Number)
{
    // Between these a number is taken for seconds since 1970 (from 2001 on), above for milliseconds; a smaller one counts something else.
    private const decimal FirstSeconds = 1_000_000_000m;
    private const decimal FirstMilliseconds = 1_000_000_000_000m;
    private const decimal LastMilliseconds = 100_000_000_000_000m;

    public static bool TryParse(string text, out LookBack lookBack)
    {
        lookBack = new LookBack(null, null);
        var match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var number = int.Parse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture);
        lookBack = match.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "" => new LookBack(null, number),
            "second" => new LookBack(TimeSpan.FromSeconds(number), null),
            "minute" => new LookBack(TimeSpan.FromMinutes(number), null),
            "hour" => new LookBack(TimeSpan.FromHours(number), null),
            "week" => new LookBack(TimeSpan.FromDays(7 * (double)number), null),
            _ => new LookBack(TimeSpan.FromDays(number), null),
        };
        return number > 0;
    }

    /// <returns>The value from which to read; null where the cursor is not of this kind.</returns>
    public string? Before(string cursor)
    {
        if (decimal.TryParse(cursor, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return Step(number) is { } step ? (number - step).ToString(CultureInfo.InvariantCulture) : null;
        }

        return Time is { } time && Moment(cursor) is { } moment
            ? FieldText.TimestampText(moment - DateTimeOffset.MinValue > time ? moment - time : DateTimeOffset.MinValue)
            : null;
    }

    /// <summary>By how much a cursor that is a number is set back.</summary>
    private decimal? Step(decimal cursor) =>
        Time is not { } time ? Number
        : cursor is >= FirstSeconds and < FirstSeconds * 100 ? (decimal)time.TotalSeconds
        : cursor is >= FirstMilliseconds and < LastMilliseconds ? (decimal)time.TotalMilliseconds
        : null;

    /// <summary>As the sources write it; a folder's cursor has the name of a file behind its time.</summary>
    private static DateTimeOffset? Moment(string cursor)
    {
        foreach (var text in (string[])[cursor, cursor.Split(' ')[0]])
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            {
                return moment;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\s*(?<number>[0-9]{1,6})\s*(?:(?<unit>second|minute|hour|day|week)s?)?\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
