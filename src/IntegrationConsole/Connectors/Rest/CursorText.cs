using System.Globalization;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Writes a cursor the way a request wants it.</summary>
internal static class CursorText
{
    // In seconds, this is the year 5138; in milliseconds, 1973.
    private const decimal FirstMilliseconds = 100_000_000_000m;

    // The years 1 to 3938.
    private const decimal MostSeconds = 62_000_000_000m;

    /// <summary>What cannot be understood as a moment is written as the records have it.</summary>
    public static string Write(string cursor, CursorFormat format) => format is CursorFormat.AsIs || Moment(cursor) is not { } moment ? cursor : format switch
    {
        CursorFormat.Iso8601 => FieldText.TimestampText(moment),
        // Rounded down: what changed within the same second comes again, instead of never.
        CursorFormat.EpochSeconds => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        CursorFormat.EpochMilliseconds => moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        CursorFormat.AsIs => cursor,
    };

    /// <summary>ISO 8601, taken as UTC where it has no offset; or a number of seconds or milliseconds since 1970.</summary>
    public static DateTimeOffset? Moment(string text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            var seconds = Math.Abs(number) >= FirstMilliseconds ? number / 1_000 : number;
            return Math.Abs(seconds) < MostSeconds ? DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Floor(seconds * TimeSpan.TicksPerSecond)) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;
    }
}
