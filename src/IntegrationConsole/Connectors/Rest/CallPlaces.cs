using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// The calls that a stream allows at the same time, shared by all writes of a run that are on their way. A call that
/// waits before it is tried again lets another have its place, but only while the system answers others well: one that is
/// down or overloaded is not called more often for it. Where one call goes at a time, none overtakes another. Calls of
/// earlier writes go first.
/// </summary>
internal sealed class CallPlaces(int most) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource<bool>, (long Write, long Arrival)> _queue = new();
    private readonly CancellationTokenSource _ending = new();
    private long _writes;
    private long _arrivals;
    private int _going;
    private int _aside;
    private bool _answersWell;
    private Failure? _end;

    /// <summary>Tasks that keep all places busy although some wait aside.</summary>
    public int Tasks => most == 1 ? 1 : 2 * most;

    /// <summary>Why no further call is made; null while calls are made.</summary>
    public Failure? End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>Cancelled when no further call is made.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>The number of the next write.</summary>
    public long Next() => Interlocked.Increment(ref _writes);

    /// <returns>False when no further call is made.</returns>
    public Task<bool> TakeAsync(long write, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> turn;
        lock (_gate)
        {
            if (_end is not null)
            {
                return Task.FromResult(false);
            }

            if (_going < most)
            {
                _going++;
                return Task.FromResult(true);
            }

            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Enqueue(turn, (write, _arrivals++));
        }

        return WaitAsync(turn, cancellationToken);
    }

    public void Leave()
    {
        lock (_gate)
        {
            _going--;
            LetIn();
        }
    }

    /// <summary>A call was answered well.</summary>
    public void Succeed()
    {
        lock (_gate)
        {
            _answersWell = true;
        }
    }

    /// <summary>A call failed: leaves its place to another until it is taken again.</summary>
    /// <returns>False where the place is kept.</returns>
    public bool StepAside()
    {
        lock (_gate)
        {
            var mayLeave = _answersWell && most > 1 && _aside < most;
            _answersWell = false;
            if (!mayLeave)
            {
                return false;
            }

            _aside++;
            _going--;
            LetIn();
            return true;
        }
    }

    public void ComeBack()
    {
        lock (_gate)
        {
            _aside--;
        }
    }

    /// <summary>The system is gone: nobody begins a call, and nobody waits to try one again.</summary>
    public void EndWith(Failure failure)
    {
        lock (_gate)
        {
            _end ??= failure;
            while (_queue.TryDequeue(out var turn, out _))
            {
                turn.TrySetResult(false);
            }
        }

        _ending.Cancel();
    }

    public void Dispose() => _ending.Dispose();

    private static async Task<bool> WaitAsync(TaskCompletionSource<bool> turn, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        return await turn.Task;
    }

    private void LetIn()
    {
        while (_going < most && _queue.TryDequeue(out var turn, out _))
        {
            // One that was cancelled has left.
            _going += turn.TrySetResult(true) ? 1 : 0;
        }
    }
}
