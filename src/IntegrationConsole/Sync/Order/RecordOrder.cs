using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Order;

/// <summary>
/// Which records of a batch wait behind others of their order key, and in how many steps the others are written: of
/// several records with one key each goes when it is known that the one before it arrived.
/// </summary>
internal sealed class RecordOrder
{
    private readonly IReadOnlyList<string?> _keys;
    private readonly HashSet<int> _held = [];
    private readonly HashSet<string> _stuck = [];
    private readonly List<HashSet<int>> _waves = [];

    /// <param name="batch">The records, with what the mapping made of them.</param>
    /// <param name="keys">The order key of each record; null where it has none.</param>
    /// <param name="isBehindLetter">Whether a record stands behind an open letter of its key.</param>
    public RecordOrder(FeedBatch batch, IReadOnlyList<string?> keys, Func<int, bool> isBehindLetter)
    {
        _keys = keys;
        var rejected = batch.Mapped.Rejected.Select(record => record.Record).ToHashSet();
        var met = new Dictionary<string, int>();
        var stuck = new HashSet<string>();
        foreach (var record in batch.Mapped.TakenRecords.Select(record => record.Record).Concat(rejected).Order())
        {
            var key = keys[record];
            if (key is not null && (rejected.Contains(record) || stuck.Contains(key) || isBehindLetter(record)))
            {
                stuck.Add(key);
                _ = rejected.Contains(record) || _held.Add(record);
            }
            else if (!rejected.Contains(record))
            {
                Wave(key is null ? 0 : met[key] = met.GetValueOrDefault(key, -1) + 1).Add(record);
            }
        }
    }

    /// <summary>The records of each step.</summary>
    public IReadOnlyList<IReadOnlySet<int>> Waves => _waves;

    /// <summary>Records that wait behind another. Grows as records fail.</summary>
    public IReadOnlySet<int> Held => _held;

    /// <summary>Takes out of a step what has to wait by now.</summary>
    public IReadOnlySet<int> Going(IReadOnlySet<int> wave)
    {
        _held.UnionWith(wave.Where(record => _keys[record] is { } key && _stuck.Contains(key)));
        return wave.Where(record => !_held.Contains(record)).ToHashSet();
    }

    /// <summary>A record did not arrive: those of its key that come later wait.</summary>
    public void Fail(int record)
    {
        if (_keys[record] is { } key)
        {
            _stuck.Add(key);
        }
    }

    private HashSet<int> Wave(int number)
    {
        if (number == _waves.Count)
        {
            _waves.Add([]);
        }

        return _waves[number];
    }
}
