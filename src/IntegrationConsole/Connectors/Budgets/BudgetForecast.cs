namespace IntegrationConsole.Connectors.Budgets;

/// <summary>Whether what is left of a budget lasts until there is more. Pure.</summary>
/// <param name="RunsOutAt">When nothing is left at the pace of the last minutes; null where it lasts.</param>
/// <param name="ResetsAt">When there is more again.</param>
public sealed record BudgetForecast(DateTimeOffset? RunsOutAt, DateTimeOffset ResetsAt)
{
    /// <summary>Of the limits that are an amount, the one that is used up first, or else the one that is renewed first.</summary>
    /// <param name="budget">As it is.</param>
    /// <param name="callsPerMinute">The pace of the last minutes.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null where nothing is an amount.</returns>
    public static BudgetForecast? Of(CallBudget budget, double callsPerMinute, DateTimeOffset now) => Amounts(budget, now)
        .Select(amount => new BudgetForecast(RunsOut(amount.Left, callsPerMinute, now) is { } end && end < amount.ResetsAt ? end : null, amount.ResetsAt))
        .OrderBy(forecast => forecast.RunsOutAt is null).ThenBy(forecast => forecast.RunsOutAt ?? forecast.ResetsAt)
        .FirstOrDefault();

    private static DateTimeOffset? RunsOut(double left, double callsPerMinute, DateTimeOffset now) =>
        left <= 0 ? now : callsPerMinute <= 0 ? null : left / callsPerMinute is < 60 * 24 * 400 and var minutes ? now + TimeSpan.FromMinutes(minutes) : null;

    private static IEnumerable<(double Left, DateTimeOffset ResetsAt)> Amounts(CallBudget budget, DateTimeOffset now)
    {
        if (budget.PerDay is { } day)
        {
            yield return (Math.Max(0, day - budget.UsedToday(now)), CallBudget.DayOf(now).AddDays(1));
        }

        if (budget.IsTold(now))
        {
            yield return (Math.Max(0, budget.ToldRemaining!.Value), budget.ToldResetAt!.Value);
        }
    }
}
