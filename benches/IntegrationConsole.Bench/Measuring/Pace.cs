namespace IntegrationConsole.Bench.Measuring;

/// <summary>How long a contest takes its time.</summary>
/// <param name="LongestWarmUp">After which a side is measured although it still gets faster.</param>
/// <param name="Length">Of one side in one round.</param>
/// <param name="Rounds">The median of them counts.</param>
internal sealed record Pace(TimeSpan LongestWarmUp, TimeSpan Length, int Rounds)
{
    public static readonly Pace Thorough = new(TimeSpan.FromSeconds(12), TimeSpan.FromMilliseconds(400), 7)
    {
        LineRounds = 5, Records = 500_000, CsvRecords = 1_000_000, WarmUpRecords = 100_000, WarmUps = 6, SentRecords = 100_000, LongRecords = 10_000_000,
        LargeFileRecords = 55_000_000, Items = 30_000, WarmUpItems = 5_000,
    };

    /// <summary>Enough to see that a bench works, and roughly where it stands.</summary>
    public static readonly Pace Quick = new(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100), 3)
    {
        LineRounds = 2, Records = 100_000, CsvRecords = 100_000, WarmUpRecords = 30_000, WarmUps = 4, SentRecords = 30_000, LongRecords = 500_000,
        LargeFileRecords = 5_500_000, Items = 10_000, WarmUpItems = 2_000,
    };

    /// <summary>Of runs through the product.</summary>
    public required int LineRounds { get; init; }

    public required int Records { get; init; }

    public required int CsvRecords { get; init; }

    public required int WarmUpRecords { get; init; }

    /// <summary>Runs before those that count: the compiler needs a while to see which code is hot.</summary>
    public required int WarmUps { get; init; }

    public required int SentRecords { get; init; }

    /// <summary>Dead letters that are replayed.</summary>
    public required int Items { get; init; }

    public required int WarmUpItems { get; init; }

    /// <summary>Of the run whose memory is watched.</summary>
    public required int LongRecords { get; init; }

    /// <summary>Lines of the file that is only read where it is asked for by name: 10 GB where nothing is quick.</summary>
    public required int LargeFileRecords { get; init; }
}
