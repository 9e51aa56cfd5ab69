namespace IntegrationConsole.Controls;

/// <summary>
/// The rows of a list that goes on while it is looked at. Those that the reader has before them stay in their places and
/// are drawn anew there; what came since waits until it is asked for. Nothing moves away under a pointer or the focus.
/// </summary>
/// <param name="key">What makes a row the same one.</param>
public sealed class LiveRows<T>(Func<T, Guid> key)
{
    public IReadOnlyList<T> Shown { get; private set; } = [];

    /// <summary>How many came since, as far as one page reaches.</summary>
    public int Fresh { get; private set; }

    /// <summary>Nothing came, but the rows would stand in another order, or some would not be there any more.</summary>
    public bool IsStale { get; private set; }

    public IReadOnlyList<Guid> Keys => [.. Shown.Select(key)];

    /// <summary>Because somebody asked for it.</summary>
    public void Show(IReadOnlyList<T> rows) => (Shown, Fresh, IsStale) = (rows, 0, false);

    /// <summary>Because something changed.</summary>
    /// <param name="now">The list as it would be shown now.</param>
    /// <param name="again">The rows that are shown, as they are now; one that is gone is left as it was.</param>
    public void Follow(IReadOnlyList<T> now, IReadOnlyList<T> again)
    {
        if (Shown.Count == 0)
        {
            // Nobody points at anything here.
            Show(now);
            return;
        }

        var known = Keys.ToHashSet();
        var changed = again.DistinctBy(key).ToDictionary(key);
        Shown = [.. Shown.Select(row => changed.TryGetValue(key(row), out var news) ? news : row)];

        // What stands behind the last of them is not new: it moved up when another one left.
        var last = now.Select((row, place) => known.Contains(key(row)) ? place : -1).DefaultIfEmpty(-1).Max();
        Fresh = now.Take(last < 0 ? now.Count : last).Count(row => !known.Contains(key(row)));
        IsStale = Fresh == 0 && !now.Select(key).SequenceEqual(Keys);
    }
}
