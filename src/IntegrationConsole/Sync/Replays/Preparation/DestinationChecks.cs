using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>Looks whether a destination can take letters now: its circuit, whether it lets us in, and how many calls are left.</summary>
public sealed class DestinationChecks(ConnectionStore connections, ConnectionOpener opener, ConnectorCatalog catalog, CircuitStore circuits, BudgetStore budgets)
{
    /// <summary>Somebody waits in front of the page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    public async Task<IReadOnlyList<ReplayCheck>> CheckAsync(
        TenantId tenant, Guid connectionId, int letters, ReplayOptions options, TimeProvider clock, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, connectionId, cancellationToken) is not { } connection)
        {
            return [new ReplayCheck("Destination", CheckResult.Blocking, "The destination's connection was deleted.")];
        }

        var circuit = await circuits.FindAsync(tenant, connectionId, cancellationToken);
        var answer = AnswerAsync(connection, clock, cancellationToken);
        var budget = await BudgetAsync(tenant, connection, letters, options, clock.GetUtcNow(), zone, cancellationToken);
        return [CircuitOf(connection, circuit, options, zone), await answer, budget];
    }

    /// <summary>Whether a destination of such a kind takes rows by calls, of which several may go at the same time.</summary>
    public bool TakesCalls(string kind) => catalog.Find(kind)?.Descriptor.KeepsLedger == true;

    private static ReplayCheck CircuitOf(Connection connection, Circuit? circuit, ReplayOptions options, TimeZoneInfo zone) =>
        circuit is null or { State: CircuitState.Closed }
            ? new ReplayCheck("Circuit", CheckResult.Good, $"The circuit of {connection.Name} is closed.")
            : new ReplayCheck(
                "Circuit", CheckResult.Warning,
                $"{circuit.WaitingWords(connection.Name, zone).Replace("Waits: ", "", StringComparison.Ordinal)}. {(options.Start is ReplayStart.CircuitsClosed ? "The replay begins when it is closed." : "Letters wait for it; choose to begin when it is closed.")}",
                CheckPlace.Circuits);

    /// <summary>Asks the system itself, as the button Test does.</summary>
    private async Task<ReplayCheck> AnswerAsync(Connection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var report = await catalog.Get(connection.Kind).CheckAsync(opener.OpenForTrial(connection), either.Token);
            return report.Passed
                ? new ReplayCheck("Sign-in", CheckResult.Good, $"{connection.Name} was asked just now and lets us in.")
                : new ReplayCheck("Sign-in", CheckResult.Warning, $"{connection.Name} was asked just now: {report.Summary}", CheckPlace.Connection, connection.Id.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReplayCheck("Sign-in", CheckResult.Warning, $"{connection.Name} did not answer within {Patience.TotalSeconds:0.#} seconds.", CheckPlace.Connection, connection.Id.ToString());
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The border of a request to an outside system.
            return new ReplayCheck("Sign-in", CheckResult.Warning, FailureClassifier.Classify(problem, connection.Name).Sentence, CheckPlace.Connection, connection.Id.ToString());
        }
    }

    private async Task<ReplayCheck> BudgetAsync(
        TenantId tenant, Connection connection, int letters, ReplayOptions options, DateTimeOffset now, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var found = (await budgets.ListAsync(tenant, cancellationToken)).FirstOrDefault(view => view.Budget.Id == (connection.CredentialId ?? connection.Id))?.Budget;
        if (found is null || (found.Limits.IsNone && !found.IsTold(now)))
        {
            return new ReplayCheck("Calls", CheckResult.Good, $"Nothing is known to limit the calls to {connection.Name}.");
        }

        string At(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        var (left, until) = found.IsTold(now) ? ((long)found.ToldRemaining!.Value, (DateTimeOffset?)found.ToldResetAt)
            : found.PerDay is { } day ? (Math.Max(0, day - found.UsedToday(now)), CallBudget.DayOf(now).AddDays(1)) : (-1, null);
        var share = options.BudgetShare < 100 ? $" The replay takes {options.BudgetShare} % of them." : "";
        share += options.Start is ReplayStart.BudgetResets && found.ResetsAt(now) is { } reset ? $" It begins when they begin anew at {At(reset)}." : "";
        if (left < 0)
        {
            return new ReplayCheck("Calls", CheckResult.Good, $"{letters:N0} calls at most; {connection.Name} is limited to {(found.PerMinute is { } minute ? $"{minute:N0} a minute" : $"{found.PerSecond:0.##} a second")}.{share}", CheckPlace.Circuits);
        }

        return new ReplayCheck(
            "Calls", left * options.BudgetShare / 100 < letters ? CheckResult.Warning : CheckResult.Good, $"{letters:N0} calls at most, {left:N0} are left until {At(until!.Value)}.{share}", CheckPlace.Circuits);
    }
}
