using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Puts an incident in the words that a person is told who sees nothing else.</summary>
internal sealed class MessageText(TenantPicture picture, AlertOptions options, AlertChannel channel, DateTimeOffset now)
{
    private const int MostNamed = 12;

    private string Console => (options.PublicAddress.Length > 0 ? options.PublicAddress : channel.ConsoleAddress).TrimEnd('/');

    public AlertMessage Of(OpenIncident open, NoticeKind kind, int heldBack)
    {
        var loud = open.Alerts.Where(alert => alert.IsLoud).OrderBy(alert => alert.Severity).ThenBy(alert => (alert.ObjectKind, alert.ObjectId) != open.Incident.Root).ThenBy(alert => alert.FiredAt).ToList();
        var main = loud[0];
        var affected = AffectedBy(open.Incident);
        var begin = kind switch
        {
            NoticeKind.Reminder => "Still: ",
            NoticeKind.Escalation => "Not acknowledged: ",
            NoticeKind.Digest => $"{heldBack} {(heldBack == 1 ? "change" : "changes")} held back: ",
            _ => "",
        };
        var more = loud.Count > 1 ? $", and {loud.Count - 1} more" : "";
        var reach = open.Incident.RootKind is ObjectKind.Connection && affected.Count > 0 ? $" ({affected.Count} {(affected.Count == 1 ? "integration" : "integrations")})" : "";
        var flapping = main.Overlay is Overlay.Flapping ? $" It comes and goes: {Words(main.OverlayReason)} Further changes are not told until it calms down." : "";
        return new AlertMessage(
            kind, $"{begin}{main.What}{reach}{more}", picture.Name, main.Severity, Words(main.Reason) + flapping, affected, Since(loud.Min(alert => alert.PendingSince)), Next(main),
            [.. loud.Select(alert => new MessageAlert(alert.What, Words(alert.Reason), alert.Severity, alert.PendingSince))], LinkTo(open.Incident, main),
            $"{Console}/t/{picture.Slug}/alerts?incident={open.Incident.Id}");
    }

    public AlertMessage Recovery(Incident closed)
    {
        var length = Moment.Span((closed.ClosedAt ?? now) - closed.OpenedAt);
        return new AlertMessage(
            NoticeKind.Recovery, $"Recovered: {NameOf(closed)}", picture.Name, Severity.Low, Words(closed.Closing), AffectedBy(closed), $"{At(closed.OpenedAt)}, for {length}", "Nothing: it is over.", [],
            LinkTo(closed), "");
    }

    /// <summary>What fired and was over while nothing more was told.</summary>
    public AlertMessage Digest(IReadOnlyList<Incident> over)
    {
        var last = over[^1];
        var times = string.Join("; ", over.Select(incident => $"{At(incident.OpenedAt)}, for {Moment.Span((incident.ClosedAt ?? now) - incident.OpenedAt)}"));
        return new AlertMessage(
            NoticeKind.Digest, $"{over.Count} {(over.Count == 1 ? "change" : "changes")} held back: {NameOf(last)}", picture.Name, Severity.Low,
            $"It fired and recovered {over.Count} more {(over.Count == 1 ? "time" : "times")}; you had been told as often as an hour allows. {Words(last.Closing)}", AffectedBy(last), times,
            "Nothing: it is over.", [], LinkTo(last), "");
    }

    public AlertMessage Maintenance(string title, string summary) => new(
        NoticeKind.Maintenance, title, picture.Name, Severity.Low, summary, [], "", "", [], $"{Console}/t/{picture.Slug}/alerts?tab=maintenance", "");

    private static string NameOf(Incident incident) => incident.RootKind switch
    {
        ObjectKind.Sync => $"integration {incident.RootName}",
        ObjectKind.Connection => $"connection {incident.RootName}",
        ObjectKind.Tenant => incident.RootName,
    };

    private string Next(Alert alert)
    {
        var step = StepOf(alert);
        if (alert.HealsItself)
        {
            return step is null ? "It is tried again by itself; nobody has to act." : $"By itself: {step}. Nobody has to act.";
        }

        var suggestion = FailureCauses.FromCode(alert.Cause) is { } cause ? $" {cause.Suggestion}" : "";
        return step is null ? $"Nothing happens by itself: somebody has to act.{suggestion}" : $"By itself: {step}. That does not repair it: somebody has to act.{suggestion}";
    }

    /// <summary>What happens next, and when, as health knows it now; null where it does not, or that time is over.</summary>
    private string? StepOf(Alert alert)
    {
        var next = picture.Objects.GetValueOrDefault((alert.ObjectKind, alert.ObjectId))?.Findings
            .FirstOrDefault(finding => finding.Next is not null && finding.State.IsTrouble && finding.Dimension == RuleTemplate.Find(alert.Rule)?.Dimension)?.Next;
        return next switch
        {
            null => null,
            { At: null } => next.Words,
            { At: { } at } => at > now ? $"{next.Words} at {At(at)}" : null,
        };
    }

    private List<string> AffectedBy(Incident incident)
    {
        var names = incident.RootKind switch
        {
            ObjectKind.Sync => [incident.RootName],
            ObjectKind.Connection => picture.Syncs.Where(sync => sync.Uses(incident.RootId)).Select(sync => sync.Name).Order(StringComparer.OrdinalIgnoreCase).ToList(),
            ObjectKind.Tenant => new List<string>(),
        };
        return names.Count <= MostNamed ? names : [.. names.Take(MostNamed), $"{names.Count - MostNamed} more"];
    }

    /// <param name="incident">What it is about.</param>
    /// <param name="main">The alert that speaks for it: where records fail, their group says more than their integration.</param>
    private string LinkTo(Incident incident, Alert? main = null) => incident.RootKind switch
    {
        ObjectKind.Sync when main is { Rule: "dead-letters" or "runs" or "error-budget" } && picture.Groups.TryGetValue(incident.RootId, out var group) => $"{Console}/t/{picture.Slug}/failures/{group}",
        ObjectKind.Sync when picture.Syncs.FirstOrDefault(sync => sync.Id == incident.RootId) is { } sync => $"{Console}/t/{picture.Slug}/integrations/{sync.Slug}",
        ObjectKind.Tenant when main is { Rule: RuleTemplate.OneNode } => $"{Console}/t/{picture.Slug}/triage",
        ObjectKind.Connection => $"{Console}/t/{picture.Slug}/connections/{incident.RootId}",
        _ => $"{Console}/t/{picture.Slug}/health",
    };

    private string Since(DateTimeOffset at) => $"{At(at)}, {Words(Moment.Ago(at))}";

    private string At(DateTimeOffset at) => Words(Moment.Time(at));

    private string Words(string reason) => Moment.InWords(reason, picture.Zone, now, namesZone: true);
}
