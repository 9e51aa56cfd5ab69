using System.Collections.Concurrent;
using System.Threading.Channels;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Nodes;

namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// The runs that this node moves: as many at a time as it has slots, those first that were called first. It looks when
/// somebody calls, when a slot becomes free, and every two seconds, for runs that were called for a later time. Change
/// streams go beside the slots, which they would hold for ever. When the node stops, its runs are put back, and others go
/// on with them. On standby it takes nothing up: what goes on it ends as it would, and change streams, which have no end,
/// are put back.
/// </summary>
public sealed class NodeRuns(
    RunQueue queue, SyncRunner runner, ChangeBroadcaster changes, ThisNode me, TimeProvider clock, ILogger<NodeRuns> logger) : BackgroundService
{
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<Guid, Task> _going = new();
    private IDisposable? _calls;
    private int _free = me.Slots;
    private CancellationTokenSource _streams = new();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anything else, so that no call is missed; and whoever was called before this is looked for first.
        _calls = changes.Subscribe(change =>
        {
            if (change.Topic is RunLine.Topic or ThisNode.Topic or Change.Everything)
            {
                Wake();
            }
        });
        Wake();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The runs hear it too, and have ended when this has: each says for itself how.
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_going.Values).WaitAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _calls?.Dispose();
        _streams.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = clock.CreateTimer(_ => Wake(), null, LooksAgain, LooksAgain);
        await foreach (var wake in _wakes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await TakeUpAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away, most likely: the next look is not far.
                logger.LogError(problem, "Looking for runs to take up failed; looking again in {Pause}", LooksAgain);
            }
        }
    }

    private void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>A run that cannot be claimed is not tried again at once: who has it calls again, or the next look finds it.</summary>
    private async Task TakeUpAsync(CancellationToken stopping)
    {
        var free = Volatile.Read(ref _free);
        if (await me.IsOnStandbyAsync(stopping))
        {
            await _streams.CancelAsync();
            return;
        }

        if (free <= 0)
        {
            return;
        }

        if (_streams.IsCancellationRequested)
        {
            // Not disposed: what ends because of it still asks it for its token.
            _streams = new CancellationTokenSource();
        }

        // Those that this node is claiming just now are still in the list.
        var called = await queue.ListCalledAsync(free + _going.Count, stopping);
        foreach (var run in called.Where(run => !_going.ContainsKey(run.Id)).Take(free))
        {
            Interlocked.Decrement(ref _free);
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _going[run.Id] = GoAsync(run, start.Task, stopping);
            start.SetResult();
        }
    }

    /// <param name="called">Which run.</param>
    /// <param name="entered">When it is in the list of those that go.</param>
    /// <param name="stopping">The node stops.</param>
    private async Task GoAsync(CalledRun called, Task entered, CancellationToken stopping)
    {
        await entered;
        var hasSlot = true;
        try
        {
            if (await queue.ClaimAsync(called.TenantId, called.SyncId, called.Id, stopping) is not { } run)
            {
                return;
            }

            if (run.IsStream)
            {
                hasSlot = false;
                Free();
            }

            using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.IsStream ? _streams.Token : CancellationToken.None);
            using var moving = RunMeter.Moves();
            await runner.RunAsync(run, ends.Token);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Its lease runs out, where it was not put back.
        }
        catch (Exception problem)
        {
            // The border of a job. The database was gone at its end: its lease runs out, and a node takes it up.
            logger.LogError(problem, "Run {RunId} ended without being put back", called.Id);
        }
        finally
        {
            _going.TryRemove(called.Id, out _);
            if (hasSlot)
            {
                Free();
            }
        }
    }

    private void Free()
    {
        Interlocked.Increment(ref _free);
        Wake();
    }
}
