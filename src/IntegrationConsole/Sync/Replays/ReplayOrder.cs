using System.Globalization;

namespace IntegrationConsole.Sync.Replays;

/// <summary>In which order replays are listed; those that are alike in it come the newest first.</summary>
public sealed record ReplayOrder
{
    public static readonly ReplayOrder Newest = new() { Name = "-asked", Words = "the newest first" };

    public static readonly IReadOnlyList<ReplayOrder> All =
    [
        Newest, new() { Name = "asked", Words = "the oldest first" },
        new() { Name = "-left", Words = "most letters left first", Rank = "($.total - $.delivered - $.failed - $.skipped)::bigint", Of = replay => replay.Left },
        new() { Name = "-failed", Words = "most failed again first", Rank = "$.failed::bigint", Of = replay => replay.Failed },
        new() { Name = "-letters", Words = "the largest first", Rank = "$.total::bigint", Of = replay => replay.Total },
    ];

    /// <summary>As it stands in an address: a minus before it where the greatest comes first.</summary>
    public required string Name { get; init; }

    public required string Words { get; init; }

    /// <summary>By what, as a number of row <c>$</c>; null for time alone.</summary>
    private string? Rank { get; init; }

    /// <summary>The same number of a replay that was read.</summary>
    private Func<Replay, long> Of { get; init; } = _ => 0;

    public static ReplayOrder Named(string name) => All.FirstOrDefault(order => order.Name == name) ?? Newest;

    internal string Sql(string row) => Rank is null ? $"{row}.requested_at {Direction}, {row}.id {Direction}" : $"{RankOf(row)} desc, {row}.requested_at desc, {row}.id desc";

    /// <summary>What comes behind a place.</summary>
    internal string Behind(string row) => Rank is null ? $"({row}.requested_at, {row}.id) {(IsDescending ? "<" : ">")} (@at, @id)" : $"({RankOf(row)}, {row}.requested_at, {row}.id) < (@rank, @at, @id)";

    internal ReplayPlace PlaceOf(Replay replay) => new(Of(replay), new Keyset(replay.RequestedAt, replay.Id));

    private bool IsDescending => Name[0] == '-';

    private string Direction => IsDescending ? "desc" : "asc";

    private string RankOf(string row) => Rank!.Replace("$", row, StringComparison.Ordinal);
}

/// <summary>A place in the list of replays, in whatever order it stands.</summary>
public readonly record struct ReplayPlace(long Rank, Keyset At)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rank}.{At}");

    /// <summary>Reads a place from an address; null when somebody typed something else.</summary>
    public static ReplayPlace? Parse(string text) =>
        text.Split('.') is [var rank, var at] && long.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Keyset.Parse(at) is { } place ? new ReplayPlace(number, place) : null;
}
