using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Why a record's items could not become rows.</summary>
/// <param name="Stream">The child table; empty for a split.</param>
/// <param name="Place">The first item that is wrong, in words; empty where it is the list.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Others">Further items that are wrong.</param>
internal sealed record ItemProblem(string Stream, string Place, IReadOnlyList<FieldProblem> Problems, IReadOnlyList<string> Others)
{
    public Failure Failure
    {
        get
        {
            var failure = ProblemText.Of(Problems, Place);
            var others = Others.Count > 0 ? $" Also {string.Join(", ", Others)}." : "";

            // A field of a child table is told from one of the record's own row by its stream.
            var named = Stream.Length > 0 && failure.Field.Length > 0 ? $"{Stream}.{failure.Field}" : failure.Field;
            return failure with { Sentence = failure.Sentence + others, Field = named };
        }
    }
}

/// <summary>Makes a row of each item of a list in the record: a split, or a child table.</summary>
internal sealed class ItemRows
{
    private const int MostNamed = 10;

    private readonly string _stream;
    private readonly ListProgram _list;
    private readonly ViewPaths _paths;
    private readonly RowProgram _row;
    private readonly RecordGate _gate;
    private readonly bool _showsWhole;

    private ItemRows(string stream, ListProgram list, ViewPaths paths, RowProgram row, RecordGate gate)
    {
        (_stream, _list, _paths, _row, _gate) = (stream, list, paths, row, gate);
        _showsWhole = row.ReadsWholeRecord || gate.ReadsWholeRecord;
    }

    /// <summary>The rows of a document that splits its records: its conditions and its filter are asked of each item.</summary>
    public static ItemRows OfSplit(
        MappingDocument document, IReadOnlyList<string> keys, PathSet record, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        var paths = new ViewPaths(record);
        return new ItemRows(
            "", new ListProgram("the split", document.Split, record, scope), paths, new RowProgram(document.Fields, keys, paths, lookups, scope),
            new RecordGate(document, paths, scope));
    }

    public static ItemRows OfChild(ChildTable child, PathSet record, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        var paths = new ViewPaths(record);
        return new ItemRows(
            child.Stream, new ListProgram($"the list of {child.Stream}", child.List, record, scope), paths, new RowProgram(child.Fields, child.KeyFields, paths, lookups, scope),
            new RecordGate());
    }

    public IReadOnlyList<RowField> Fields => _row.Fields;

    public bool ReadsWholeRecord => _showsWhole || _list.ReadsWholeRecord;

    public ItemWalk Walk() => new(_list, _paths, _showsWhole);

    /// <summary>Adds the record's rows: all of them, or none where one cannot be made, because what is replayed is the whole record.</summary>
    public ItemProblem? Make(ItemWalk walk, RecordView record, RowBatch rows, AgreementLook? agreement, CancellationToken cancellationToken)
    {
        var before = rows.Count;
        if (walk.Open(record, cancellationToken) is { } unlisted)
        {
            return new ItemProblem(_stream, "", [unlisted], []);
        }

        ItemProblem? first = null;
        var others = new List<string>();
        for (var number = 0; number < walk.Count; number++)
        {
            if (MakeOne(walk, number, record.Number, rows, agreement, cancellationToken) is not { } problems)
            {
                continue;
            }

            if (first is null)
            {
                first = new ItemProblem(_stream, Place(number), problems, others);
                rows.TakeBack(before);
            }
            else if (others.Count < MostNamed)
            {
                others.Add($"item {number + 1}");
            }
        }

        if (first is not null)
        {
            rows.TakeBack(before);
        }

        return first;
    }

    /// <summary>The rows of one record for somebody who is looking.</summary>
    public RowsPreview Preview(RecordView record, int most, CancellationToken cancellationToken)
    {
        var walk = Walk();
        if (walk.Open(record, cancellationToken) is { } unlisted)
        {
            return new RowsPreview(_stream, [], 0, new ItemProblem(_stream, "", [unlisted], []).Failure.Sentence);
        }

        var rows = new List<ItemPreview>();
        for (var number = 0; number < Math.Min(walk.Count, most); number++)
        {
            var unreadable = walk.Show(number);
            var taken = false;
            var undecided = unreadable ?? _gate.Ask(walk.Bytes, walk.Slots, walk.Whole, out taken, cancellationToken);
            rows.Add(new ItemPreview(
                number, undecided is null && !taken, undecided is null ? "" : ProblemText.Sentence(undecided),
                unreadable is null ? _row.Preview(walk.Bytes, walk.Slots, walk.Whole, cancellationToken) : []));
        }

        return new RowsPreview(_stream, rows, walk.Count - rows.Count, "");
    }

    private IReadOnlyList<FieldProblem>? MakeOne(ItemWalk walk, int number, int record, RowBatch rows, AgreementLook? agreement, CancellationToken cancellationToken)
    {
        if (walk.Show(number) is { } unreadable)
        {
            return [unreadable];
        }

        if (_gate.Ask(walk.Bytes, walk.Slots, walk.Whole, out var taken, cancellationToken) is { } undecided)
        {
            return [undecided];
        }

        if (!taken)
        {
            return null;
        }

        var row = rows.NextRow();
        if (_row.Fill(walk.Bytes, walk.Slots, walk.Whole, row, cancellationToken) is { } problems)
        {
            return problems;
        }

        if (agreement?.JudgeRow(row, cancellationToken) is { Count: > 0 } misfits)
        {
            return misfits;
        }

        rows.Commit(_row.HasKey ? _row.KeyOf(row) : "", record);
        return null;
    }

    private string Place(int number) => _stream.Length > 0 ? $"{_stream}, item {number + 1}" : $"Item {number + 1}";
}
