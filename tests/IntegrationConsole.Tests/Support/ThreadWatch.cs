using System.Runtime.InteropServices;

namespace IntegrationConsole.Tests.Support;

/// <summary>
/// How long a processor worked for the thread that asks, by POSIX <c>clock_gettime</c>: a bound on work holds on a machine
/// that has other things to do as well.
/// </summary>
internal readonly struct ThreadWatch
{
    private const int ThreadProcessorTime = 3;

    private readonly TimeSpan _started;

    private ThreadWatch(TimeSpan started) => _started = started;

    public TimeSpan Elapsed => Now() - _started;

    public static ThreadWatch StartNew() => new(Now());

    private static TimeSpan Now() => GetTime(ThreadProcessorTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : throw new InvalidOperationException("This system does not tell how long it worked for a thread.");

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out Time time);

    private readonly record struct Time(nint Seconds, nint Nanoseconds);
}
