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
}

/// <summary>How something is, why, and whether somebody has to act.</summary>
/// <param name="Findings">All that was looked at, the worst first.</param>
public sealed record Verdict(HealthState State, string Reason, bool HealsItself, Evidence Evidence, IReadOnlyList<Finding> Findings)
{
    public bool NeedsPerson => State.IsTrouble && !HealsItself;

    /// <summary>The worst finding speaks for the whole; among equals the one that needs a person, then the first.</summary>
    public static Verdict Worst(IEnumerable<Finding> findings)
    {
        var sorted = findings.OrderBy(finding => finding.State).ThenBy(finding => finding.HealsItself).ToList();
        var worst = sorted[0];
        return new Verdict(worst.State, worst.Reason, worst.HealsItself, worst.Evidence, sorted);
    }

    /// <summary>Somebody stopped it on purpose: that is its state, and what would be wrong without that is still told.</summary>
    public static Verdict Paused(Finding pause, IEnumerable<Finding> findings)
    {
        var beneath = Worst(findings);
        var reason = beneath.State.IsTrouble ? $"{pause.Reason} It would be {beneath.State.Words.ToLowerInvariant()} otherwise." : pause.Reason;
        return new Verdict(HealthState.Paused, reason, pause.HealsItself, pause.Evidence, [pause, .. beneath.Findings]);
    }
}
