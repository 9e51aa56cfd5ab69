namespace IntegrationConsole.Tests.Sync.Quotas;

/// <summary>Whoever waits by it waits no time, and finds it as much later as was asked for.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly DateTimeOffset _start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private long _ahead;

    public TimeSpan Passed => new(Interlocked.Read(ref _ahead));

    public override DateTimeOffset GetUtcNow() => _start + Passed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Add(ref _ahead, Math.Max(0, dueTime.Ticks));
        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
