namespace IntegrationConsole.Sync.Line;

/// <summary>So many of a run's last records that it can be told whether they fail alike.</summary>
internal sealed class AlikeWindow
{
    /// <summary>With fewer it may be the records.</summary>
    public const int Enough = 20;

    private readonly Queue<(int Records, IReadOnlyDictionary<Guid, int> Patterns)> _batches = new();
    private int _records;

    /// <param name="records">Those of a batch of which it is known how they fared.</param>
    /// <param name="patterns">How many of them failed with each pattern.</param>
    /// <returns>The pattern of this batch with which half of the records or more failed; null for none.</returns>
    public Alike? Add(int records, IReadOnlyDictionary<Guid, int> patterns)
    {
        if (records == 0)
        {
            return null;
        }

        _batches.Enqueue((records, patterns));
        _records += records;
        while (_records - _batches.Peek().Records >= Enough)
        {
            _records -= _batches.Dequeue().Records;
        }

        if (_records < Enough || patterns.Count == 0)
        {
            return null;
        }

        var most = patterns.Keys.Select(pattern => new Alike(pattern, _batches.Sum(batch => batch.Patterns.GetValueOrDefault(pattern)), _records)).MaxBy(alike => alike.Count)!;
        return most.Count * 2 >= most.Of ? most : null;
    }
}

/// <summary>So many of so many records failed with one pattern.</summary>
internal sealed record Alike(Guid Pattern, int Count, int Of);
