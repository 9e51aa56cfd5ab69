using System.Diagnostics;

namespace IntegrationConsole.Drills;

/// <summary>Looks again and again until something is as wanted. A database that is down meanwhile is looked at later.</summary>
internal static class Look
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> wanted, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        object? last = null;
        while (await timer.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(started) < patience)
        {
            try
            {
                var now = await look();
                if (wanted(now))
                {
                    return now;
                }

                last = now;
            }
            catch (Exception outage) when (outage.IsDatabaseOutage)
            {
                last = outage.Message;
            }
        }

        throw new TimeoutException($"It did not become as wanted: {last}");
    }
}
