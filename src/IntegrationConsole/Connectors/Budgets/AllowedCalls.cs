namespace IntegrationConsole.Connectors.Budgets;

/// <summary>How many calls a budget allows from now on. Pure.</summary>
public static class AllowedCalls
{
    /// <summary>Calls a second, by each limit that is known.</summary>
    public static IEnumerable<double> PerSecond(CallBudget budget, DateTimeOffset now)
    {
        if (budget.PerSecond is { } perSecond)
        {
            yield return perSecond;
        }

        if (budget.PerMinute is { } perMinute)
        {
            yield return perMinute / 60.0;
        }

        if (budget.PerDay is { } perDay)
        {
            yield return Math.Max(0, perDay - budget.UsedToday(now)) / (CallBudget.DayOf(now).AddDays(1) - now).TotalSeconds;
        }

        if (budget.IsTold(now))
        {
            yield return budget.ToldRemaining!.Value / Math.Max(1, (budget.ToldResetAt!.Value - now).TotalSeconds);
        }
    }
}
