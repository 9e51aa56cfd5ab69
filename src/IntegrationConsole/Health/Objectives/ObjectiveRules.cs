using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Objectives;

/// <summary>What an objective may be.</summary>
public static class ObjectiveRules
{
    /// <summary>What is proposed to somebody who sets one.</summary>
    public const double UsualDelivery = 0.995;
    public const double UsualFreshness = 0.99;

    /// <summary>Below that nothing is promised; above it no budget is left that could be told of.</summary>
    private const double Least = 0.5;
    private const double Most = 0.99999;

    public static readonly TimeSpan LongestLatency = TimeSpan.FromDays(7);

    /// <returns>What is wrong, by the name of the member; empty where nothing is.</returns>
    public static IReadOnlyList<(string Member, string Sentence)> Check(Objective objective)
    {
        var problems = new List<(string, string)>();
        if (objective.Delivery is { } delivery && delivery is < Least or > Most)
        {
            problems.Add((nameof(Objective.Delivery), "A share from 50 to 99.999 percent is expected here."));
        }

        if (objective.Freshness is { } freshness && freshness is < Least or > Most)
        {
            problems.Add((nameof(Objective.Freshness), "A share from 50 to 99.999 percent is expected here."));
        }

        if (objective.Latency is { } latency && (latency < TimeSpan.FromSeconds(1) || latency > LongestLatency))
        {
            problems.Add((nameof(Objective.Latency), "A time from one second to seven days is expected here."));
        }

        return problems;
    }

    /// <summary>Without what is as usual: left out means the same.</summary>
    public static Objective Plain(Objective objective) =>
        objective with { Impacts = objective.Impacts.Where(pair => pair.Value != pair.Key.UsualImpact).ToDictionary(pair => pair.Key, pair => pair.Value) };
}
