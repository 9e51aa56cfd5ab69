using System.Diagnostics;

namespace IntegrationConsole.Bench.Measuring;

/// <summary>
/// Sides measured in turn, A B A B, so that a machine that is slow for a while is slow for all of them. Ratios are taken
/// within a round, in processor time, and the median round counts: what else the machine does then matters least.
/// </summary>
internal sealed class Contest
{
    private readonly Measurement[][] _rounds;

    private Contest(Measurement[][] rounds) => _rounds = rounds;

    public static Contest Hold(Pace pace, params IReadOnlyList<Side> sides)
    {
        foreach (var side in sides)
        {
            WarmUp(side, pace);
        }

        var rounds = new Measurement[pace.Rounds][];
        for (var round = 0; round < rounds.Length; round++)
        {
            // What the side before left behind is not this side's to clean up.
            rounds[round] = [.. sides.Select(side =>
            {
                GC.Collect();
                return side(pace.Length);
            })];
        }

        return new Contest(rounds);
    }

    /// <summary>
    /// Until it does not get faster any more: on a busy machine the compiler may need many times as long to see which
    /// code is hot.
    /// </summary>
    private static void WarmUp(Side side, Pace pace)
    {
        var best = 0d;
        var end = Stopwatch.GetTimestamp() + (long)(pace.LongestWarmUp.TotalSeconds * Stopwatch.Frequency);
        for (var sameAgain = 0; sameAgain < 3 && Stopwatch.GetTimestamp() < end; sameAgain++)
        {
            var rate = side(pace.Length).PerCpuSecond;
            if (rate > best * 1.03)
            {
                (best, sameAgain) = (rate, -1);
            }
        }
    }

    public double PerCpuSecond(int side) => Median(_rounds.Select(round => round[side].PerCpuSecond));

    public double PerSecond(int side) => Median(_rounds.Select(round => round[side].PerSecond));

    public double CpuRatio(int side, int reference) => Median(_rounds.Select(round => round[side].PerCpuSecond / round[reference].PerCpuSecond));

    public double WallRatio(int side, int reference) => Median(_rounds.Select(round => round[side].PerSecond / round[reference].PerSecond));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
