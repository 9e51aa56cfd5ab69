using System.Collections.Concurrent;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>The right time, but whoever waits, waits only a small part of what was asked for; and how long that was is remembered.</summary>
internal sealed class HurriedClock(int times = 50) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period);
    }
}
