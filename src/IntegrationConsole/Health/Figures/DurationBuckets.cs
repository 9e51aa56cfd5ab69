namespace IntegrationConsole.Health.Figures;

/// <summary>
/// Durations counted by size. Counts of different minutes, nodes and connections can be added up, which percentiles
/// cannot: so these are kept, and percentiles are read from their sum.
/// </summary>
public static class DurationBuckets
{
    /// <summary>Below this many calls a percentile says more about chance than about the system.</summary>
    public const int FewestSamples = 20;

    /// <summary>Upper bounds in seconds; the last bucket has none.</summary>
    public static readonly double[] Bounds =
    [
        0.005, 0.010, 0.015, 0.025, 0.050, 0.075, 0.100, 0.150, 0.250, 0.500, 0.750, 1, 1.5, 2.5, 5, 7.5, 10, 15, 30, 60, 120,
    ];

    public static int Count => Bounds.Length + 1;

    /// <summary>
    /// The sum of several rows' counts, in SQL, of rows called <c>m</c>. Each bucket is added up by itself: taking the
    /// arrays apart and together again takes ten times as long.
    /// </summary>
    public static string Merged { get; } = MergedOf(Count);

    /// <summary>The same for rows with another number of buckets.</summary>
    public static string MergedOf(int buckets) => $"array[{string.Join(", ", Enumerable.Range(1, buckets).Select(bucket => $"coalesce(sum(m.durations[{bucket}]), 0)"))}]::bigint[]";

    public static int Of(double seconds)
    {
        var index = Array.BinarySearch(Bounds, seconds);
        return index >= 0 ? index : ~index;
    }

    /// <summary>
    /// The duration that this share of calls stayed below, read between the bounds of its bucket; null with too few calls.
    /// What lies above the last bound is given as that bound: at least so long.
    /// </summary>
    public static TimeSpan? Percentile(IReadOnlyList<long> counts, double share) => Percentile(counts, Bounds, share);

    /// <summary>The same for counts between other bounds.</summary>
    public static TimeSpan? Percentile(IReadOnlyList<long> counts, double[] bounds, double share)
    {
        var total = counts.Sum();
        if (total < FewestSamples)
        {
            return null;
        }

        var rank = share * total;
        var below = 0L;
        for (var bucket = 0; bucket < bounds.Length; bucket++)
        {
            if (counts[bucket] > 0 && below + counts[bucket] >= rank)
            {
                var lower = bucket == 0 ? 0 : bounds[bucket - 1];
                return TimeSpan.FromSeconds(lower + ((bounds[bucket] - lower) * (rank - below) / counts[bucket]));
            }

            below += counts[bucket];
        }

        return TimeSpan.FromSeconds(bounds[^1]);
    }
}
