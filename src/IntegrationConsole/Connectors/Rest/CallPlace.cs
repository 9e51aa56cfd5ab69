using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>The place of one call, through all its attempts.</summary>
internal sealed class CallPlace(CallPlaces places, long write) : IDisposable
{
    private bool _isGoing;
    private bool _isAside;

    /// <returns>False when no further call is made.</returns>
    public async ValueTask<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (!_isGoing)
        {
            ComeBack();
            _isGoing = await places.TakeAsync(write, cancellationToken);
        }

        return _isGoing;
    }

    /// <summary>The call was answered well.</summary>
    public void Succeed() => places.Succeed();

    /// <summary>Waits before the next attempt, with the place left to others.</summary>
    /// <returns>False when there is no point in another attempt.</returns>
    public async Task<bool> WaitAsync(Backoff backoff, Failure failure, int attempt, CancellationToken cancellationToken)
    {
        _isAside = _isGoing && places.StepAside();
        _isGoing &= !_isAside;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, places.Ending);
        try
        {
            return await backoff.WaitAsync(failure, attempt, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another call found that the system is gone.
            return false;
        }
    }

    public void Dispose()
    {
        ComeBack();
        if (_isGoing)
        {
            places.Leave();
            _isGoing = false;
        }
    }

    private void ComeBack()
    {
        if (_isAside)
        {
            places.ComeBack();
            _isAside = false;
        }
    }
}
