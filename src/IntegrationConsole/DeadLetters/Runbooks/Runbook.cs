using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>How a known failure is recognised. What is null or empty matches everything.</summary>
/// <param name="Contains">Found in what happened, whatever its case.</param>
public sealed record RunbookPattern(FailureCause? Cause, string Code, string Connector, string Contains)
{
    /// <summary>It would hold for every failure.</summary>
    public bool IsEmpty => Cause is null && Code.Length + Connector.Length + Contains.Length == 0;

    /// <summary>What more of a failure is asked for counts more: words before a code, a code before a kind of system, that before a cause.</summary>
    public int Weight => (Contains.Length > 0 ? 8 : 0) + (Code.Length > 0 ? 4 : 0) + (Connector.Length > 0 ? 2 : 0) + (Cause is null ? 0 : 1);

    public bool Fits(FailureSign sign) =>
        !IsEmpty && (Cause is null || Cause == sign.Cause)
        && (Code.Length == 0 || string.Equals(Code, sign.Code, StringComparison.OrdinalIgnoreCase))
        && (Connector.Length == 0 || Connector == sign.Connector)
        && (Contains.Length == 0 || sign.Sentence.Contains(Contains, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What people know about a failure: how it is recognised, and what to do about it.</summary>
/// <param name="TenantId">Zeros for what holds for all tenants.</param>
/// <param name="Steps">As it was typed.</param>
/// <param name="Link">Where more stands; empty for nowhere.</param>
/// <param name="Owner">Whom to ask; empty for nobody.</param>
public sealed record Runbook(
    TenantId TenantId, Guid Id, string Title, string Steps, string Link, string Owner, FailureCause? Cause, string Code, string Connector, string Contains, bool IsOn,
    DateTimeOffset ChangedAt, string ChangedBy, int Version)
{
    public bool IsForAll => TenantId.Value == Guid.Empty;

    public RunbookPattern Pattern => new(Cause, Code, Connector, Contains);
}

/// <summary>What came of a runbook so far, counted from the failures that are known.</summary>
/// <param name="Groups">Failure groups for which it is the one that is shown.</param>
/// <param name="Resolved">How many of them are over.</param>
/// <param name="Last">When one of them failed last.</param>
public sealed record RunbookUse(int Groups, int Resolved, DateTimeOffset? Last)
{
    public static readonly RunbookUse None = new(0, 0, null);
}
