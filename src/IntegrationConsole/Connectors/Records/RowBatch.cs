namespace IntegrationConsole.Connectors.Records;

/// <summary>A field of the rows that go to a destination.</summary>
public readonly record struct RowField(string Name, FieldType Type);

/// <summary>
/// Mapped records on their way to a destination: the same fields in the same order in every row. Grows as the mapping
/// adds rows; not for use by two threads at once.
/// </summary>
public sealed class RowBatch(IReadOnlyList<RowField> fields, int expectedRows = 256)
{
    private readonly List<RowOrigin> _rows = new(expectedRows);
    private FieldValue[] _values = new FieldValue[Math.Max(1, expectedRows * fields.Count)];

    public IReadOnlyList<RowField> Fields { get; } = fields;

    public int Count => _rows.Count;

    public ReadOnlySpan<FieldValue> this[int row] => _values.AsSpan(row * Fields.Count, Fields.Count);

    /// <summary>The record's business key as one text, by which letters, ledgers and idempotency keys know it.</summary>
    public string KeyOf(int row) => _rows[row].Key;

    /// <summary>Which record of the batch this row came from.</summary>
    public int RecordOf(int row) => _rows[row].Record;

    /// <summary>Room for one more row; fill all of it, then <see cref="Commit"/>. Not committed, it is used again.</summary>
    public Span<FieldValue> NextRow()
    {
        var start = _rows.Count * Fields.Count;
        if (start + Fields.Count > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(_values.Length * 2, start + Fields.Count));
        }

        var row = _values.AsSpan(start, Fields.Count);
        row.Clear();
        return row;
    }

    public void Commit(string key, int record) => _rows.Add(new RowOrigin(key, record));

    private readonly record struct RowOrigin(string Key, int Record);
}
