using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>Measures budgets, for whoever listens to the instruments.</summary>
internal static class BudgetMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Counter<long> Waits = Meter.CreateCounter<long>("intconsole.ratelimit.throttled", "{request}", "Calls that waited for their budget");

    private static readonly Gauge<double> Limits = Meter.CreateGauge<double>("intconsole.ratelimit.limit", "{request}", "Calls that a window allows");

    private static readonly Gauge<double> Usage = Meter.CreateGauge<double>("intconsole.ratelimit.usage", "{request}", "Calls of a window that are used");

    private static readonly Gauge<double> Utilization = Meter.CreateGauge<double>("intconsole.ratelimit.utilization", "1", "Share of a window's calls that are used");

    public static void Throttled(OpenConnection connection) => Waits.Add(1, Tags(connection));

    /// <summary>The windows that have an end; limits per second and per minute are a pace, not an amount.</summary>
    public static void Saw(OpenConnection connection, CallBudget budget)
    {
        if (budget.PerDay is { } day)
        {
            Record(connection, "day", day, budget.DayUsed);
        }

        if (budget is { ToldLimit: { } limit, ToldRemaining: { } remaining })
        {
            Record(connection, "told", limit, Math.Max(0, limit - remaining));
        }
    }

    private static void Record(OpenConnection connection, string window, double limit, double used)
    {
        var tags = Tags(connection);
        tags.Add("window", window);
        Limits.Record(limit, tags);
        Usage.Record(used, tags);
        if (limit > 0)
        {
            Utilization.Record(used / limit, tags);
        }
    }

    private static TagList Tags(OpenConnection connection) => new() { { "tenant", connection.Tenant.Value }, { "connection", connection.Id } };
}
