using Npgsql;
using Quartz;

namespace IntegrationConsole.Health.Probes;

/// <summary>Whether this node can do its work now: a word for each thing that it needs, "ok" where it has it.</summary>
public sealed class Readiness(ConsoleDatabase database, ChangeBroadcaster changes, ISchedulerFactory schedulers, TimeProvider clock)
{
    private const string Ok = "ok";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Whether the scheduler has to run on this node.</summary>
    public required bool IsWorker { get; init; }

    public async Task<(bool IsReady, IReadOnlyDictionary<string, string> Checks)> CheckAsync(CancellationToken cancellationToken)
    {
        var checks = new Dictionary<string, string>
        {
            ["database"] = await DatabaseAsync(cancellationToken),
            ["listener"] = changes.IsListening ? Ok : "silent",
        };
        if (IsWorker)
        {
            checks["scheduler"] = (await schedulers.GetScheduler(cancellationToken)).Status is SchedulerStatus.Running ? Ok : "stopped";
        }

        return (checks.Values.All(word => word == Ok), checks);
    }

    private async Task<string> DatabaseAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // The driver itself may take longer to give up than the one who asks wants to wait.
            return await AskAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return "slow";
        }
        catch (NpgsqlException)
        {
            return "unreachable";
        }
    }

    private async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        return await Migrator.IsDoneAsync(connection, cancellationToken) ? Ok : "outdated";
    }
}
