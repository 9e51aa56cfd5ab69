namespace IntegrationConsole.Connectors.Postgres.Changes;

internal enum ChangeKind
{
    /// <summary>The row is there, like this.</summary>
    Upsert,

    /// <summary>The row is there, and large values of it were not told because they had not changed.</summary>
    Partial,
    Delete,

    /// <summary>The row is larger than a record may be.</summary>
    TooLarge,
}

/// <summary>One row as the server told it: the values as text, in the order of the shape's columns.</summary>
internal readonly record struct Change(ChangeKind Kind, string?[] Values);

/// <summary>The columns of changes.</summary>
/// <param name="Types">Their numbers at the server.</param>
/// <param name="Keys">Which of them tell rows apart where rows are changed or deleted.</param>
internal sealed record ChangeShape(IReadOnlyList<string> Names, IReadOnlyList<uint> Types, IReadOnlyList<bool> Keys)
{
    /// <summary>What is not as it was before, in words; null where a column was added at most, which a full read would take as it comes.</summary>
    public string? DifferenceFrom(ChangeShape before)
    {
        for (var column = 0; column < before.Names.Count; column++)
        {
            var name = before.Names[column];
            var now = Names.ToList().IndexOf(name);
            if (now < 0)
            {
                return $"the column {name} is gone";
            }

            if (Types[now] != before.Types[column])
            {
                return $"the column {name} has another type";
            }

            if (Keys[now] != before.Keys[column])
            {
                return $"the column {name} {(Keys[now] ? "belongs" : "does not belong")} to what identifies a row now";
            }
        }

        return null;
    }
}

/// <summary>Changes that were gathered for a batch, and the place behind the last of them.</summary>
internal sealed class ChangeSet
{
    private readonly List<Change> _changes = [];

    public IReadOnlyList<Change> Changes => _changes;

    public int Bytes { get; private set; }

    /// <summary>Of all its changes; null while there are none.</summary>
    public ChangeShape? Shape { get; private set; }

    public ChangePlace? Place { get; set; }

    /// <summary>No transaction goes on behind it.</summary>
    public bool IsWhole { get; set; }

    /// <summary>When the last transaction that ended in it was committed; null where none did.</summary>
    public DateTimeOffset? CommittedAt { get; set; }

    /// <summary>How far the server had sent its log, where nothing more came for a while; null otherwise.</summary>
    public NpgsqlTypes.NpgsqlLogSequenceNumber? QuietAt { get; set; }

    public void Add(ChangeShape shape, Change change, int bytes)
    {
        Shape = shape;
        _changes.Add(change);
        Bytes += bytes;
    }
}
