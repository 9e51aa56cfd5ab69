using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Something that a rule finds wrong now.</summary>
internal sealed record Condition(AlertKey Key, string ObjectName, Severity Severity, AlertRule Rule, Finding Finding);

/// <summary>
/// Decides about alerts: one fires when it was there at several looks in a row, and is over when it was not at three.
/// What comes and goes is not counted at all. Pure: the same picture at the same moment gives the same alerts.
/// </summary>
internal static class AlertJudge
{
    /// <summary>Looks in a row without it, before an alert is over.</summary>
    public const int LooksToRecover = 3;

    /// <summary>Rules that a failing connection explains.</summary>
    private static readonly HashSet<string> Symptoms = ["runs", "late", "volume", "dead-letters", "error-budget", "late-budget", "latency", "backlog", "cannot-tell"];

    /// <returns>All alerts as they are after this look; those that were pending and are gone are left out.</returns>
    public static IReadOnlyList<Alert> Judge(TenantPicture picture, DateTimeOffset now)
    {
        var isStale = picture.HealthAt is not { } at || now - at > LatestHealth.GoodFor;
        var conditions = (isStale ? Unknown(picture, now) : Conditions(picture).Concat(OfNodes(picture))).ToDictionary(condition => condition.Key);
        var known = picture.Alerts.ToDictionary(alert => alert.Key);

        // While nobody looks, what was found last stays as it is.
        var stepped = picture.Alerts
            .Select(alert => conditions.GetValueOrDefault(alert.Key) is { } condition ? Seen(alert, condition, now)
                : isStale && alert.Rule != RuleTemplate.NotComputed ? alert
                : Missed(alert, picture, now))
            .Concat(conditions.Values.Where(condition => !known.ContainsKey(condition.Key)).Select(condition => New(picture.Id, condition, now)))
            .OfType<Alert>().ToList();
        return [.. stepped.Select(alert => alert.State is AlertState.Resolved ? alert : Covered(alert, picture, stepped, now))];
    }

    /// <summary>What explains an alert: the node that gets no answer, told under the tenant, or the connection whose failure brings an integration down; null for nothing.</summary>
    public static (ObjectKind Kind, Guid Id)? CauseOf(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts) =>
        NodeOf(alert, picture, alerts) is not null ? (ObjectKind.Tenant, picture.Id.Value) : ConnectionOf(alert, picture, alerts) is { } connection ? (ObjectKind.Connection, connection) : null;

    /// <summary>Only while the node's own alert is there: otherwise nobody would be told of anything.</summary>
    private static NodeFault? NodeOf(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts) => picture.NodeFaults.FirstOrDefault(fault =>
        alerts.Any(other => other.Rule == RuleTemplate.OneNode && other.Cause == fault.Node && other.State is not AlertState.Resolved) && fault.Where.Any(reach => alert.ObjectKind switch
        {
            ObjectKind.Connection => alert.Rule is "circuit" or "calls" && alert.ObjectId == reach.ConnectionId,
            ObjectKind.Sync => Symptoms.Contains(alert.Rule) && (IsNoAnswer(alert.Cause) || (alert.Cause.Length == 0 && IsFailing(picture, reach.ConnectionId)))
                && picture.Syncs.Any(sync => sync.Id == alert.ObjectId && sync.Uses(reach.ConnectionId)),
            ObjectKind.Tenant => false,
        }));

    private static bool IsNoAnswer(string cause) => FailureCauses.FromCode(cause) is FailureCause.TargetDown or FailureCause.Timeout;

    private static Guid? ConnectionOf(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts)
    {
        if (alert.ObjectKind is not ObjectKind.Sync || !Symptoms.Contains(alert.Rule) || IsItsOwnFault(alert.Cause) || picture.Syncs.FirstOrDefault(sync => sync.Id == alert.ObjectId) is not { } sync)
        {
            return null;
        }

        return alerts.Where(other => other.ObjectKind is ObjectKind.Connection && other.State is not AlertState.Resolved && sync.Uses(other.ObjectId) && IsFailing(picture, other.ObjectId))
            .Select(other => (Guid?)other.ObjectId).Order().FirstOrDefault();
    }

