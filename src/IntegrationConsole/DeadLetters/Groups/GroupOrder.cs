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

    internal RankedKeyset PlaceOf(FailureGroup group) => new(Of(group), group.LastSeen, group.Id);

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
