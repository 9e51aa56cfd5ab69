using IntegrationConsole.Connectors.Budgets;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How much of its calls a connection has used.</summary>
/// <param name="Used">The share of the window's calls that is used.</param>
/// <param name="Window">Such as "the day's calls".</param>
/// <param name="FreeAt">When the next call may be made.</param>
public sealed record BudgetFact(double Used, string Window, DateTimeOffset FreeAt)
{
    /// <summary>Whether the day's calls last until there are more; null where no calls of a day are set.</summary>
    public BudgetForecast? Day { get; init; }
}

/// <summary>Judges a connection by what is left of its calls.</summary>
internal static class BudgetVerdicts
{
    private const double Much = 0.8;

    /// <summary>Before so much is used, the pace of a few minutes says little about a day.</summary>
    private const double Half = 0.5;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public static Finding? Judge(ConnectionFacts connection, DateTimeOffset now) => connection.Budget switch
    {
        { } budget when budget.FreeAt - now > Long => Of(connection, HealthState.Failing, $"Its calls wait for their budget until {Moment.Time(budget.FreeAt)}.", "5 minutes")
            with { Next = new NextStep("calls go on", budget.FreeAt) },
        { Used: >= 1 } budget => Of(connection, HealthState.Degraded, $"{Sentence(budget.Window)} are used up.", "80 %"),
        { Used: >= Half, Day: { RunsOutAt: { } end, ResetsAt: var more } } => Of(
            connection, HealthState.Degraded, $"At the pace of the last 15 minutes the day's calls run out by {Moment.Time(Coarse(end))}; there are more at {Moment.Time(more)}.", "50 %"),
        { Used: >= Much } budget => Of(connection, HealthState.Degraded, $"More than 80 % of {budget.Window} are used.", "80 %"),
        _ => null,
    };

    /// <summary>The quarter of an hour by which it is so: a forecast says no more, and does not change with every look.</summary>
    private static DateTimeOffset Coarse(DateTimeOffset at) => new((at.UtcTicks + Quarter - 1) / Quarter * Quarter, TimeSpan.Zero);

    private const long Quarter = 15 * TimeSpan.TicksPerMinute;

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private static Finding Of(ConnectionFacts connection, HealthState state, string reason, string threshold) =>
        new(HealthDimension.Budget, state, reason, HealsItself: true, new Evidence(EvidenceKind.Circuit, connection.Id)) { Threshold = threshold };
}
