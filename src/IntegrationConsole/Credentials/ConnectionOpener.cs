using System.Diagnostics;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Credentials;

/// <summary>Brings a connection together with its credential, ready to be used or tested.</summary>
public sealed class ConnectionOpener(ConnectionStore connections, CredentialStore credentials, CredentialBroker broker, ConnectorCatalog catalog, AuditTrail audit)
{
    /// <returns>Null where there is no such connection.</returns>
    public async Task<OpenConnection?> OpenAsync(TenantId tenant, Guid connectionId, CancellationToken cancellationToken) =>
        await connections.FindAsync(tenant, connectionId, cancellationToken) is { } connection ? Open(connection) : null;

    public OpenConnection Open(Connection connection) =>
        Open(connection.TenantId, connection.Id, new ConnectionDraft(connection.Name, connection.Kind, connection.Settings, connection.CredentialId));

    /// <summary>For somebody who looks at what is there: its calls are not counted.</summary>
    public OpenConnection OpenForTrial(Connection connection) => Open(connection) with { IsTrial = true };

    /// <returns>Null where there is no such connection.</returns>
    public async Task<OpenConnection?> OpenForTrialAsync(TenantId tenant, Guid connectionId, CancellationToken cancellationToken) =>
        await OpenAsync(tenant, connectionId, cancellationToken) is { } connection ? connection with { IsTrial = true } : null;

    /// <summary>A connection as it is being edited, so that it can be tested before it is saved.</summary>
    public OpenConnection Open(TenantId tenant, Guid id, ConnectionDraft draft) => new(
        tenant, id, draft.Name, draft.Kind, JsonSerializer.Deserialize<JsonElement>(draft.Settings),
        draft.CredentialId is { } credential ? new CredentialAuthentication(broker, tenant, credential) : new NoAuthentication())
    {
        CredentialId = draft.CredentialId,
    };

    /// <summary>Tests a connection as it is entered, whether saved or not. Never throws for what the outside does.</summary>
    public async Task<CheckReport> TestAsync(TenantId tenant, Guid id, ConnectionDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var connector = catalog.Get(draft.Kind);
        var credential = draft.CredentialId is { } credentialId ? await credentials.FindAsync(tenant, credentialId, cancellationToken) : null;
        var started = Stopwatch.GetTimestamp();
        CheckReport report;
        try
        {
            report = await connector.CheckAsync(Open(tenant, id, draft) with { IsTrial = true }, cancellationToken);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // A request's border: whatever the outside did, the person who pressed Test reads it.
            var failure = FailureClassifier.Classify(problem, draft.Name.Length > 0 ? draft.Name : "The system");
            report = new CheckReport([new CheckStep("Use the connection", false, failure.Sentence, Stopwatch.GetElapsedTime(started).TotalMilliseconds, failure.Advice)]);
        }

        if (credential is not null)
        {
            await credentials.SaveTestAsync(tenant, credential.Id, credential.Version, report.Passed, $"{draft.Name}: {report.Summary}", cancellationToken);
        }

        await audit.RecordAsync(tenant, actor, new AuditEvent("test", "connection", id.ToString(), draft.Name, report.Passed ? "passed" : "failed"), cancellationToken);
        return report;
    }
}
