using System.Globalization;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>Says in one sentence or three what is wrong, why, for whom, since when, and whether it heals by itself.</summary>
public static class TriageSentence
{
    /// <param name="picture">What is known.</param>
    /// <param name="zone">The reader's.</param>
    /// <param name="now">From which "ago" counts.</param>
    public static string Of(TriagePicture picture, TimeZoneInfo zone, DateTimeOffset now)
    {
        var causes = picture.Causes;
        var gap = Gap(picture, zone, now);
        if (causes.Count == 0)
        {
            return gap.Length > 0 && picture.Integrations > 0 ? gap : picture.Snoozed.Count > 0 ? Asleep(picture.Snoozed, zone, now) : Fine(picture.Integrations, picture.LastTrouble, now);
        }

        var main = $"{causes[0].Title.ToLowerInvariant()} ({causes[0].Subject}) since {Clock(causes[0].Since, zone, now)}.";
        var parked = causes.Sum(cause => cause.Letters);
        var set = parked == 0 ? "" : $" {Count(parked, "record")} {(parked == 1 ? "waits" : "wait")} as dead letters.";

        // Where nothing is looked at any more, it is not known either whether it is still wrong, or heals.
        return gap.Length > 0 && picture.States[HealthState.Failing] + picture.States[HealthState.Degraded] == 0
            ? $"{gap} The main cause known then: {main}{set}"
            : $"{Who(picture)} Main cause: {main}{set} {Healing(causes)}{Besides(picture.Snoozed.Count)}{(gap.Length > 0 ? $" {gap}" : "")}";
    }

    /// <summary>How many integrations of how many tenants: only those in which one is, and of which not all that is known is snoozed.</summary>
    private static string Who(TriagePicture picture)
    {
        var (failing, failingTenants) = Awake(picture, HealthState.Failing);
        var (degraded, degradedTenants) = Awake(picture, HealthState.Degraded);
        string Of(int tenants) => tenants > 1 ? $" of {tenants:N0} tenants" : "";
        return failing > 0 ? $"{Count(failing, "integration")}{Of(failingTenants)} {(failing == 1 ? "is" : "are")} failing{(degraded > 0 ? $", {degraded:N0} degraded" : "")}."
            : degraded > 0 ? $"{Count(degraded, "integration")}{Of(degradedTenants)} {(degraded == 1 ? "is" : "are")} degraded."
            : $"{Count(picture.Causes.Count, "thing")}{Of(picture.Causes.SelectMany(cause => cause.Tenants).Distinct().Count())} {(picture.Causes.Count == 1 ? "needs" : "need")} a look.";
    }

    private static (int Integrations, int Tenants) Awake(TriagePicture picture, HealthState state)
    {
        var asleep = picture.Asleep.GetValueOrDefault(state) ?? new StateCount(0, 0);
        return (Math.Max(0, picture.States[state] - asleep.Integrations), Math.Max(0, picture.TenantsWith.GetValueOrDefault(state) - asleep.Tenants));
    }

    /// <summary>What cannot be said; empty where health is computed.</summary>
    private static string Gap(TriagePicture picture, TimeZoneInfo zone, DateTimeOffset now) => picture.StaleSince is not { } since ? ""
        : picture.States[HealthState.Unknown] is > 0 and var unknown
            ? $"How {Count(unknown, "integration")} {(unknown == 1 ? "is" : "are")} doing is not known since {Clock(since, zone, now)}."
            : $"Health is not computed everywhere since {Clock(since, zone, now)}.";

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

    private static string Besides(int snoozed) => snoozed == 0 ? "" : $" {Count(snoozed, "more cause")} {(snoozed == 1 ? "is" : "are")} snoozed.";

    /// <summary>Nothing else is wrong.</summary>
    private static string Asleep(IReadOnlyList<RootCause> causes, TimeZoneInfo zone, DateTimeOffset now) =>
        $"Nothing wants a look now: {(causes.Count == 1 ? "the only cause of trouble is" : $"all {causes.Count:N0} causes of trouble are")} snoozed, {(causes.Count == 1 ? "" : "the first ")}until {Clock(causes.Min(cause => cause.Care.SnoozedUntil)!.Value, zone, now)}.";

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