    private static bool IsFailing(TenantPicture picture, Guid connection) =>
        picture.Objects.GetValueOrDefault((ObjectKind.Connection, connection)) is { State: HealthState.Failing };

    /// <summary>A mapping that fails is not repaired by a connection that works again.</summary>
    private static bool IsItsOwnFault(string cause) =>
        FailureCauses.FromCode(cause) is { } known && known is not (FailureCause.Auth or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit);

    private static IEnumerable<Condition> Conditions(TenantPicture picture) =>
        from watched in picture.Objects.Values
        from rule in picture.Rules
        where rule.IsOn && rule.Template.ObjectKind == watched.Kind && rule.Template.Key != RuleTemplate.NotComputed
        let finding = watched.Findings.Where(finding => (rule.Template.Dimension is null || finding.Dimension == rule.Template.Dimension) && finding.Impact is not Impact.Suppressed && RuleTemplate.Meets(StateOf(finding), rule.State))
            .MinBy(StateOf)
        where finding is not null
        let condition = new Condition(new AlertKey(watched.Kind, watched.Id, rule.Template.Key, CauseCode(picture, watched, finding)), watched.Name, rule.SeverityAt(StateOf(finding)), rule, finding)
        where !(picture.ByHand.TryGetValue(condition.Key, out var resolved) && watched.Since <= resolved)
        select condition;

    /// <summary>What this look saw; but a circuit that is tried is not well yet, and an alert that went at each probe would come back after it.</summary>
    private static HealthState StateOf(Finding finding) => finding.Dimension is HealthDimension.Resilience ? finding.State : finding.SeenState;

    private static IEnumerable<Condition> OfNodes(TenantPicture picture) =>
        from rule in picture.Rules
        where rule.IsOn && rule.Template.Key == RuleTemplate.OneNode
        from fault in picture.NodeFaults
        let key = new AlertKey(ObjectKind.Tenant, picture.Id.Value, RuleTemplate.OneNode, fault.Node)
        where !(picture.ByHand.TryGetValue(key, out var resolved) && fault.Since <= resolved)
        select new Condition(key, picture.Name, rule.Severity, rule, new Finding(HealthDimension.Evaluation, HealthState.Failing, fault.Evidence, HealsItself: false, Evidence.None));

    private static IEnumerable<Condition> Unknown(TenantPicture picture, DateTimeOffset now)
    {
        if (picture.Rules.FirstOrDefault(rule => rule.Template.Key == RuleTemplate.NotComputed && rule.IsOn) is { } rule)
        {
            var since = picture.HealthAt is { } at ? $"since {Moment.Time(at)}" : "yet";
            var finding = new Finding(HealthDimension.Evaluation, HealthState.Unknown, $"Health has not been computed {since}: no worker node does it.", HealsItself: false, Evidence.None);
            yield return new Condition(new AlertKey(ObjectKind.Tenant, picture.Id.Value, rule.Template.Key, ""), picture.Name, rule.Severity, rule, finding);
        }
    }

    private static string CauseCode(TenantPicture picture, WatchedObject watched, Finding finding) => finding.Dimension switch
    {
        HealthDimension.Runs when finding.Evidence.Id is { } run && picture.Causes.TryGetValue(run, out var cause) => cause.Code,
        HealthDimension.Resilience when picture.Causes.TryGetValue(watched.Id, out var cause) => cause.Code,
        HealthDimension.Credential => FailureCause.Auth.Code,
        _ => "",
    };

    private static Alert New(TenantId tenant, Condition condition, DateTimeOffset now) => Fire(
        new Alert(
            tenant, Guid.CreateVersion7(now), null, condition.Key.Kind, condition.Key.Id, condition.ObjectName, condition.Key.Rule, condition.Key.Cause, condition.Severity, AlertState.Pending,
            Overlay.None, "", condition.Finding.Reason, condition.Finding.HealsItself, condition.Finding.Evidence.Kind, condition.Finding.Evidence.Id, 1, 0, now, null, null, "", "", null, "", ""),
        condition.Rule, now);

