namespace IntegrationConsole.Connectors.Failures;

/// <summary>
/// Tries something again while its failure may heal by itself: exponential pauses with full jitter, or as long as the
/// outside system asks, within reason.
/// </summary>
public sealed class Backoff(TimeProvider clock, Random random)
{
    public const int Attempts = 5;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>An outside system that asks for more than this is not waited for: the run ends and starts again later.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(2);

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="attempt">How many attempts have failed, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there is no point in another attempt.</returns>
    public async Task<bool> WaitAsync(Failure failure, int attempt, CancellationToken cancellationToken)
    {
        if (!failure.IsRetryable || attempt >= Attempts || failure.RetryAfter > LongestAsked)
        {
            return false;
        }

        await Task.Delay(PauseFor(failure, attempt), clock, cancellationToken);
        return true;
    }

    private TimeSpan PauseFor(Failure failure, int attempt)
    {
        if (failure.RetryAfter is { } asked)
        {
            // A little more than asked: everybody who was told the same comes back at the same moment otherwise.
            return asked + TimeSpan.FromMilliseconds(random.NextDouble() * 250);
        }

        var ceiling = Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(random.NextDouble() * ceiling);
    }
}
