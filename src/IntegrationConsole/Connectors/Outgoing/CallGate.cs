using System.Collections.Concurrent;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>
/// Every call of a run goes through here, to whatever kind of system: it is held back while the circuit of its
/// connection is open, and what it came to is counted. Calls over HTTP also wait for their budget, and for calls before
/// them where the system is overloaded. Calls that somebody makes to try something out pass by.
/// </summary>
public sealed class CallGate(CircuitBreaker circuits, CallBudgets budgets, TimeProvider clock)
{
    private static readonly TimeSpan ProbesWait = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Connection), CallPace> _paces = new();

    public TimeProvider Clock => clock;

    /// <exception cref="FailureException">It is not the time for calls; the failure's hold says until when.</exception>
    public async ValueTask<CallPass> EnterAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        connection.IsTrial ? default : new CallPass(connection, await circuits.EnterAsync(connection, cancellationToken));

    /// <summary>The same for a call over HTTP.</summary>
    /// <exception cref="FailureException">It is not the time for calls; the failure's hold says until when.</exception>
    public async ValueTask<CallPass> EnterHttpAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        if (connection.IsTrial)
        {
            return default;
        }

        // Looked at before it waits for anything, and taken after it: a probe that waits keeps others from trying.
        await circuits.LookAsync(connection, cancellationToken);
        await budgets.WaitAsync(connection, cancellationToken);
        var pace = _paces.GetOrAdd((connection.Tenant, connection.Id), _ => new CallPace(clock));
        await pace.EnterAsync(cancellationToken);
        try
        {
            return new CallPass(connection, await circuits.EnterAsync(connection, cancellationToken)) { Pace = pace };
        }
        catch
        {
            pace.GiveBack();
            throw;
        }
    }

    /// <summary>Whether the budget has room for a probe at once: it takes its call like any other, and neither waits nor tells the circuit anything.</summary>
    public async ValueTask<bool> MayProbeAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbesWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await budgets.WaitAsync(connection, either.Token);
            return true;
        }
        catch (Exception used) when (used is FailureException || (used is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>The call was answered, or it failed.</summary>
    /// <param name="pass">What entering gave.</param>
    /// <param name="failure">Null when it was answered well.</param>
    public ValueTask LeaveAsync(CallPass pass, Failure? failure)
    {
        pass.Pace?.Leave(failure);
        return pass.Connection is { } connection ? circuits.ReportAsync(connection, pass.Probe, failure) : ValueTask.CompletedTask;
    }

    /// <summary>The call was answered over HTTP.</summary>
    public async ValueTask LeaveAsync(CallPass pass, HttpResponseMessage response, string what)
    {
        if (pass.Connection is { } connection)
        {
            try
            {
                await budgets.HearAsync(connection, response);
            }
            finally
            {
                await LeaveAsync(pass, FailureOf(response, what));
            }
        }
    }

    /// <summary>The call was not made after all, or nobody waited for its end.</summary>
    public ValueTask AbandonAsync(CallPass pass)
    {
        pass.Pace?.GiveBack();
        return pass.Connection is { } connection ? circuits.AbandonAsync(connection, pass.Probe) : ValueTask.CompletedTask;
    }

    /// <summary>Other refusals are answers of a system that is there.</summary>
    private Failure? FailureOf(HttpResponseMessage response, string what) =>
        (int)response.StatusCode is 401 or 408 or 429 or >= 500 ? FailureClassifier.OfStatus(response.StatusCode, what, RetryAfter.Of(response, clock)) : null;
}

/// <summary>One call that was let through.</summary>
/// <param name="Connection">Null for a call that is not counted.</param>
/// <param name="Probe">Names the probe that it is; null for an ordinary one.</param>
public readonly record struct CallPass(OpenConnection? Connection, Guid? Probe)
{
    internal CallPace? Pace { get; init; }
}
