namespace IntegrationConsole.Connectors.Records;

/// <summary>A field of the rows that go to a destination.</summary>
public readonly record struct RowField(string Name, FieldType Type);

/// <summary>
/// Mapped records on their way to a destination: the same fields in the same order in every row. Grows as the mapping
/// adds rows; not for use by two threads at once.
/// </summary>
public sealed class RowBatch(IReadOnlyList<RowField> fields, int expectedRows = 256)
{
    /// <summary>Values in one piece. A larger array would be one that only a full collection frees.</summary>
    private const int ValuesOfPiece = 2_048;

    private readonly List<RowOrigin> _rows = new(expectedRows);
    private readonly List<FieldValue[]> _pieces = [];
    private readonly int _width = fields.Count;
    private readonly int _rowsOfPiece = Math.Clamp(ValuesOfPiece / Math.Max(1, fields.Count), 1, Math.Max(1, expectedRows));

    public IReadOnlyList<RowField> Fields { get; } = fields;

    public int Count => _rows.Count;

    /// <summary>
    /// The idempotency key of the call that each row goes in, where a ledger is kept: rows with the same one go together.
    /// </summary>
    public IReadOnlyList<string>? Calls { get; set; }

    /// <summary>Under which id the destination keeps the row that each row belongs to; null where nobody said.</summary>
    public IReadOnlyList<string>? ParentIds { get; set; }

    public ReadOnlySpan<FieldValue> this[int row] => Place(row);

    /// <summary>The row's key at the destination as one text, by which idempotency keys know it, and letters where the row is the whole record.</summary>
    public string KeyOf(int row) => _rows[row].Key;

    /// <summary>Which record of the batch this row came from.</summary>
    public int RecordOf(int row) => _rows[row].Record;

    /// <summary>Room for one more row; fill all of it, then <see cref="Commit"/>. Not committed, it is used again.</summary>
    public Span<FieldValue> NextRow()
    {
        if (_rows.Count == _pieces.Count * _rowsOfPiece)
        {
            _pieces.Add(new FieldValue[_rowsOfPiece * _width]);
        }

        var row = Place(_rows.Count);
        row.Clear();
        return row;
    }

    public void Commit(string key, int record) => _rows.Add(new RowOrigin(key, record));

    /// <summary>Some of the rows, in this order.</summary>
    public RowBatch Pick(IReadOnlyList<int> numbers)
    {
        var picked = new RowBatch(Fields, numbers.Count) { ParentIds = ParentIds is { } ids ? [.. numbers.Select(number => ids[number])] : null };
        foreach (var number in numbers)
        {
            this[number].CopyTo(picked.NextRow());
            picked.Commit(KeyOf(number), RecordOf(number));
        }

        return picked;
    }

    /// <summary>Takes back all rows behind the first so many: of a record that makes several, one could not be made.</summary>
    public void TakeBack(int count) => _rows.RemoveRange(count, _rows.Count - count);

    private Span<FieldValue> Place(int row)
    {
        var (piece, place) = Math.DivRem(row, _rowsOfPiece);
        return _pieces[piece].AsSpan(place * _width, _width);
    }

    private readonly record struct RowOrigin(string Key, int Record);
}
