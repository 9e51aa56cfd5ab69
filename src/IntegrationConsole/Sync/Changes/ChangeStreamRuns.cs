using System.Collections.Concurrent;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Changes;

/// <summary>
/// The runs of this node that have no end of their own. They go beside the scheduler's, whose places they would hold for
/// ever; when the node stops they are put back, and another node goes on.
/// </summary>
public sealed class ChangeStreamRuns(SyncRunner runner, ILogger<ChangeStreamRuns> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Guid, Task> _going = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Moves a run that this node has claimed until it is stopped.</summary>
    public void Take(ClaimedRun run) => _going[run.Id] = Task.Run(() => MoveAsync(run), CancellationToken.None);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_going.Values).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task MoveAsync(ClaimedRun run)
    {
        try
        {
            await runner.RunAsync(run, _stopping.Token);
        }
        catch (Exception problem)
        {
            // The border of a job. The database was gone at its end: its lease runs out, and a node takes it up.
            logger.LogError(problem, "Run {RunId} of a change stream ended without being put back", run.Id);
        }
        finally
        {
            _going.TryRemove(run.Id, out _);
        }
    }
}
