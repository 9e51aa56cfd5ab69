namespace IntegrationConsole.Health.Verdicts;

/// <summary>What an integration promises beside its schedule, and how much each of its sides counts.</summary>
/// <param name="Delivery">The share of records that arrive, over 30 days; null where it promises none.</param>
/// <param name="Freshness">The share of minutes in which it is not late, over 30 days; null where it promises none.</param>
/// <param name="Latency">How long 95 of 100 records may be on their way; null where it promises nothing.</param>
/// <param name="Impacts">Those that differ from the usual.</param>
/// <param name="IsCritical">Its state counts fully for its tenant; another one's makes it degraded at worst.</param>
public sealed record Objective(double? Delivery, double? Freshness, TimeSpan? Latency, IReadOnlyDictionary<HealthSide, Impact> Impacts, bool IsCritical)
{
    public static readonly Objective None = new(null, null, null, new Dictionary<HealthSide, Impact>(), true);

    public Impact ImpactOf(HealthSide? side) => side is not { } known ? Impact.Standard : Impacts.TryGetValue(known, out var set) ? set : known.UsualImpact;
}
