using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Credentials;

/// <summary>Tries a connection whose circuit is open because somebody does not want to wait: its test is the probe, and decides.</summary>
public sealed class CircuitProbe(ConnectionStore connections, ConnectionOpener opener, ConnectorCatalog catalog, CircuitStore circuits)
{
    /// <returns>What came of it, in words.</returns>
    public async Task<string> TryAsync(TenantId tenant, Guid connectionId, Actor actor, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, connectionId, cancellationToken) is not { } connection
            || await circuits.ClaimAsync(tenant, connectionId, byHand: true, actor, cancellationToken) is not { } probe)
        {
            return "There is nothing to probe: the circuit is closed or isolated, or a probe is under way.";
        }

        Failure? failure;
        try
        {
            var report = await catalog.Get(connection.Kind).CheckAsync(opener.OpenForTrial(connection), cancellationToken);
            failure = report.Passed || IsAnswered(report.Failure) ? null : new Failure(FailureCause.TargetDown, report.Summary);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // A request's border: whatever the outside did, the person who pressed the button reads it.
            failure = FailureClassifier.Classify(problem, connection.Name);
        }
        catch (OperationCanceledException)
        {
            await circuits.GiveBackAsync(tenant, connectionId, probe, CancellationToken.None);
            throw;
        }

        if (failure is null)
        {
            await circuits.SucceedAsync(tenant, connectionId, probe, actor, CancellationToken.None);
            return $"The probe succeeded: the circuit of {connection.Name} is closed.";
        }

        await circuits.FailAsync(tenant, connectionId, probe, failure, CancellationToken.None);
        return $"The probe failed: {failure.Sentence}";
    }

    /// <summary>A system that says "not found" to what a test asks for is there: a circuit is about no more than that.</summary>
    private static bool IsAnswered(Failure? failure) => failure is { Sign: CallSign.Well } or { Cause: FailureCause.Configuration, Code: ['4', _, _] };
}
