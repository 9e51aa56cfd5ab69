namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by how much of the time it is late, against the share that it promises. That it is late now is said elsewhere.</summary>
internal static class FreshnessVerdicts
{
    public static Burn? BurnOf(SyncFacts sync) =>
        sync is { Objective.Freshness: { } promised, Late: { } late } ? new Burn(1 - promised, late.FiveMinutes, late.HalfHour, late.Hour, late.Long) : null;

    public static Finding? Judge(SyncFacts sync, DateTimeOffset now)
    {
        if (BurnOf(sync) is not { } burn)
        {
            return null;
        }

        var promised = BudgetWords.Percent(sync.Objective.Freshness!.Value);
        var words = BudgetWords.Of(burn, "late minute", now);
        var state = burn.Level switch
        {
            BurnLevel.Fast => HealthState.Failing,
            BurnLevel.Slow => HealthState.Degraded,
            BurnLevel.None => HealthState.Healthy,
        };
        var sentence = state is HealthState.Healthy ? $"In time for {promised} of the minutes: {char.ToLowerInvariant(words[0])}{words[1..]}"
            : $"It is late more often than {promised} of the minutes in time allows. {words}";
        return new Finding(HealthDimension.FreshnessBudget, state, sentence, HealsItself: state is HealthState.Healthy, new Evidence(EvidenceKind.Objective))
        {
            Value = $"Burn rate {BudgetWords.Times(burn.Rate(burn.Hour))}.", Threshold = $"{promised} in time", Left = burn.LeftRounded,
        };
    }
}
