using System.Globalization;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What is left of what an integration promises, in plain words.</summary>
public static class BudgetWords
{
    /// <param name="burn">How fast it is used up.</param>
    /// <param name="unit">Such as "bad record"; several of them with an s.</param>
    /// <param name="now">The moment.</param>
    public static string Of(Burn burn, string unit, DateTimeOffset now)
    {
        if (burn.Long.Month.Attempted == 0)
        {
            return "Nothing was counted in 30 days.";
        }

        var used = string.Create(CultureInfo.InvariantCulture, $"{burn.Used:N0} of {burn.Budget:N0} allowed {unit}{(burn.Budget == 1 ? "" : "s")} used in 30 days");
        return burn.Used > burn.Budget ? $"{used}: the promise is broken."
            : burn.GoneAt(now) is { } gone ? $"{used}; at this pace gone {Moment.Time(Coarse(gone))}."
            : $"{used}; at this pace it lasts.";
    }

    /// <summary>A share such as "99.5 %".</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.###} %");

    /// <summary>A rate such as "14.4×", rounded so that it stays the same for a while.</summary>
    public static string Times(double rate) => double.IsInfinity(rate) ? "∞×" : string.Create(CultureInfo.InvariantCulture, $"{(rate < 10 ? Math.Round(rate, 1) : Math.Round(rate)):0.#}×");

    /// <summary>A forecast to the hour says as much, and does not change with every look.</summary>
    private static DateTimeOffset Coarse(DateTimeOffset at) => new((at.UtcTicks + (TimeSpan.TicksPerHour / 2)) / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
}
