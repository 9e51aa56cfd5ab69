using System.Collections.Concurrent;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>
/// Gives each call of this node its moment. Takes slices of the shared budget, larger ones the quicker they are used up,
/// so that the database is asked once for many calls; where nothing limits them, once in a while.
/// </summary>
public sealed class CallBudgets(BudgetStore store, CallShares shares, TimeProvider clock, ILogger<CallBudgets> logger)
{
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id, bool IsShare), BudgetSlices> _slices = new();

    /// <summary>
    /// Returns when a call may be made: by the budget of its credential, and by what all calls of the tenant share. A
    /// backfill's call waits for its share first, so that it takes nothing from the others meanwhile.
    /// </summary>
    /// <exception cref="FailureException">That is too long to wait for; the failure's hold says until when.</exception>
    public async ValueTask WaitAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        if (connection.IsBackfill)
        {
            await WaitAsync(connection, connection.BudgetId, isShare: true, cancellationToken);
        }

        await WaitAsync(connection, connection.BudgetId, isShare: false, cancellationToken);
        await WaitAsync(connection, connection.Tenant.Value, isShare: false, cancellationToken);
    }

    private async ValueTask WaitAsync(OpenConnection connection, Guid budget, bool isShare, CancellationToken cancellationToken)
    {
        var slices = SlicesOf(connection, budget, isShare);
        if (slices.IsFree(clock.GetUtcNow()))
        {
            return;
        }

        var moment = clock.GetUtcNow();
        while (true)
        {
            var turn = await TurnAsync(slices, connection, (budget, isShare), moment, cancellationToken);
            var wait = turn.At - moment;
            if (wait > Backoff.LongestAsked)
            {
                throw UsedUp(connection, budget, turn.At);
            }

            if (wait > TimeSpan.Zero)
            {
                BudgetMeter.Throttled(connection);
                await Task.Delay(wait, clock, cancellationToken);
                moment = turn.At;
            }

            if (turn.IsGiven)
            {
                return;
            }
        }
    }

    /// <summary>Learns from an answer's headers.</summary>
    public async ValueTask HearAsync(OpenConnection connection, HttpResponseMessage response)
    {
        if (RateLimitHeaders.Read(response, clock) is not { } told || !SlicesOf(connection, connection.BudgetId, isShare: false).IsNews(told, clock.GetUtcNow()))
        {
            return;
        }

        try
        {
            if (await store.HearAsync(connection.Tenant, connection.BudgetId, told, CancellationToken.None) is { } budget)
            {
                SlicesOf(connection, connection.BudgetId, isShare: false).Limit();
                BudgetMeter.Saw(connection, budget);
            }
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            logger.LogWarning("What connection {ConnectionId} said about its limits could not be kept: the database does not answer", connection.Id);
        }
    }

    private BudgetSlices SlicesOf(OpenConnection connection, Guid budget, bool isShare) => _slices.GetOrAdd((connection.Tenant, budget, isShare), _ => new BudgetSlices());

    private async Task<BudgetTurn> TurnAsync(
        BudgetSlices slices, OpenConnection connection, (Guid Id, bool IsShare) budget, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await slices.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slices.Next(moment) is { } next)
            {
                return next;
            }

            if (await LeaseAsync(connection, budget, slices.Wanted, moment, cancellationToken) is not { } lease)
            {
                slices.Free(clock.GetUtcNow());
                return new BudgetTurn(moment, IsGiven: true);
            }

            slices.Take(lease);
            return slices.Next(moment) ?? new BudgetTurn(lease.From, IsGiven: false);
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            // Calls that cannot be saved are not made for long: the run itself notices.
            logger.LogWarning("The call budget of connection {ConnectionId} could not be asked: the database does not answer", connection.Id);
            return new BudgetTurn(moment, IsGiven: true);
        }
        finally
        {
            slices.Gate.Release();
        }
    }

    /// <returns>Null where nothing limits the calls.</returns>
    private async Task<CallLease?> LeaseAsync(OpenConnection connection, (Guid Id, bool IsShare) budget, int wanted, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        if (budget.IsShare)
        {
            return await shares.LeaseAsync(connection.Tenant, budget.Id, wanted, moment, cancellationToken);
        }

        var leased = await store.LeaseAsync(connection.Tenant, budget.Id, wanted, moment, cancellationToken);
        if (leased is { Budget: var seen })
        {
            BudgetMeter.Saw(connection, seen);
        }

        return leased?.Lease;
    }

    private static FailureException UsedUp(OpenConnection connection, Guid budget, DateTimeOffset until)
    {
        var what = budget == connection.Tenant.Value ? "the tenant's calls per minute, which are" : $"the call budget of {connection.Name}, which is";
        return new FailureException(new Failure(
            FailureCause.RateLimit, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Waits for {what} used up until {until:d MMM, HH:mm} UTC"), "budget")
        {
            IsRetryable = false,
            Hold = new Hold(connection.Id, until),
        });
    }
}
