using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>One batch held against an agreement, record by record.</summary>
internal sealed class AgreementLook(SchemaGate? source, SchemaGate? destination, IReadOnlyList<RowField> fields) : IDisposable
{
    private readonly RowJson? _rows = destination is null ? null : new RowJson(fields);
    private readonly List<MisfitNote> _notes = [];

    /// <summary>What went on although it does not fit.</summary>
    public IReadOnlyList<MisfitNote> Notes => _notes;

    public void Dispose() => _rows?.Dispose();

    /// <summary>
    /// What does not fit is added to what is wrong with the record: the source's part first, since all else may only follow from it,
    /// and the destination's last.
    /// </summary>
    /// <param name="record">The record as it came.</param>
    /// <param name="row">What became of it.</param>
    /// <param name="problems">What is wrong with it so far; null for nothing.</param>
    /// <param name="cancellationToken">Thrown: a large schema takes its time.</param>
    public void Judge(ReadOnlyMemory<byte> record, ReadOnlySpan<FieldValue> row, ref List<FieldProblem>? problems, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var misfits = Misfits(record, row, isMade: problems is null);
        if (misfits.Count == 0)
        {
            return;
        }

        var rejected = misfits.Where(misfit => misfit.IsRejected).ToLookup(misfit => misfit.Side, misfit => misfit.ToProblem());
        if (rejected.Count > 0)
        {
            problems = [.. rejected[SchemaSide.Source], .. problems ?? [], .. rejected[SchemaSide.Destination]];
        }
        else if (problems is null)
        {
            Note(misfits);
        }
    }

    /// <param name="record">The record as it came.</param>
    /// <param name="row">What became of it.</param>
    /// <param name="isMade">Whether the row is whole: of half a row nobody can say whether it would be taken.</param>
    public IReadOnlyList<SchemaMisfit> Misfits(ReadOnlyMemory<byte> record, ReadOnlySpan<FieldValue> row, bool isMade)
    {
        var sent = source?.Look(record) ?? [];
        var made = isMade && destination is not null ? destination.Look(_rows!.Of(row)) : [];
        return made.Count == 0 ? sent : sent.Count == 0 ? made : [.. sent, .. made];
    }

    private void Note(IReadOnlyList<SchemaMisfit> misfits)
    {
        foreach (var first in misfits.DistinctBy(misfit => misfit.Side))
        {
            var place = _notes.FindIndex(note => note.Side == first.Side);
            if (place < 0)
            {
                _notes.Add(new MisfitNote(first.Side, 1, first.Words));
            }
            else
            {
                _notes[place] = _notes[place] with { Records = _notes[place].Records + 1 };
            }
        }
    }
}
