using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>An incident with its alerts after a look.</summary>
internal sealed record OpenIncident(Incident Incident, IReadOnlyList<Alert> Alerts, bool IsNew);

/// <summary>What becomes of incidents: alerts that fire are put under their root cause, and one without any left is over.</summary>
/// <param name="Alerts">All alerts, each with its incident.</param>
internal sealed record IncidentPlan(IReadOnlyList<Alert> Alerts, IReadOnlyList<OpenIncident> Open, IReadOnlyList<Incident> Closed)
{
    /// <summary>Closed without being over: its alerts went under another root.</summary>
    private const string Moved = "Its alerts follow from another cause: they are told there.";

    public static IncidentPlan Of(TenantPicture picture, IReadOnlyList<Alert> alerts, DateTimeOffset now)
    {
        var known = picture.Incidents.ToDictionary(incident => incident.Root);
        var open = new List<OpenIncident>();
        var placed = new List<Alert>();
        foreach (var group in alerts.Where(alert => alert.IsFiring).GroupBy(alert => RootOf(alert, picture, alerts)))
        {
            var (kind, id) = group.Key;
            var before = known.GetValueOrDefault(group.Key);
            var incident = before ?? new Incident(picture.Id, Guid.CreateVersion7(now), kind, id, NameOf(group.Key, group.First(), picture), now, null, "");
            var members = group.Select(alert => alert with { IncidentId = incident.Id }).ToList();
            placed.AddRange(members);
            open.Add(new OpenIncident(incident, members, before is null));
        }

        var stillOpen = open.Select(one => one.Incident.Id).ToHashSet();
        var closed = picture.Incidents.Where(incident => !stillOpen.Contains(incident.Id)).Select(incident => incident with { ClosedAt = now, Closing = Closing(incident, alerts) }).ToList();
        return new IncidentPlan([.. placed, .. alerts.Where(alert => !alert.IsFiring)], open, closed);
    }

    public static bool WasMoved(Incident incident) => incident.Closing == Moved;

    private static (ObjectKind Kind, Guid Id) RootOf(Alert alert, TenantPicture picture, IReadOnlyList<Alert> alerts) =>
        AlertJudge.CauseOf(alert, picture, alerts) ?? (alert.ObjectKind, alert.ObjectId);

    private static string NameOf((ObjectKind Kind, Guid Id) root, Alert one, TenantPicture picture) =>
        root.Kind switch
        {
            ObjectKind.Connection => picture.Connections.GetValueOrDefault(root.Id, one.ObjectName),
            ObjectKind.Tenant => picture.Name,
            ObjectKind.Sync => one.ObjectName,
        };

    /// <summary>What fixed it: the words of the last alert of it that went.</summary>
    private static string Closing(Incident incident, IReadOnlyList<Alert> alerts)
    {
        var gone = alerts.Where(alert => alert.State is AlertState.Resolved && alert.IncidentId == incident.Id).ToList();
        var root = gone.FirstOrDefault(alert => (alert.ObjectKind, alert.ObjectId) == incident.Root) ?? gone.FirstOrDefault();
        return root?.Resolution ?? (alerts.Any(alert => alert.IncidentId == incident.Id) ? Moved : "Resolved by hand.");
    }
}
