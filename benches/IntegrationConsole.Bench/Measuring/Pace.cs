namespace IntegrationConsole.Bench.Measuring;

/// <summary>How long a contest takes its time.</summary>
/// <param name="LongestWarmUp">After which a side is measured although it still gets faster.</param>
/// <param name="Length">Of one side in one round.</param>
/// <param name="Rounds">The median of them counts.</param>
internal sealed record Pace(TimeSpan LongestWarmUp, TimeSpan Length, int Rounds)
{
    public static readonly Pace Thorough = new(TimeSpan.FromSeconds(12), TimeSpan.FromMilliseconds(400), 7);

    /// <summary>Enough to see that a bench works, and roughly where it stands.</summary>
    public static readonly Pace Quick = new(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(100), 3);
}
