using IntegrationConsole.Connectors.Budgets;

namespace IntegrationConsole.Sync.Replays;

/// <summary>How many letters a second may go: what was asked for, and a share of the calls that the destination allows. Pure.</summary>
public static class ReplayPace
{
    /// <summary>Where nothing is left of a budget, one goes now and then: its call waits for its turn like any other.</summary>
    private const double Slowest = 1.0 / 60;

    /// <summary>A pause or a bad moment is not made up for by a burst.</summary>
    private static readonly TimeSpan CatchesUp = TimeSpan.FromSeconds(1);

    /// <returns>0 for as fast as it goes.</returns>
    public static double Of(double pace, int budgetShare, CallBudget? budget, DateTimeOffset now)
    {
        var slowest = pace > 0 ? pace : double.PositiveInfinity;
        foreach (var allowed in budget is null || budgetShare >= 100 ? [] : AllowedCalls.PerSecond(budget, now))
        {
            slowest = Math.Min(slowest, Math.Max(allowed * budgetShare / 100, Slowest));
        }

        return double.IsInfinity(slowest) ? 0 : slowest;
    }

    /// <summary>How many are taken up at once, so that a change of pace is felt within a second or two.</summary>
    internal static int Portion(double rate, int most) => rate == 0 ? most : (int)Math.Clamp(Math.Ceiling(rate), 1, most);

    /// <summary>When the next ones may go, after so many went.</summary>
    internal static DateTimeOffset? FreeAt(DateTimeOffset? freeAt, int count, double rate, DateTimeOffset now) => rate == 0 ? null
        : (freeAt is { } before && before > now - CatchesUp ? before : now) + TimeSpan.FromSeconds(count / rate);
}
