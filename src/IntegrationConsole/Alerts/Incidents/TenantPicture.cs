using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Alerts.Silences;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>One object as health found it.</summary>
/// <param name="Changes">How often its state changed in the last half hour.</param>
internal sealed record WatchedObject(ObjectKind Kind, Guid Id, string Name, HealthState State, DateTimeOffset Since, IReadOnlyList<Finding> Findings, int Changes)
{
    /// <summary>More changes than this in half an hour, and each of them says nothing.</summary>
    private const int MostChanges = 4;

    public bool IsFlapping => Changes > MostChanges;
}

/// <summary>A sync with what it relies on.</summary>
internal sealed record WatchedSync(Guid Id, string Slug, string Name, Guid SourceId, Guid DestinationId)
{
    public bool Uses(Guid connection) => SourceId == connection || DestinationId == connection;
}

/// <summary>What a channel was told last of an incident.</summary>
/// <param name="ToldAt">Null where it was not told anything yet.</param>
/// <param name="Told">Which alerts it knows of.</param>
/// <param name="Held">Which alerts there were when something was held back last.</param>
/// <param name="HeldBack">How many changes were held back since.</param>
internal sealed record Route(Guid IncidentId, Guid ChannelId, DateTimeOffset? ToldAt, string Told, string Held, int HeldBack);

/// <summary>What fired and was over while a channel was told no more, and has not been told since.</summary>
internal sealed record UntoldIncident(Incident Incident, Route Route);

/// <summary>All that one look at one tenant's alerts needs. What is decided from it is pure.</summary>
/// <param name="HealthAt">When health was computed last; null when it never was.</param>
/// <param name="Objects">Those that are not well, and those of which an alert is active.</param>
/// <param name="Causes">The class of what failed, by run or connection.</param>
/// <param name="ByHand">When an alert was resolved by hand last.</param>
internal sealed record TenantPicture(
    TenantId Id, string Slug, string Name, TimeZoneInfo Zone, DateTimeOffset? HealthAt, IReadOnlyDictionary<(ObjectKind Kind, Guid Id), WatchedObject> Objects, IReadOnlyList<AlertRule> Rules,
    IReadOnlyList<Silence> Silences, IReadOnlyList<WatchedSync> Syncs, IReadOnlyDictionary<Guid, string> Connections, IReadOnlyDictionary<Guid, FailureCause> Causes,
    IReadOnlyList<Alert> Alerts, IReadOnlyDictionary<AlertKey, DateTimeOffset> ByHand, IReadOnlyList<Incident> Incidents, IReadOnlyList<Route> Routes, IReadOnlyList<AlertChannel> Channels,
    IReadOnlyDictionary<(Guid Channel, ObjectKind Kind, Guid Id), int> SentInHour)
{
    public required WorkingHours Hours { get; init; }

    public IReadOnlyList<UntoldIncident> Untold { get; init; } = [];

    /// <summary>The failure group that failed last, by integration.</summary>
    public IReadOnlyDictionary<Guid, Guid> Groups { get; init; } = new Dictionary<Guid, Guid>();

    /// <summary>Nodes that get no answer where others do, as this tenant's connections show.</summary>
    public IReadOnlyList<NodeFault> NodeFaults { get; init; } = [];

    public bool MayTell(Guid channel, Incident incident, AlertOptions options) => SentInHour.GetValueOrDefault((channel, incident.RootKind, incident.RootId)) < options.MostPerHour;
}
