using System.Diagnostics;

namespace IntegrationConsole.Bench.Measuring;

/// <summary>Repeats work in this process for about a given time and measures it.</summary>
internal static class Stopwatches
{
    /// <summary>Between two looks at the clock, so that looking costs nothing beside the work.</summary>
    private static readonly TimeSpan Stride = TimeSpan.FromMilliseconds(1);

    /// <param name="unit">Does one piece of work.</param>
    /// <param name="countOfUnit">How many evaluations or records that is.</param>
    /// <param name="length">How long to go on.</param>
    public static Measurement Measure(Action unit, int countOfUnit, TimeSpan length)
    {
        long units = 0;
        long stride = 1;
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            for (var each = 0; each < stride; each++)
            {
                unit();
            }

            units += stride;
            elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed < Stride)
            {
                stride *= 2;
            }
        }
        while (elapsed < length);

        return new Measurement(units * countOfUnit, elapsed, Environment.CpuUsage.TotalTime - cpu);
    }

    /// <summary>Bytes that one piece of work allocates, on average over some.</summary>
    public static double AllocatedBy(Action unit, int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var each = 0; each < times; each++)
        {
            unit();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)times;
    }
}
