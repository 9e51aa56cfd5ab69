using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>One batch held against an agreement, record by record.</summary>
internal sealed class AgreementLook(SchemaGate? source, SchemaGate? destination, IReadOnlyList<RowField> fields) : IDisposable
{
    private readonly RowJson? _rows = destination is null ? null : new RowJson(fields);
    private readonly List<MisfitNote> _notes = [];
    private readonly Dictionary<SchemaSide, int> _noted = [];

    // Of the record at hand, until it is known whether it goes on.
    private readonly List<SchemaMisfit> _passed = [];

    /// <summary>What went on although it does not fit.</summary>
    public IReadOnlyList<MisfitNote> Notes => _notes;

    public void Dispose() => _rows?.Dispose();

    /// <summary>Holds a record against what the source agreed on.</summary>
    /// <param name="record">The record as it came.</param>
    /// <param name="cancellationToken">Thrown: a large schema takes its time.</param>
    /// <returns>Why the record is set aside; none where it goes on.</returns>
    public IReadOnlyList<FieldProblem> JudgeRecord(ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _passed.Clear();
        return Judge(Sent(record));
    }

    /// <summary>Holds a row against what the destination takes; only a whole row: of half a one nobody can say whether it would be taken.</summary>
    /// <param name="row">What the mapping made.</param>
    /// <param name="cancellationToken">Thrown: a large schema takes its time.</param>
    /// <returns>Why its record is set aside; none where it goes on.</returns>
    public IReadOnlyList<FieldProblem> JudgeRow(ReadOnlySpan<FieldValue> row, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Judge(Made(row));
    }

    public IReadOnlyList<SchemaMisfit> Sent(ReadOnlyMemory<byte> record) => source?.Look(record) ?? [];

    public IReadOnlyList<SchemaMisfit> Made(ReadOnlySpan<FieldValue> row) => destination is not null ? destination.Look(_rows!.Of(row)) : [];

    /// <summary>The record goes on: what of it does not fit is counted. A record of several rows is one record.</summary>
    public void GoesOn(int number)
    {
        GoesOn(number, _passed);
        _passed.Clear();
    }

    /// <summary>The same for a record of which it is not yet known: what of it does not fit is kept for later.</summary>
    public IReadOnlyList<SchemaMisfit> Waits()
    {
        SchemaMisfit[] waiting = [.. _passed];
        _passed.Clear();
        return waiting;
    }

    /// <summary>A record that waited goes on.</summary>
    public void GoesOn(int number, IReadOnlyList<SchemaMisfit> waited)
    {
        foreach (var misfit in waited)
        {
            Note(number, misfit);
        }
    }

    private List<FieldProblem> Judge(IReadOnlyList<SchemaMisfit> misfits)
    {
        var rejected = misfits.Where(misfit => misfit.IsRejected).Select(misfit => misfit.ToProblem()).ToList();
        if (misfits.Count > 0 && rejected.Count == 0)
        {
            _passed.Add(misfits[0]);
        }

        return rejected;
    }

    private void Note(int number, SchemaMisfit first)
    {
        var place = _notes.FindIndex(note => note.Side == first.Side);
        if (place < 0)
        {
            _notes.Add(new MisfitNote(first.Side, 1, first.Words));
        }
        else if (_noted[first.Side] != number)
        {
            _notes[place] = _notes[place] with { Records = _notes[place].Records + 1 };
        }

        _noted[first.Side] = number;
    }
}
