using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>A tenant as triage names it.</summary>
public sealed record TenantName(TenantId Id, string Slug, string Name);

/// <summary>A sync or connection in trouble.</summary>
/// <param name="Slug">Of a sync; empty for a connection.</param>
/// <param name="SourceId">Of a sync.</param>
/// <param name="DestinationId">Of a sync.</param>
/// <param name="CredentialId">Of a connection.</param>
/// <param name="Host">Where a connection leads, without its path; empty where its settings do not say.</param>
public sealed record Ailing(
    TenantName Tenant, ObjectKind Kind, Guid Id, string Name, string Slug, HealthState State, DateTimeOffset Since, IReadOnlyList<Finding> Findings,
    Guid? SourceId = null, Guid? DestinationId = null, Guid? CredentialId = null, string Host = "")
{
    /// <summary>Of a connection, what kind of system it leads to.</summary>
    public string Connector { get; init; } = "";

    public bool Uses(Guid connection) => SourceId == connection || DestinationId == connection;

    public IEnumerable<Finding> Trouble => Findings.Where(finding => finding.CountedState.IsTrouble);
}

/// <summary>The open letters of one sync that fail alike.</summary>
/// <param name="Pattern">The same for the same failure in any tenant.</param>
/// <param name="Field">The field in the mapping or the record; empty where it is about none.</param>
/// <param name="GroupId">Its failure group.</param>
/// <param name="First">Since when it fails, or fails again.</param>
/// <param name="Life">Whether somebody knows of it.</param>
/// <param name="Owner">Who looks after it; empty for nobody.</param>
public sealed record LetterGroup(
    TenantName Tenant, Guid SyncId, string SyncSlug, string SyncName, Guid GroupId, string Pattern, FailureCause Cause, LetterStage Stage, string Field, string Message,
    int Open, int Waiting, DateTimeOffset First, DateTimeOffset Last, GroupState Life, string Owner, Guid SourceId, Guid DestinationId)
{
    /// <summary>What the outside system, or the library, called it.</summary>
    public string Code { get; init; } = "";

    /// <summary>The kind of the connection that it concerns; empty for the mapping.</summary>
    public string Connector { get; init; } = "";

    /// <summary>The sentence without the name of the outside system.</summary>
    public string Template { get; init; } = "";

    /// <summary>Its page.</summary>
    public string Href => $"/t/{Tenant.Slug}/failures/{GroupId}";

    /// <summary>Where its letters are replayed.</summary>
    public string ReplayHref => $"/t/{Tenant.Slug}/replays/new?group={GroupId}";

    /// <summary>The connection at whose end it happened.</summary>
    public Guid ConnectionId => Stage is LetterStage.Read ? SourceId : DestinationId;
}

/// <summary>What somebody is offered to do first.</summary>
public enum RemedyKind
{
    /// <summary>Leads to where it is done.</summary>
    Open,

    /// <summary>Tries the connection now.</summary>
    Probe,

    /// <summary>Starts the integration.</summary>
    RunNow,

    /// <summary>Leads to where a node is told to take nothing up.</summary>
    Standby,
}

/// <param name="Words">On the button.</param>
/// <param name="Href">Where it leads; for kinds that act at once, where the thing itself is.</param>
/// <param name="Targets">The connections to try, or the syncs to start.</param>
public sealed record Remedy(RemedyKind Kind, string Words, string Href, IReadOnlyList<(TenantName Tenant, Guid Id)> Targets)
{
    /// <summary>What acts on more than these at once is asked first.</summary>
    public const int MostUnasked = 20;

    /// <summary>What acts on more than these takes their count to be typed.</summary>
    public const int MostWithoutCount = 1_000;

    /// <summary>Whether it is asked before it is done.</summary>
    public bool IsAsked => Targets.Count > MostUnasked;

    public static Remedy Open(string words, string href) => new(RemedyKind.Open, words, href, []);
}

/// <summary>An integration that suffers from a cause.</summary>
public sealed record Affected(TenantName Tenant, Guid SyncId, string Name, string Slug);

/// <summary>One thing that is wrong, with all that it brings down: one card, however many symptoms there are.</summary>
/// <param name="Key">The same as long as it is the same cause.</param>
/// <param name="Cause">Null where the trouble is no failure: something is late, or brings too little.</param>
/// <param name="Title">The cause in a word or three.</param>
/// <param name="Subject">What it is about: a connection, a field, an integration.</param>
/// <param name="Evidence">What shows it, in a sentence.</param>
/// <param name="Letters">Dead letters that wait because of it.</param>
/// <param name="Waiting">Records that wait behind those.</param>
/// <param name="Next">What happens next by itself; null where nothing does.</param>
/// <param name="Groups">Its failure groups, the largest first.</param>
public sealed record RootCause(
    string Key, FailureCause? Cause, string Title, string Subject, string Evidence, HealthState State, bool HealsItself, DateTimeOffset Since,
    IReadOnlyList<TenantName> Tenants, IReadOnlyList<Affected> Integrations, int Letters, int Waiting, NextStep? Next, IReadOnlyList<LetterGroup> Groups, Remedy Remedy)
{
    /// <summary>What people said about it.</summary>
    public CauseCare Care { get; init; } = CauseCare.None;

    /// <summary>Who looks after it; empty for nobody.</summary>
    public string Owner => Care.Owner;

    /// <summary>There is nothing to it but letters that fail alike.</summary>
    public bool IsOfGroups { get; init; }

    /// <summary>
    /// What people speak of when they speak of it: what is late or fails to run integration by integration, since others join
    /// and leave such a cause and its words change; everything else tenant by tenant.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<(TenantId Tenant, string Part)> Parts => Key.Split(':')[0] switch
    {
        "late" => Integrations.Select(sync => (sync.Tenant.Id, $"late:{sync.SyncId}")),
        "run" => Integrations.Select(sync => (sync.Tenant.Id, $"run:{sync.SyncId}:{Cause}")),
        _ => Tenants.Select(tenant => (tenant.Id, Key)),
    };

    /// <summary>The same where nobody has looked for too long: whether it is still so, or heals, is not known.</summary>
    public RootCause AsUnknown() => this with { State = HealthState.Unknown, HealsItself = false, Next = null };

    /// <summary>What promise is broken, where one is.</summary>
    public string Promise { get; init; } = "";

    /// <summary>The kind of the connection that it is about, where it is about one.</summary>
    public string Connector { get; init; } = "";

    /// <summary>What is known about it; null where nobody has written it down.</summary>
    public CauseRunbook? Runbook { get; init; }
}

/// <summary>Where the runbook of a cause is read.</summary>
public sealed record CauseRunbook(string Title, string Href);
