using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health;

/// <summary>How an object is, as it was written; nulls where nobody looked yet.</summary>
internal sealed record StoredHealth(
    TenantId TenantId, string TimeZone, ObjectKind ObjectKind, Guid ObjectId, HealthState? State, string? Reason, bool? HealsItself, EvidenceKind? EvidenceKind,
    Guid? EvidenceId, string? Findings, DateTimeOffset? Since, DateTimeOffset? EvaluatedAt);
