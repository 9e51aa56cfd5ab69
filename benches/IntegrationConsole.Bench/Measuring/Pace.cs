namespace IntegrationConsole.Bench.Measuring;

/// <summary>How long a contest takes its time.</summary>
/// <param name="WarmUp">Of each side, until its code is compiled the way it stays.</param>
/// <param name="Length">Of one side in one round.</param>
/// <param name="Rounds">The median of them counts.</param>
internal sealed record Pace(TimeSpan WarmUp, TimeSpan Length, int Rounds)
{
    public static readonly Pace Thorough = new(TimeSpan.FromMilliseconds(1200), TimeSpan.FromMilliseconds(400), 7);

    /// <summary>Enough to see that a bench works, and roughly where it stands.</summary>
    public static readonly Pace Quick = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100), 3);
}
