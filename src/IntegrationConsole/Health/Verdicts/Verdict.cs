using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What a finding is about.</summary>
public enum HealthDimension
{
    /// <summary>Whether somebody stopped it.</summary>
    Pause,

    /// <summary>Whether it is planned that it may be away.</summary>
    Maintenance,

    /// <summary>How the last run ended.</summary>
    Runs,

    /// <summary>How late it is against its promise.</summary>
    Freshness,

    /// <summary>Whether it brings as much as usual.</summary>
    Volume,

    /// <summary>Whether both sides were found to agree.</summary>
    Completeness,
    DeadLetters,

    /// <summary>When the secret ends.</summary>
    Credential,

    /// <summary>How the last test of a connection went.</summary>
    Test,

    /// <summary>How calls to the outside system fare.</summary>
    Calls,

    /// <summary>Whether calls are made at all: its circuit.</summary>
    Resilience,

    /// <summary>How much of the calls that it may make is left.</summary>
    Budget,

    /// <summary>Whether the outside system answers when it is probed.</summary>
    Connectivity,

    /// <summary>Whether it takes us for who we are when it is probed.</summary>
    Authentication,

    /// <summary>How many records fail, against what was promised.</summary>
    Errors,

    /// <summary>How much of the time that it may be late is used up.</summary>
    FreshnessBudget,

    /// <summary>How long a record is on its way.</summary>
    Latency,

    /// <summary>What waits for it.</summary>
    Backlog,

    /// <summary>Whether somebody has to change something about it.</summary>
    Configuration,

    /// <summary>The connections that something relies on.</summary>
    Connections,

    /// <summary>The integrations of a tenant.</summary>
    Integrations,

    /// <summary>Whether we looked at all.</summary>
    Evaluation,
}

/// <summary>What kind of thing shows that a finding is true: where its link leads.</summary>
public enum EvidenceKind
{
    None,
    Run,
    DeadLetters,
    Schedule,
    Sync,
    Connection,

    /// <summary>The connection's circuit and budget.</summary>
    Circuit,
    Mapping,

    /// <summary>The charts of the integration.</summary>
    Figures,

    /// <summary>What was promised, and what is left of it.</summary>
    Objective,
}

/// <param name="Id">Which run, sync or connection; null where the kind says enough.</param>
public sealed record Evidence(EvidenceKind Kind, Guid? Id = null)
{
    public static readonly Evidence None = new(EvidenceKind.None);
}

/// <summary>What happens next without anybody acting.</summary>
/// <param name="Words">Such as "next probe".</param>
/// <param name="At">Null where nothing but a call brings it about.</param>
public sealed record NextStep(string Words, DateTimeOffset? At);

/// <summary>What one look at one side of something showed.</summary>
/// <param name="Reason">In words, without any value of a record; moments in it are written as <see cref="Moment"/> does.</param>
/// <param name="HealsItself">It passes without anybody acting; the reason says by what and when.</param>
public sealed record Finding(HealthDimension Dimension, HealthState State, string Reason, bool HealsItself, Evidence Evidence)
{
    /// <summary>The class of the failure behind it; null where there is none, or it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureCause? Cause { get; init; }

    /// <summary>Null where nothing happens by itself, or nobody knows when.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NextStep? Next { get; init; }

    /// <summary>What was measured, in words; null where the reason says it all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Value { get; init; }

    /// <summary>What it is held against.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Threshold { get; init; }

    /// <summary>The share of a budget that is left, to the hundredth; negative when more is used; null where it is about none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Left { get; init; }

    /// <summary>How much it counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Impact Impact { get; init; }

    /// <summary>What this look saw, where that has to be seen again before it counts; null where it is the state.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthState? Seen { get; init; }

    /// <summary>Since when it is in its state; null where nothing is remembered of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>It rests on several runs already: the first look that sees it counts.</summary>
    [JsonIgnore]
    public bool IsSure { get; init; }

    [JsonIgnore]
    public HealthSide? Side => HealthSides.Of(Dimension);

    /// <summary>What this look saw: alerts count their looks themselves.</summary>
    [JsonIgnore]
    public HealthState SeenState => Seen ?? State;

    /// <summary>Its state as far as it counts for the whole; healthy where it does not count.</summary>
    [JsonIgnore]
    public HealthState CountedState => Impact switch
    {
        Impact.Standard => State,
        Impact.Limited => State is HealthState.Failing ? HealthState.Degraded : State,
        Impact.Suppressed => HealthState.Healthy,
    };

    /// <summary>As somebody in a zone reads it now.</summary>
    internal Finding InWords(TimeZoneInfo zone, DateTimeOffset now) => this with
    {
        Reason = Moment.InWords(Reason, zone, now, namesZone: true), Value = Value is null ? null : Moment.InWords(Value, zone, now, namesZone: true),
    };
}

/// <summary>How something is, why, and whether somebody has to act.</summary>
/// <param name="Findings">All that was looked at, the worst first.</param>
public sealed record Verdict(HealthState State, string Reason, bool HealsItself, Evidence Evidence, IReadOnlyList<Finding> Findings)
{
    public bool NeedsPerson => State.IsTrouble && !HealsItself;

    /// <summary>What the next look has to know of this one.</summary>
    public SideMemory Memory { get; init; } = SideMemory.Empty;

    /// <summary>The worst finding speaks for the whole; among equals the one that needs a person, then the first.</summary>
    public static Verdict Worst(IEnumerable<Finding> findings)
    {
        var sorted = findings.OrderBy(finding => finding.Impact is Impact.Suppressed).ThenBy(finding => finding.CountedState).ThenBy(finding => finding.HealsItself).ToList();
        var worst = sorted[0];
        return new Verdict(worst.CountedState, worst.Reason, worst.HealsItself, worst.Evidence, sorted);
    }

    /// <summary>Somebody stopped it on purpose: that is its state, and what would be wrong without that is still told.</summary>
    public static Verdict Paused(Finding pause, IEnumerable<Finding> findings)
    {
        var beneath = Worst(findings);
        var reason = beneath.State.IsTrouble ? $"{pause.Reason} It would be {beneath.State.Words.ToLowerInvariant()} otherwise." : pause.Reason;
        return new Verdict(HealthState.Paused, reason, pause.HealsItself, pause.Evidence, [pause, .. beneath.Findings]);
    }
}
