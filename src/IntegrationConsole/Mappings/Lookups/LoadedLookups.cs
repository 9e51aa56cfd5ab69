using System.Collections.Frozen;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>
/// The lookup tables that this node holds in memory for its runs, each until its next change. All of them together have a
/// limit: the ones that were not asked for the longest make room.
/// </summary>
internal sealed class LoadedLookups
{
    private const long MostBytes = 1024L * 1024 * 1024;

    /// <summary>What a row takes beside its letters: two objects and its place in the table.</summary>
    private const int BytesOfRow = 90;

    /// <summary>A frozen dictionary is faster to ask, and takes seconds to make of a million rows.</summary>
    private const int MostFrozenRows = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId Tenant, Guid Id), Held> _held = [];
    private long _uses;

    /// <returns>The rows of this version of the table; null where they have to be read.</returns>
    public IReadOnlyDictionary<string, string>? Find(TenantId tenant, LookupTable table)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue((tenant, table.Id), out var held) || held.Version != table.Version)
            {
                return null;
            }

            held.LastUse = ++_uses;
            return held.Rows;
        }
    }

    /// <returns>The same rows, in the form that is asked fastest.</returns>
    public IReadOnlyDictionary<string, string> Keep(TenantId tenant, LookupTable table, Dictionary<string, string> rows)
    {
        IReadOnlyDictionary<string, string> ready = rows.Count <= MostFrozenRows ? rows.ToFrozenDictionary() : rows;
        var bytes = rows.Sum(row => BytesOfRow + (2L * (row.Key.Length + row.Value.Length)));
        lock (_lock)
        {
            _held[(tenant, table.Id)] = new Held(table.Version, ready, bytes) { LastUse = ++_uses };
            while (_held.Count > 1 && _held.Values.Sum(held => held.Bytes) > MostBytes)
            {
                _held.Remove(_held.MinBy(pair => pair.Value.LastUse).Key);
            }
        }

        return ready;
    }

    public void Drop(TenantId tenant, Guid table)
    {
        lock (_lock)
        {
            _held.Remove((tenant, table));
        }
    }

    private sealed record Held(int Version, IReadOnlyDictionary<string, string> Rows, long Bytes)
    {
        public long LastUse { get; set; }
    }
}
