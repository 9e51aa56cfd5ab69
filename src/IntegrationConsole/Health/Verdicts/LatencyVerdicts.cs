using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by how long its records are on their way: 95 of 100 of the last hour, read from all of them together.</summary>
internal static class LatencyVerdicts
{
    private const double Most = 2;

    public static Finding? Judge(SyncFacts sync)
    {
        if (sync.Recent.Durations.Count == 0 || sync.Recent.Durations.Sum() == 0)
        {
            return null;
        }

        if (DurationBuckets.Percentile(sync.Recent.Durations, DeliveryTimes.Bounds, 0.95) is not { } p95)
        {
            return Of(HealthState.Healthy, $"Too few records in the last hour to tell how long 95 of 100 take: {DurationBuckets.FewestSamples} are needed.");
        }

        var value = $"95 of 100 records of the last hour took up to {Durations.Words(p95)}";
        if (sync.Objective.Latency is not { } target)
        {
            return Of(HealthState.Healthy, $"{value}; no target is set.") with { Value = Durations.Words(p95) };
        }

        var state = p95 <= target ? HealthState.Healthy : p95 <= Most * target ? HealthState.Degraded : HealthState.Failing;
        return Of(state, $"{value}; {Durations.Words(target)} {(state is HealthState.Healthy ? "are allowed" : "would be allowed")}.") with { Value = Durations.Words(p95), Threshold = Durations.Words(target) };
    }

    private static Finding Of(HealthState state, string reason) => new(HealthDimension.Latency, state, reason, HealsItself: true, new Evidence(EvidenceKind.Figures));
}
