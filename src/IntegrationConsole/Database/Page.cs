using System.Globalization;
using System.Text;

namespace IntegrationConsole.Database;

/// <summary>One screenful of a long list, and the key after which the next one starts (null at the end).</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Makes a page of a query that asked for one row more than fits.</summary>
    public static Page<T> Of(IReadOnlyList<T> rows, int size, Func<T, Keyset> key) =>
        rows.Count > size
            ? new([.. rows.Take(size)], key(rows[size - 1]).ToString())
            : new(rows, null);
}

/// <summary>
/// A place in a list that is sorted by time and then by id, newest first. Survives rows that come and go, and costs
/// the same on page one thousand as on page one.
/// </summary>
public readonly record struct Keyset(DateTimeOffset At, Guid Id)
{
    public override string ToString() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks:x}.{Id:n}")))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Reads a key from a URL; null when somebody typed something else.</summary>
    public static Keyset? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 100)
        {
            return null;
        }

        var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
        Span<byte> bytes = stackalloc byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            return null;
        }

        var parts = Encoding.ASCII.GetString(bytes[..length]).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParseExact(parts[1], "n", out var id)
            ? new Keyset(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;
    }
}
