using System.Numerics;

namespace IntegrationConsole.Sync.Completeness;

/// <summary>What the runs brought in as long a time as a silence lasts by now, some weeks before it.</summary>
/// <param name="Bringing">Runs that brought any record.</param>
/// <param name="Records">What they brought together.</param>
/// <param name="WasQuiet">Somebody was told of a silence then: it is no example of what is usual.</param>
internal readonly record struct EarlierSpan(long Bringing, long Records, bool WasQuiet);

/// <summary>
/// Judges silence where a run usually brings few records or none. One empty run says nothing then; many do, where in as
/// long a time, at the same hours of other weeks, runs brought something again and again. Runs are counted and not
/// records, for what comes in one heap is no more frequent for its size: where ten such runs are usual and come by
/// chance, none at all comes once in twenty thousand times.
/// </summary>
internal static class LongSilence
{
    /// <summary>How far back a silence is compared, and for how long it is told.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(14);
    public static readonly TimeSpan ToldFor = TimeSpan.FromDays(28);
    public const int Spans = 4;

    private const int FewestRuns = 3;
    private const int FewestSpans = 3;
    private const int Bringing = 10;

    /// <summary>Of any one week: it is not enough that others make up for it.</summary>
    private const int BringingEach = Bringing / 2;

    /// <summary>Whether it is worth a look at the weeks before: eight times while a silence doubles, or one of many runs would cost a look at as many at each.</summary>
    public static bool IsDue(int emptyRuns)
    {
        var step = (1 << BitOperations.Log2((uint)emptyRuns)) / 8;
        return emptyRuns >= FewestRuns && (step <= 1 || emptyRuns % step == 0);
    }

    /// <summary>How many weeks to go back for one that a silence does not reach into.</summary>
    public static int WeeksOf(TimeSpan silence) => Math.Max(1, (int)Math.Ceiling(silence.TotalDays / 7));

    /// <param name="earlier">Of each of the weeks before that had runs.</param>
    /// <returns>How many records are usual in as long a time; null where the silence may be chance.</returns>
    public static long? Usual(IReadOnlyList<EarlierSpan> earlier)
    {
        var known = earlier.Where(span => !span.WasQuiet).ToList();
        return known.Count >= FewestSpans && known.All(span => span.Bringing >= BringingEach) && Median(known.Select(span => span.Bringing)) >= Bringing
            ? Median(known.Select(span => span.Records)) : null;
    }

    private static long Median(IEnumerable<long> numbers)
    {
        long[] sorted = [.. numbers.Order()];
        return sorted[(sorted.Length - 1) / 2];
    }
}
