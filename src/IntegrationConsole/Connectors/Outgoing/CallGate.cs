using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>
/// Every call of a run goes through here, to whatever kind of system: it is held back while the circuit of its
/// connection is open, and what it came to is counted. Calls that somebody makes to try something out pass by.
/// </summary>
public sealed class CallGate(CircuitBreaker circuits, TimeProvider clock)
{
    public TimeProvider Clock => clock;

    /// <exception cref="FailureException">It is not the time for calls; the failure's hold says until when.</exception>
    public async ValueTask<CallPass> EnterAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        connection.IsTrial ? default : new CallPass(connection, await circuits.EnterAsync(connection, cancellationToken));

    /// <summary>The call was answered, or it failed.</summary>
    /// <param name="pass">What <see cref="EnterAsync"/> gave.</param>
    /// <param name="failure">Null when it was answered well.</param>
    public ValueTask LeaveAsync(CallPass pass, Failure? failure) =>
        pass.Connection is { } connection ? circuits.ReportAsync(connection, pass.Probe, failure) : ValueTask.CompletedTask;

    /// <summary>The call was answered over HTTP.</summary>
    public ValueTask LeaveAsync(CallPass pass, HttpResponseMessage response, string what) => LeaveAsync(pass, FailureOf(response, what));

    /// <summary>The call was not made after all, or nobody waited for its end.</summary>
    public ValueTask AbandonAsync(CallPass pass) => pass.Connection is { } connection ? circuits.AbandonAsync(connection, pass.Probe) : ValueTask.CompletedTask;

    /// <summary>Other refusals are answers of a system that is there.</summary>
    private Failure? FailureOf(HttpResponseMessage response, string what) =>
        (int)response.StatusCode is 401 or 408 or 429 or >= 500 ? FailureClassifier.OfStatus(response.StatusCode, what, RetryAfter.Of(response, clock)) : null;
}

/// <summary>One call that was let through.</summary>
/// <param name="Connection">Null for a call that is not counted.</param>
/// <param name="Probe">Names the probe that it is; null for an ordinary one.</param>
public readonly record struct CallPass(OpenConnection? Connection, Guid? Probe);
