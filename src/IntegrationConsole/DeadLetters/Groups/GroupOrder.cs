using System.Globalization;
using System.Text;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>In which order groups are listed; those that are alike in it come the last failure first.</summary>
public sealed record GroupOrder
{
    public static readonly GroupOrder Impact = new() { Name = "-impact", Rank = "o.letters::bigint", Of = group => group.Open };

    private static readonly GroupOrder[] All =
    [
        Impact, Impact with { Name = "impact" },
        new() { Name = "-last_seen", Rank = "(extract(epoch from g.last_seen) * 1000000)::bigint", Of = group => Micros(group.LastSeen) },
        new() { Name = "last_seen", Rank = "(extract(epoch from g.last_seen) * 1000000)::bigint", Of = group => Micros(group.LastSeen) },
        new() { Name = "-first_seen", Rank = "(extract(epoch from g.first_seen) * 1000000)::bigint", Of = group => Micros(group.FirstSeen) },
        new() { Name = "first_seen", Rank = "(extract(epoch from g.first_seen) * 1000000)::bigint", Of = group => Micros(group.FirstSeen) },
    ];

    public static IReadOnlyList<string> Names => [.. All.Select(order => order.Name)];

    /// <summary>As it stands in an address: a minus before it where the greatest comes first.</summary>
    public required string Name { get; init; }

    /// <summary>By what, as a number.</summary>
    private string Rank { get; init; } = "";

    /// <summary>The same number of a group that was read.</summary>
    private Func<FailureGroup, long> Of { get; init; } = _ => 0;

    internal bool IsDescending => Name[0] == '-';

    internal string Sql => $"{Rank} {(IsDescending ? "desc" : "asc")}, g.last_seen desc, g.id";

    /// <summary>What comes behind a place.</summary>
    internal string Behind => $"({Rank} {(IsDescending ? "<" : ">")} @rank or ({Rank} = @rank and (g.last_seen < @seen or (g.last_seen = @seen and g.id > @id))))";

    public static GroupOrder Named(string name) => All.FirstOrDefault(order => order.Name == name) ?? Impact;

    internal GroupKeyset PlaceOf(FailureGroup group) => new(Of(group), group.LastSeen, group.Id);

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}

/// <summary>A place in the list of groups, in whatever order it stands.</summary>
public readonly record struct GroupKeyset(long Rank, DateTimeOffset Seen, Guid Id)
{
    public override string ToString() =>
        Convert.ToHexStringLower(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Rank:x}.{Seen.UtcTicks:x}.{Id:n}")));

    /// <summary>Reads a place from an address; null when somebody typed something else.</summary>
    public static GroupKeyset? Parse(string text)
    {
        if (text.Length > 200 || text.Length % 2 > 0 || !text.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        return Encoding.ASCII.GetString(Convert.FromHexString(text)).Split('.') is [var rank, var seen, var id]
            && long.TryParse(rank, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(seen, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParseExact(id, "n", out var group)
            ? new GroupKeyset(number, new DateTimeOffset(ticks, TimeSpan.Zero), group)
            : null;
    }
}
