using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>The rows of a write as chains: each holds the rows with one key, in their order. A row without a key is a chain of its own.</summary>
internal sealed class RowChains
{
    private readonly int _start;
    private readonly int[] _after;

    public RowChains(RowBatch rows, int start, int count)
    {
        _start = start;
        _after = new int[count];
        var heads = new List<int>(count);
        var last = new Dictionary<string, int>(count);
        for (var row = start; row < start + count; row++)
        {
            _after[row - start] = -1;
            if (rows.KeyOf(row) is { Length: > 0 } key && !last.TryAdd(key, row))
            {
                _after[last[key] - start] = row;
                last[key] = row;
            }
            else
            {
                heads.Add(row);
            }
        }

        Heads = heads;
    }

    /// <summary>The first row of each chain.</summary>
    public IReadOnlyList<int> Heads { get; }

    /// <summary>The next row with the same key; -1 behind the last.</summary>
    public int After(int row) => _after[row - _start];
}
