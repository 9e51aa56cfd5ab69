using System.Globalization;
using System.Text;

namespace IntegrationConsole.Database;

/// <summary>A place in a list that is sorted by a number, and where that is alike by time and then by id.</summary>
public readonly record struct RankedKeyset(long Rank, DateTimeOffset At, Guid Id)
{
    public override string ToString() =>
        Convert.ToHexStringLower(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Rank:x}.{At.UtcTicks:x}.{Id:n}")));

    /// <summary>Reads a place from an address; null when somebody typed something else.</summary>
    public static RankedKeyset? Parse(string text)
    {
        if (text.Length > 200 || text.Length % 2 > 0 || !text.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        return Encoding.ASCII.GetString(Convert.FromHexString(text)).Split('.') is [var rank, var at, var id]
            && long.TryParse(rank, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(at, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParseExact(id, "n", out var row)
            ? new RankedKeyset(number, new DateTimeOffset(ticks, TimeSpan.Zero), row)
            : null;
    }
}
