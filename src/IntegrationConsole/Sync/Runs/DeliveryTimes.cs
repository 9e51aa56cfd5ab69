namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// How long records are on their way, counted by size: from when a batch is asked of the source to when the destination
/// has it. Counts of minutes and nodes add up, which percentiles do not.
/// </summary>
public static class DeliveryTimes
{
    /// <summary>Upper bounds in seconds; the last bucket has none.</summary>
    public static readonly double[] Bounds = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];

    public static int Count => Bounds.Length + 1;

    /// <summary>As the database counts its arrays: from one.</summary>
    public static int BucketOf(TimeSpan took)
    {
        var index = Array.BinarySearch(Bounds, took.TotalSeconds);
        return (index >= 0 ? index : ~index) + 1;
    }

    /// <summary>So many records that took so long, among none that took another time.</summary>
    public static int[] Of(TimeSpan took, long records)
    {
        var counts = new int[Count];
        counts[BucketOf(took) - 1] = (int)records;
        return counts;
    }
}
