namespace IntegrationConsole.Sync.Runs;

/// <summary>In which order runs are listed; those that are alike in it come the newest first.</summary>
public sealed record RunOrder
{
    public static readonly RunOrder Newest = new() { Name = "-queued" };
    public static readonly RunOrder Oldest = new() { Name = "queued" };

    private static readonly RunOrder Took = new()
    {
        Name = "-took", Rank = "coalesce(extract(epoch from coalesce(x.finished_at, @now) - x.started_at) * 1000, -1)::bigint",
        Of = (run, now) => run.StartedAt is { } started ? (long)Math.Round(((run.FinishedAt ?? now) - started).TotalMilliseconds) : -1,
    };

    private static readonly RunOrder Read = new() { Name = "-read", Rank = "x.records_read", Of = (run, _) => run.RecordsRead };
    private static readonly RunOrder Dead = new() { Name = "-dead", Rank = "(x.rejected + x.failed + x.unknown)", Of = (run, _) => run.Counts.SetAside };

    private static readonly RunOrder[] All = [Newest, Oldest, Took, Took with { Name = "took" }, Read, Read with { Name = "read" }, Dead, Dead with { Name = "dead" }];

    public static IReadOnlyList<string> Names => [.. All.Select(order => order.Name)];

    /// <summary>As it stands in an address: a minus before it where the greatest comes first.</summary>
    public required string Name { get; init; }

    public bool IsNewest => Name == Newest.Name;

    /// <summary>By a figure and not by time: no index knows it, so only the newest are put in order.</summary>
    public bool IsByFigure => Rank is not null;

    /// <summary>By what, as a number; null for the time alone.</summary>
    internal string? Rank { get; private init; }

    private Func<Run, DateTimeOffset, long> Of { get; init; } = (_, _) => 0;

    internal bool IsDescending => Name[0] == '-';

    public static RunOrder Named(string name) => All.FirstOrDefault(order => order.Name == name) ?? Newest;

    internal RankedKeyset PlaceOf(Run run, DateTimeOffset now) => new(Of(run, now), run.QueuedAt, run.Id);
}
