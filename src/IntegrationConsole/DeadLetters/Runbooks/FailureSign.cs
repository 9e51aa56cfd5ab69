using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>A failure as far as a runbook recognises it.</summary>
/// <param name="Tenant">Null where it is of several: only what holds for all tenants is looked for.</param>
/// <param name="Cause">Null where nothing failed, and something is late or too little.</param>
/// <param name="Connector">The kind of the connection that it concerns; empty for the mapping.</param>
/// <param name="Sentence">What happened; of a group without its values.</param>
public sealed record FailureSign(TenantId? Tenant, FailureCause? Cause, string Code, string Connector, string Sentence);
