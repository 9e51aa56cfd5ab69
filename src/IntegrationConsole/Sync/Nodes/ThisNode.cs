using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Nodes;

/// <summary>
/// This process among the nodes: its name, how much it does at once, and whether somebody told it to take nothing up.
/// That is asked of the database after a notice, or every few seconds, and never for each run.
/// </summary>
public sealed class ThisNode : IDisposable
{
    /// <summary>Told to all nodes when one was put on standby, or woken.</summary>
    public const string Topic = "node";

    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(5);

    private readonly WorkerNodes _nodes;
    private readonly TimeProvider _clock;
    private readonly IDisposable _subscription;
    private long _askedAt;
    private volatile bool _isOutdated = true;
    private volatile bool _isOnStandby;

    public ThisNode(WorkerNodes nodes, ChangeBroadcaster changes, IOptions<DatabaseOptions> node, IOptions<WorkerOptions> worker, TimeProvider clock)
    {
        (_nodes, _clock) = (nodes, clock);
        (Name, Slots) = (node.Value.NodeName, worker.Value.ConcurrentRuns);
        _subscription = changes.Subscribe(change => _isOutdated |= change.Topic is Topic or Change.Everything);
    }

    public string Name { get; }

    /// <summary>Runs that it moves at the same time.</summary>
    public int Slots { get; }

    /// <summary>Whether it calls no outside system of its own accord. Without the database this is not known, and nothing is taken up either.</summary>
    public async ValueTask<bool> IsOnStandbyAsync(CancellationToken cancellationToken)
    {
        if (_isOutdated || _clock.GetElapsedTime(Volatile.Read(ref _askedAt)) > KnownFor)
        {
            await AskAsync(cancellationToken);
        }

        return _isOnStandby;
    }

    /// <summary>Whether another node may do what this one leaves.</summary>
    public Task<bool> HasOthersAsync(CancellationToken cancellationToken) => _nodes.AnyAwakeAsync(Name, cancellationToken);

    public void Dispose() => _subscription.Dispose();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        // Before the question: what changes while it is on its way is asked for again.
        _isOutdated = false;
        try
        {
            _isOnStandby = await _nodes.IsOnStandbyAsync(Name, cancellationToken);
            Volatile.Write(ref _askedAt, _clock.GetTimestamp());
        }
        catch
        {
            _isOutdated = true;
            throw;
        }
    }
}
