using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Keeps a run's lease alive while it moves, and stops it when it was taken away, when somebody cancels it, or when the
/// node stops. If the database cannot be reached for as long as the lease lasts, the run is as good as taken away.
/// </summary>
internal sealed class RunHold : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    private readonly ClaimedRun _run;
    private readonly ClaimedRuns _claimed;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _stopWriting;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _beating;

    private RunHold(ClaimedRun run, ClaimedRuns claimed, TimeProvider clock, CancellationToken stopping)
    {
        _run = run;
        _claimed = claimed;
        _clock = clock;
        _stopWriting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_stopWriting.Token);
        _beating = Task.Run(BeatAsync, CancellationToken.None);
    }

    /// <summary>Ends reading: cancelled by somebody, taken away, or the node stops.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Ends writing too: taken away, or the node stops.</summary>
    public CancellationToken WriteToken => _stopWriting.Token;

    /// <summary>Who asked for the run to stop; null when nobody did.</summary>
    public string? CancelledBy { get; private set; }

    /// <summary>Another node has the run: nothing of it may be saved here any more.</summary>
    public bool IsLost { get; private set; }

    public static RunHold Take(ClaimedRun run, ClaimedRuns claimed, TimeProvider clock, CancellationToken stopping) => new(run, claimed, clock, stopping);

    public void Lose() => IsLost = true;

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _beating;
        _done.Dispose();
        _stop.Dispose();
        _stopWriting.Dispose();
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Beat, _clock);
        var last = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                try
                {
                    var answer = await _claimed.BeatAsync(_run, _done.Token);
                    last = _clock.GetTimestamp();
                    IsLost = answer is null;
                    CancelledBy = answer is { Length: > 0 } ? answer : null;
                }
                catch (Npgsql.NpgsqlException)
                {
                    IsLost = _clock.GetElapsedTime(last) > ClaimedRuns.Lease;
                }

                if (IsLost)
                {
                    await _stopWriting.CancelAsync();
                    return;
                }

                if (CancelledBy is not null)
                {
                    await _stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // The run has ended.
        }
    }
}
