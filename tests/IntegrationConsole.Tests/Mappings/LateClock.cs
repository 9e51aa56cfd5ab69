namespace IntegrationConsole.Tests.Mappings;

/// <summary>A second passes between any two looks at it, and its timers never ring, as on a machine whose threads all have work.</summary>
internal sealed class LateClock : TimeProvider
{
    private long _looks;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
