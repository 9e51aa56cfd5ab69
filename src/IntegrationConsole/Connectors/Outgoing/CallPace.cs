using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>
/// How many calls one node makes to a system at the same time: half as many when it is overloaded, one more for each
/// round that went well. What the stream allows at most stays the bound above.
/// </summary>
internal sealed class CallPace(TimeProvider clock)
{
    public const int Most = 64;

    /// <summary>Calls that went out together meet the same overload: it halves once.</summary>
    private static readonly TimeSpan BetweenCuts = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private double _limit = Most;
    private int _inFlight;
    private long _cutAt;

    public double Limit
    {
        get
        {
            lock (_gate)
            {
                return _limit;
            }
        }
    }

    public Task EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_inFlight < (int)_limit && _waiting.Count == 0)
            {
                _inFlight++;
                return Task.CompletedTask;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        return WaitAsync(turn, cancellationToken);
    }

    /// <param name="failure">Null when the call was answered well.</param>
    public void Leave(Failure? failure)
    {
        lock (_gate)
        {
            if (failure is { Sign: CallSign.Down or CallSign.Away } or { Cause: FailureCause.RateLimit })
            {
                if (clock.GetElapsedTime(_cutAt) > BetweenCuts)
                {
                    _limit = Math.Max(1, Math.Min(_limit, _inFlight) / 2);
                    _cutAt = clock.GetTimestamp();
                }
            }
            else
            {
                _limit = Math.Min(Most, _limit + (1 / _limit));
            }

            _inFlight--;
            LetIn();
        }
    }

    /// <summary>The call was not made: it says nothing.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _inFlight--;
            LetIn();
        }
    }

    private async Task WaitAsync(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }

    private void LetIn()
    {
        while (_inFlight < (int)_limit && _waiting.TryDequeue(out var turn))
        {
            // One that was cancelled has left.
            _inFlight += turn.TrySetResult() ? 1 : 0;
        }
    }
}
