using System.Globalization;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>Puts a tenant's day in words. What records hold is not among them.</summary>
internal static class DigestText
{
    /// <param name="facts">The day.</param>
    /// <param name="tenant">How it is called.</param>
    /// <param name="zone">The tenant's.</param>
    /// <param name="address">The tenant's pages, as readers reach them.</param>
    public static AlertMessage Of(DigestFacts facts, string tenant, TimeZoneInfo zone, string address)
    {
        var isQuiet = facts.IsQuiet;
        var waiting = facts.WaitingGroups + facts.Unacknowledged;
        var title = isQuiet ? "Daily summary: a quiet day"
            : waiting > 0 ? $"Daily summary: {waiting} {(waiting == 1 ? "thing waits" : "things wait")} for somebody"
            : "Daily summary: nothing waits for anybody";
        (string Name, string Text)[] lines = isQuiet
            ? [("The day", $"{Many(facts.Arrived, "record")} arrived, nothing failed, and nothing waits. {Period(facts, zone)}")]
            :
            [
                ("The day", $"{Many(facts.Arrived, "record")} arrived. {Period(facts, zone)}"), ("Failed", Failed(facts)), ("Repaired", Repaired(facts)), ("Waits for somebody", Waiting(facts)),
                ("Health", Health(facts)), ("Ends soon", Ending(facts, zone)), ("Dead letters’ room", Room(facts)),
            ];
        return new AlertMessage(
            NoticeKind.Daily, title, tenant, Severity.Low, lines[0].Text, [], "", "",
            [.. facts.Largest.Select(group => new MessageAlert($"{group.Sync}: {Many(group.Letters, "letter")}{(group.Owner.Length > 0 ? $", {group.Owner}" : "")}", group.Title, Severity.Low, facts.To))],
            $"{address}/triage", "")
        {
            Summary = [.. lines.Where(line => line.Text.Length > 0).Select(line => new MessageLine(line.Name, line.Text))],
        };
    }

    private static string Period(DigestFacts facts, TimeZoneInfo zone) =>
        string.Create(CultureInfo.InvariantCulture, $"From {TimeZoneInfo.ConvertTime(facts.From, zone):d MMM, HH:mm} to {TimeZoneInfo.ConvertTime(facts.To, zone):d MMM, HH:mm} ({zone.Id}).");

    private static string Failed(DigestFacts facts) => Sentence(
        "Nothing.", (facts.Alerts, "alert fired", "alerts fired"), (facts.FailedRuns, "run failed", "runs failed"), (facts.SetAside, "record was set aside", "records were set aside"),
        (facts.NewGroups, "failure is new or came back", "failures are new or came back"));

    private static string Repaired(DigestFacts facts) => Sentence(
        "Nothing.", (facts.OverAlerts, "alert is over", "alerts are over"), (facts.OverGroups, "failure is resolved", "failures are resolved"));

    private static string Waiting(DigestFacts facts) => Sentence(
        "Nothing.", (facts.Unacknowledged, "alert fires that nobody acknowledged", "alerts fire that nobody acknowledged"),
        (facts.WaitingGroups, "failure group of which nobody has said anything", "failure groups of which nobody has said anything"));

    private static string Health(DigestFacts facts)
    {
        var states = string.Join(", ", facts.States.Where(state => state.Value > 0).OrderBy(state => state.Key).Select(state => $"{state.Value} {state.Key.Words.ToLowerInvariant()}"));
        return states.Length == 0 ? "" : $"{states}{(facts.Worse > 0 ? $"; {facts.Worse} got worse in the day" : "")}.";
    }

    private static string Ending(DigestFacts facts, TimeZoneInfo zone) => string.Join("; ", facts.Ending.Select(thing =>
        string.Create(CultureInfo.InvariantCulture, $"{thing.What} {thing.Name} {(thing.At < facts.To ? "ended" : "ends")} on {TimeZoneInfo.ConvertTime(thing.At, zone):d MMM, HH:mm}")));

    private static string Room(DigestFacts facts)
    {
        if (facts.MostLetterBytes is not { } most || !facts.IsFilling)
        {
            return "";
        }

        var pace = facts.RoomLasts is { } left ? $" At this day’s pace it is used up in {Moment.Span(left)}." : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(double)facts.LetterBytes / most:P0} is used.{pace}");
    }

    private static string Sentence(string none, params (long Count, string One, string Several)[] parts) =>
        string.Join(", ", parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count:N0} {(part.Count == 1 ? part.One : part.Several)}"))) is { Length: > 0 } words
            ? $"{words}." : none;

    private static string Many(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {unit}{(count == 1 ? "" : "s")}");
}
