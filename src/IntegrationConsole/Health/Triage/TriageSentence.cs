using System.Globalization;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>Says in one sentence or three what is wrong, why, for whom, since when, and whether it heals by itself.</summary>
public static class TriageSentence
{
    /// <param name="causes">The worst first.</param>
    /// <param name="integrations">How many there are.</param>
    /// <param name="failing">How many of them are failing.</param>
    /// <param name="degraded">How many are degraded.</param>
    /// <param name="lastTrouble">When the last trouble ended; null where none is on record.</param>
    /// <param name="zone">The reader's.</param>
    /// <param name="now">From which "ago" counts.</param>
    public static string Of(IReadOnlyList<RootCause> causes, int integrations, int failing, int degraded, DateTimeOffset? lastTrouble, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (causes.Count == 0)
        {
            return Fine(integrations, lastTrouble, now);
        }

        var tenants = causes.SelectMany(cause => cause.Tenants).Distinct().Count();
        var of = tenants > 1 ? $" of {tenants} tenants" : "";
        var who = failing > 0 ? $"{Count(failing, "integration")}{of} {(failing == 1 ? "is" : "are")} failing{(degraded > 0 ? $", {degraded:N0} degraded" : "")}."
            : degraded > 0 ? $"{Count(degraded, "integration")}{of} {(degraded == 1 ? "is" : "are")} degraded."
            : $"{Count(causes.Count, "thing")}{of} {(causes.Count == 1 ? "needs" : "need")} a look.";
        var main = causes[0];
        var parked = causes.Sum(cause => cause.Letters);
        var set = parked == 0 ? "" : $" {Count(parked, "record")} {(parked == 1 ? "waits" : "wait")} as dead letters.";
        return $"{who} Main cause: {main.Title.ToLowerInvariant()} ({main.Subject}) since {Clock(main.Since, zone, now)}.{set} {Healing(causes)}";
    }

    private static string Fine(int integrations, DateTimeOffset? lastTrouble, DateTimeOffset now)
    {
        var all = integrations switch
        {
            0 => "There is no integration yet.",
            1 => "The only integration keeps its promises.",
            _ => string.Create(CultureInfo.InvariantCulture, $"All {integrations:N0} integrations keep their promises."),
        };
        return lastTrouble is { } at ? $"{all} The last problem ended {Moment.InWords(Moment.Ago(at), TimeZoneInfo.Utc, now)}." : all;
    }

    private static string Healing(IReadOnlyList<RootCause> causes)
    {
        var heal = causes.Count(cause => cause.HealsItself);
        return (heal, causes.Count) switch
        {
            (0, 1) => "Nothing heals this by itself.",
            (0, _) => $"None of the {causes.Count:N0} causes heals by itself.",
            (1, 1) => "It heals by itself.",
            var (some, all) when some == all => $"All {all:N0} causes heal by themselves.",
            var (some, all) => $"{some:N0} of {all:N0} causes {(some == 1 ? "heals by itself" : "heal by themselves")}.",
        };
    }

    private static string Clock(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now) => Moment.InWords(Moment.Time(at), zone, now);

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
