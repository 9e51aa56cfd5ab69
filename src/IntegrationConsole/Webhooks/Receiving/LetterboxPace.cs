using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// How much is taken in a minute. What an address sends counts against the address, and only what is proved counts
/// against an endpoint: nobody without its secret can use up what it may receive.
/// </summary>
internal sealed class LetterboxPace(IOptions<LetterboxOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _requests = ByMinute(options.Value.MostRequestsPerMinute);
    private readonly PartitionedRateLimiter<string> _strangers = ByMinute(options.Value.MostStrangersPerMinute);
    private readonly PartitionedRateLimiter<Guid> _kept = PartitionedRateLimiter.Create<Guid, Guid>(endpoint => RateLimitPartition.GetFixedWindowLimiter(endpoint, _ => Window(options.Value.MostKeptPerMinute)));

    /// <param name="address">Who sends.</param>
    /// <param name="isKnown">The endpoint has been heard of: no look-up is needed that strangers could cause.</param>
    public bool TakesFrom(string address, bool isKnown) => Take(_requests, address) && (isKnown || Take(_strangers, address));

    public bool TakesFor(Guid endpoint)
    {
        using var lease = _kept.AttemptAcquire(endpoint);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _requests.Dispose();
        _strangers.Dispose();
        _kept.Dispose();
    }

    private static bool Take(PartitionedRateLimiter<string> limiter, string address)
    {
        using var lease = limiter.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<string> ByMinute(int most) =>
        PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(address, _ => Window(most)));

    private static FixedWindowRateLimiterOptions Window(int most) => new() { PermitLimit = most, Window = TimeSpan.FromMinutes(1) };
}
