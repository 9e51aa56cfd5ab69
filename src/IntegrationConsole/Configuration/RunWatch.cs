using System.Threading.Channels;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Configuration;

/// <summary>Why somebody who waited for a run waits no longer.</summary>
internal enum WatchEnd
{
    RunEnded,
    NoWorker,
    TimeIsOver,
    Interrupted,
}

/// <summary>Waits for the end of a run: hears of changes where it can, and looks now and then in case one was missed.</summary>
internal sealed class RunWatch(RunStore runs, RunWaits waits, WorkerNodes workers, ChangeBroadcaster changes, TimeProvider clock)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <param name="tenant">Whose run.</param>
    /// <param name="runId">Which.</param>
    /// <param name="timeout">How long at most; null for as long as it takes.</param>
    /// <param name="interrupted">Ends the waiting.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The run as it was last seen, and why the waiting ended.</returns>
    public async Task<(Run Run, WatchEnd End)> WaitAsync(TenantId tenant, Guid runId, TimeSpan? timeout, CancellationToken interrupted, CancellationToken cancellationToken)
    {
        // Subscribed before the first look: an end that comes in between is heard of.
        var heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = changes.Subscribe(change =>
        {
            if (change.Topic is Change.Everything || (change.Topic == RunStore.Topic && change.Id == runId))
            {
                heard.Writer.TryWrite(true);
            }
        });
        if (changes.ExecuteTask is null)
        {
            // In a command beside the console; the console itself listens already.
            await changes.StartAsync(cancellationToken);
        }

        using var patience = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, interrupted, cancellationToken);
        while (true)
        {
            var run = await runs.FindAsync(tenant, runId, cancellationToken) ?? throw new FailureException(new Failure(FailureCause.Configuration, "The run is gone: its tenant was erased."));
            if (!run.IsOpen)
            {
                return (run, WatchEnd.RunEnded);
            }

            if (run.State is RunState.Queued && !await workers.AnyAwakeAsync(except: "", cancellationToken))
            {
                return (run, WatchEnd.NoWorker);
            }

            if (!await HearAsync(heard.Reader, waiting.Token))
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (run, interrupted.IsCancellationRequested ? WatchEnd.Interrupted : WatchEnd.TimeIsOver);
            }
        }
    }

    /// <summary>Why a run still waits; empty where it does not wait for a place.</summary>
    public async Task<string> WhyAsync(Run run, CancellationToken cancellationToken) => (await waits.FindAsync(run, cancellationToken))?.Words ?? "";

    /// <returns>False where the waiting is to end.</returns>
    private async Task<bool> HearAsync(ChannelReader<bool> heard, CancellationToken waiting)
    {
        try
        {
            await heard.WaitToReadAsync(waiting).AsTask().WaitAsync(Poll, clock, waiting);
            heard.TryRead(out _);
            return true;
        }
        catch (TimeoutException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
