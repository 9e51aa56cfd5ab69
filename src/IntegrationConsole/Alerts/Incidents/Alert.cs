using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>How far an alert is.</summary>
public enum AlertState
{
    /// <summary>Seen, and not yet often or long enough.</summary>
    Pending,
    Firing,

    /// <summary>Somebody knows of it.</summary>
    Acknowledged,
    Resolved,
}

/// <summary>Why nobody is told of an alert, although it is there. The order is the order in which they are asked for.</summary>
public enum Overlay
{
    None,

    /// <summary>A maintenance is open.</summary>
    Maintenance,

    /// <summary>Somebody stopped what it is about.</summary>
    Paused,

    /// <summary>It follows from something else that fires.</summary>
    Inhibited,
    Silenced,

    /// <summary>It comes and goes: told once, and not each time.</summary>
    Flapping,
}

/// <summary>What makes an alert the same one: what it is about, by which rule, and the class of what failed.</summary>
public sealed record AlertKey(ObjectKind Kind, Guid Id, string Rule, string Cause);

/// <summary>One thing that is wrong.</summary>
/// <param name="Cause">The class of what failed; empty where the rule says enough.</param>
/// <param name="Reason">Moments in it are kept as such.</param>
/// <param name="Seen">Looks in a row at which it was there.</param>
/// <param name="Missed">Looks in a row at which it was not.</param>
/// <param name="ResolvedBy">Who resolved it by hand; empty where it recovered.</param>
public sealed record Alert(
    TenantId TenantId, Guid Id, Guid? IncidentId, ObjectKind ObjectKind, Guid ObjectId, string ObjectName, string Rule, string Cause, Severity Severity, AlertState State,
    Overlay Overlay, string OverlayReason, string Reason, bool HealsItself, EvidenceKind EvidenceKind, Guid? EvidenceId, int Seen, int Missed, DateTimeOffset PendingSince,
    DateTimeOffset? FiredAt, DateTimeOffset? AcknowledgedAt, string AcknowledgedBy, string AssignedTo, DateTimeOffset? ResolvedAt, string ResolvedBy, string Resolution)
{
    public const string Columns = """
        tenant_id, id, incident_id, object_kind, object_id, object_name, rule, cause, severity, state, overlay, overlay_reason, reason, heals_itself, evidence_kind, evidence_id,
        seen, missed, pending_since, fired_at, acknowledged_at, acknowledged_by, assigned_to, resolved_at, resolved_by, resolution
        """;

    public AlertKey Key => new(ObjectKind, ObjectId, Rule, Cause);

    public bool IsFiring => State is AlertState.Firing or AlertState.Acknowledged;

    /// <summary>People are told of it.</summary>
    public bool IsLoud => IsFiring && Overlay is Overlay.None or Overlay.Flapping;

    public string RuleTitle => RuleTemplate.Find(Rule)?.Title ?? Rule;

    /// <summary>Such as "Late: integration Orders".</summary>
    public string What => ObjectKind is ObjectKind.Tenant ? RuleTitle : $"{RuleTitle}: {(ObjectKind is ObjectKind.Sync ? "integration" : "connection")} {ObjectName}";
}

/// <summary>Alerts with one root cause.</summary>
/// <param name="Closing">What ended it, in words; empty while it is open.</param>
public sealed record Incident(TenantId TenantId, Guid Id, ObjectKind RootKind, Guid RootId, string RootName, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string Closing)
{
    public const string Columns = "tenant_id, id, root_kind, root_id, root_name, opened_at, closed_at, closing";

    public (ObjectKind Kind, Guid Id) Root => (RootKind, RootId);
}

public static class AlertWords
{
    extension(AlertState state)
    {
        public string Words => state switch
        {
            AlertState.Pending => "Pending",
            AlertState.Firing => "Firing",
            AlertState.Acknowledged => "Acknowledged",
            AlertState.Resolved => "Resolved",
        };
    }

    extension(Overlay overlay)
    {
        public string Words => overlay switch
        {
            Overlay.None => "",
            Overlay.Maintenance => "In maintenance",
            Overlay.Paused => "Paused",
            Overlay.Inhibited => "Follows from another",
            Overlay.Silenced => "Silenced",
            Overlay.Flapping => "Flapping",
        };
    }
}
