using System.Collections.Concurrent;
using Quartz;

namespace IntegrationConsole.Sync.Schedules;

/// <summary>
/// Ends a node's runs before its scheduler ends. Where they go on, another node is told by way of the scheduler, which
/// takes nothing any more once it was shut down: the runs would wait for their leases.
/// </summary>
public sealed class RunDrain(ISchedulerFactory schedulers) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _going = new();

    /// <summary>Does a job's work, which ends early when the node stops.</summary>
    public async Task DoAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellationToken);
        var going = work(either.Token);
        _going[going] = true;
        try
        {
            await going;
        }
        finally
        {
            _going.TryRemove(going, out _);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.Standby(cancellationToken);
        await _stopping.CancelAsync();

        // How a run ended is its own affair; here it only has to have ended.
        await Task.WhenAll(_going.Keys.Select(run => run.ContinueWith(_ => { }, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)));
    }

    public void Dispose() => _stopping.Dispose();
}
