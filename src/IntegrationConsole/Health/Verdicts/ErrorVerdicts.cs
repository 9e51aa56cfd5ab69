using System.Globalization;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>
/// Judges a sync by how many of its records fail. Where it promises a share that arrives, by how fast the allowed rest
/// is used up; where few records come, burn rates mislead, and its last five runs say more.
/// </summary>
internal static class ErrorVerdicts
{
    /// <summary>Records an hour below which its runs are counted in place of its records.</summary>
    public const int FewestRecords = 50;

    private const int BadRuns = 3;
    private static readonly Evidence Charts = new(EvidenceKind.Figures);

    public static Finding? Judge(SyncFacts sync, DateTimeOffset now)
    {
        var bad = sync.LastRuns.Count(good => !good);
        if (bad >= BadRuns && sync.Recent.Hour.Attempted < FewestRecords)
        {
            // A run that went well after them says that it is over, once others follow it.
            var isOver = sync.LastRuns[0];
            return Of(isOver ? HealthState.Degraded : HealthState.Failing, $"{bad} of the last {sync.LastRuns.Count} runs failed{(isOver ? "; the last one did not" : "")}.", healsItself: isOver) with
            {
                Threshold = $"{BadRuns} of 5 runs", IsSure = true,
            };
        }

        return sync.Objective.Delivery is not null ? Burning(sync, now) : sync.Recent.Hour.Attempted > 0 ? Of(HealthState.Healthy, Counted(sync.Recent.Hour), healsItself: true) : null;
    }

    /// <returns>Null where it promises no share of records.</returns>
    public static Burn? BurnOf(SyncFacts sync) =>
        sync.Objective.Delivery is { } promised ? new Burn(1 - promised, sync.Recent.FiveMinutes, sync.Recent.HalfHour, sync.Recent.Hour, sync.Longer) : null;

    private static Finding Burning(SyncFacts sync, DateTimeOffset now)
    {
        var burn = BurnOf(sync)!;
        var isQuiet = sync.Recent.Hour.Attempted < FewestRecords;
        var level = isQuiet && burn.Level is BurnLevel.Fast ? BurnLevel.Slow : burn.Level;
        var state = level switch
        {
            BurnLevel.Fast => HealthState.Failing,
            BurnLevel.Slow => HealthState.Degraded,
            BurnLevel.None => HealthState.Healthy,
        };
        var rate = Math.Max(burn.Rate(burn.Hour), burn.Rate(burn.Long.SixHours));
        var promised = BudgetWords.Percent(sync.Objective.Delivery!.Value);
        var sentence = level is BurnLevel.None ? $"{BudgetWords.Percent(1 - burn.Allowed)} of its records are to arrive: {Lower(BudgetWords.Of(burn, "bad record", now))}"
            : $"More records fail than {promised} to arrive allows, {BudgetWords.Times(rate)} as fast. {BudgetWords.Of(burn, "bad record", now)}";
        return Of(state, sentence, healsItself: state is HealthState.Healthy) with
        {
            Value = $"{Counted(sync.Recent.Hour)} Burn rate {BudgetWords.Times(burn.Rate(burn.Hour))}.", Threshold = $"{promised} arrive", Left = burn.LeftRounded, Evidence = state is HealthState.Healthy ? new Evidence(EvidenceKind.Objective) : Charts,
        };
    }

    private static string Counted(Share hour) => hour.Attempted == 0 ? "No record in the last hour."
        : hour.Bad == 0 ? "No record failed in the last hour."
        : string.Create(CultureInfo.InvariantCulture, $"{hour.Bad:N0} of {hour.Attempted:N0} records failed in the last hour.");

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];

    private static Finding Of(HealthState state, string reason, bool healsItself) => new(HealthDimension.Errors, state, reason, healsItself, Charts);
}
