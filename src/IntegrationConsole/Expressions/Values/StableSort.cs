namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// Merge sort: keeps the order of equal items, and copes with a comparison that contradicts itself or fails, which the
/// framework's sort does not. It compares in the order in which the language's reference does, so the same pair fails first.
/// </summary>
internal static class StableSort
{
    public static T[] Sort<T>(T[] items, Func<T, T, bool> comesAfter)
    {
        if (items.Length <= 1)
        {
            return items;
        }

        var middle = items.Length / 2;
        var left = Sort(items[..middle], comesAfter);
        var right = Sort(items[middle..], comesAfter);
        var merged = new T[items.Length];
        for (int one = 0, other = 0, index = 0; index < merged.Length; index++)
        {
            var takeRight = one == left.Length || (other < right.Length && comesAfter(left[one], right[other]));
            merged[index] = takeRight ? right[other++] : left[one++];
        }

        return merged;
    }
}
