namespace IntegrationConsole.Tests.Sync.Faults;

/// <summary>
/// The right time, moved on at will. Whoever waits, waits a fiftieth of what was asked for; and any two looks at it are
/// so far apart that a source seems slow, and every page of it is a batch of its own.
/// </summary>
internal sealed class SwiftClock : TimeProvider
{
    private const int Times = 50;
    private const int SecondsBetweenLooks = 3;

    private long _ahead;
    private long _looks;

    /// <summary>Looks are as far apart as they are: a source is quick, and its pages are gathered.</summary>
    public bool IsQuick { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() =>
        System.GetTimestamp() + ((IsQuick ? Interlocked.Read(ref _looks) : Interlocked.Increment(ref _looks)) * SecondsBetweenLooks * System.TimestampFrequency);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Times : dueTime, period);
}
