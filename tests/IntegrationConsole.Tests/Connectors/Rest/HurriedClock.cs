using System.Collections.Concurrent;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>The right time, but whoever waits, waits only a small part of what was asked for; and how long that was is remembered.</summary>
/// <param name="times">How much faster a wait goes by.</param>
/// <param name="longWaits">What waits of a minute or more wait for instead; null for their part.</param>
internal sealed class HurriedClock(int times = 50, Task? longWaits = null) : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        if (longWaits is { IsCompleted: false } && dueTime > Long && dueTime < 2 * Long)
        {
            var timer = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            longWaits.ContinueWith(_ => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), TaskScheduler.Default);
            return timer;
        }

        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period);
    }
}