    private static Alert Seen(Alert alert, Condition condition, DateTimeOffset now) => Fire(
        alert with
        {
            ObjectName = condition.ObjectName, Severity = condition.Severity, Reason = condition.Finding.Reason, HealsItself = condition.Finding.HealsItself,
            EvidenceKind = condition.Finding.Evidence.Kind, EvidenceId = condition.Finding.Evidence.Id, Seen = Math.Min(alert.Seen + 1, condition.Rule.Template.Looks), Missed = 0,
        },
        condition.Rule, now);

    private static Alert Fire(Alert alert, AlertRule rule, DateTimeOffset now) =>
        alert.State is AlertState.Pending && alert.Seen >= rule.Template.Looks && now - alert.PendingSince >= TimeSpan.FromMinutes(rule.AfterMinutes)
            ? alert with { State = AlertState.Firing, FiredAt = now } : alert;

    /// <returns>Null for one that never fired.</returns>
    private static Alert? Missed(Alert alert, TenantPicture picture, DateTimeOffset now)
    {
        var watched = picture.Objects.GetValueOrDefault((alert.ObjectKind, alert.ObjectId));
        if (watched is { IsFlapping: true })
        {
            return alert;
        }

        if (alert.State is AlertState.Pending)
        {
            return null;
        }

        return alert.Missed + 1 < LooksToRecover ? alert with { Missed = alert.Missed + 1 }
            : alert with { State = AlertState.Resolved, ResolvedAt = now, Missed = LooksToRecover, Resolution = Resolution(alert, watched, picture) };
    }

    /// <summary>What fixed it: what health says now of the same side of the same object.</summary>
    private static string Resolution(Alert alert, WatchedObject? watched, TenantPicture picture)
    {
        if (picture.Rules.FirstOrDefault(rule => rule.Template.Key == alert.Rule) is { IsOn: false })
        {
            return "The rule was switched off.";
        }

        if (watched is null)
        {
            return alert.Rule == RuleTemplate.OneNode ? "It gets through again, or takes nothing up any more." : alert.ObjectKind is ObjectKind.Tenant ? "Health is computed again." : "It is well again, or gone.";
        }

        var side = watched.Findings.FirstOrDefault(finding => finding.Dimension == RuleTemplate.Find(alert.Rule)?.Dimension);
        return side is { State: HealthState.Healthy } ? side.Reason : $"{watched.State.Words} now.";
    }

    private static Alert Covered(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts, DateTimeOffset now)
    {
        var (overlay, reason) = OverlayOf(alert, picture, alerts, now);

        // What this look did not find any more is on its way out: what kept it quiet is gone as well, and it is not told for that.
        return alert.Missed > 0 && overlay is Overlay.None ? alert : alert.Overlay == overlay && alert.OverlayReason == reason ? alert : alert with { Overlay = overlay, OverlayReason = reason };
    }

    private static (Overlay Overlay, string Reason) OverlayOf(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts, DateTimeOffset now)
    {
        var watched = picture.Objects.GetValueOrDefault((alert.ObjectKind, alert.ObjectId));
        return watched switch
        {
            { State: HealthState.Maintenance } => (Overlay.Maintenance, watched.Findings[0].Reason),
            { State: HealthState.Paused } => (Overlay.Paused, watched.Findings[0].Reason),
            _ when NodeOf(alert, picture, alerts) is { } node => (Overlay.Inhibited, $"Follows from the node {node.Node}: other nodes get through."),
            _ when ConnectionOf(alert, picture, alerts) is { } connection => (Overlay.Inhibited, $"Follows from the connection {picture.Connections.GetValueOrDefault(connection, "")}."),
            _ when picture.Silences.FirstOrDefault(silence => silence.Holds(now) && silence.Matcher.Matches(alert.ObjectKind, alert.ObjectId, alert.Rule, alert.Cause)) is { } silence
                => (Overlay.Silenced, $"Silenced by {silence.Owner} until {Moment.Time(silence.EndsAt)}: {silence.Reason}"),
            { IsFlapping: true } => (Overlay.Flapping, $"Its state changed {watched.Changes} times in half an hour."),
            _ => (Overlay.None, ""),
        };
    }
}
