using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// A mapping version compiled for one key: takes batches of source JSON to typed rows. Pure, and safe to use from
/// several threads, each with its own batch.
/// </summary>
public sealed class MappingPlan
{
    /// <summary>Joins the parts of a composite key; no sensible value holds it.</summary>
    public const char KeySeparator = '\u001f';

    private const string NotJson = "The record is not valid JSON.";

    private readonly PathSet _paths = new();
    private readonly RecordStructure _structure;
    private readonly RecordGate _gate;
    private readonly bool _readsWholeRecord;
    private readonly Agreement? _agreement;

    /// <param name="document">Checked by <see cref="MappingRules"/>.</param>
    /// <param name="keys">Destination fields that identify a record; empty for none.</param>
    /// <param name="lookups">The tables that the document names, by name.</param>
    /// <param name="scope">What expressions see besides the record.</param>
    public MappingPlan(
        MappingDocument document, IReadOnlyList<string> keys, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        _structure = new RecordStructure(document, keys, _paths, lookups, scope);

        // A split asks them of each item.
        _gate = _structure.Split is null ? new RecordGate(document, _paths, scope) : new RecordGate();
        _readsWholeRecord = _gate.ReadsWholeRecord || _structure.ReadsWholeRecord;
        Fields = [.. document.Fields.Select(rule => new RowField(rule.Name, rule.Type))];
        _agreement = Agreement.Of(document, Fields);
    }

    public IReadOnlyList<RowField> Fields { get; }

    /// <summary>Each record makes one row and nothing else.</summary>
    public bool IsOneToOne => _structure.IsOneToOne;

    /// <summary>Records of a batch make a row together.</summary>
    public bool IsGrouping => _structure.Group is not null;

    /// <summary>Records are known by what the mapping says, and not by the key of their row.</summary>
    public bool NamesRecords => _structure.Key is not null;

    /// <summary>What becomes of each record. Only expressions take long enough for a cancellation to be of use: it is thrown.</summary>
    public MappedBatch Apply(RecordBatch batch, CancellationToken cancellationToken)
    {
        var rows = new RowBatch(Fields, batch.Count);
        var rejected = new List<RejectedRecord>();
        var slots = new JsonSlot[_paths.Count];
        using var agreement = _agreement?.Begin();
        var structured = _structure.IsPlain ? null : new StructuredBatch(_structure, rows, agreement);
        var filtered = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            var record = batch[index].Span;
            if (batch.ProblemOf(index) is { } unreadable)
            {
                rejected.Add(new RejectedRecord(index, RecordKey.HashOf(record), unreadable));
                continue;
            }

            if (!_paths.TryFind(batch[index], slots, _readsWholeRecord, out var whole))
            {
                rejected.Add(new RejectedRecord(index, RecordKey.HashOf(record), new Failure(FailureCause.Malformed, NotJson)));
                continue;
            }

            var undecided = _gate.Ask(record, slots, whole, out var taken, cancellationToken);
            if (undecided is null && !taken)
            {
                filtered++;
            }
            else if (structured is not null)
            {
                structured.Take(new RecordView(index, batch[index], slots, whole), undecided, cancellationToken);
            }
            else if (TakeRow(new RecordView(index, batch[index], slots, whole), undecided, rows, agreement, cancellationToken) is { } set)
            {
                rejected.Add(set);
            }
        }

        var mapped = structured?.Finish(rejected, filtered, cancellationToken) ?? new MappedBatch(rows, rejected, filtered);
        return agreement is { Notes.Count: > 0 } ? mapped with { Notes = agreement.Notes } : mapped;
    }

    /// <summary>One record, field by field, for somebody who is looking.</summary>
    public RecordPreview Preview(ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        using var agreement = _agreement?.Begin();
        return View(record, 0) is { } view ? StructurePreview.Of(_structure, _gate, agreement, view, cancellationToken) : Unreadable;
    }

    /// <summary>The same for records that are gathered: each is shown as the row of the group that it is in among these.</summary>
    public IReadOnlyList<RecordPreview> PreviewGroups(IReadOnlyList<byte[]> records, CancellationToken cancellationToken)
    {
        using var agreement = _agreement?.Begin();
        var views = records.Select((record, index) => View(record, index)).ToList();
        var previews = StructurePreview.OfGroups(_structure, _gate, agreement, views.OfType<RecordView>(), cancellationToken);
        return [.. views.Select(view => view is { } known ? previews[known.Number] : Unreadable)];
    }

    private static RecordPreview Unreadable { get; } = new([], false, NotJson);

    private RecordView? View(ReadOnlyMemory<byte> record, int number)
    {
        var slots = new JsonSlot[_paths.Count];
        return _paths.TryFind(record, slots, _readsWholeRecord, out var whole) ? new RecordView(number, record, slots, whole) : null;
    }

    /// <returns>Why the record is set aside; null where it is a row.</returns>
    private RejectedRecord? TakeRow(RecordView record, FieldProblem? undecided, RowBatch rows, AgreementLook? agreement, CancellationToken cancellationToken)
    {
        var program = _structure.Row!;
        var row = rows.NextRow();
        var problems = program.Fill(record.Bytes.Span, record.Slots, record.Whole, row, cancellationToken);
        if (undecided is not null)
        {
            (problems ??= []).Insert(0, undecided);
        }

        if (agreement is not null)
        {
            problems = Judge(agreement, record, row, problems, cancellationToken);
        }

        if (problems is null)
        {
            agreement?.GoesOn(record.Number);
            rows.Commit(program.HasKey ? program.KeyOf(row) : RecordKey.HashOf(record.Bytes.Span), record.Number);
            return null;
        }

        return new RejectedRecord(record.Number, program.KeyIsWhole(row) ? program.KeyOf(row) : RecordKey.HashOf(record.Bytes.Span), ProblemText.Of(problems));
    }

    /// <summary>The source's part comes first, since all else may only follow from it, and the destination's last.</summary>
    private static List<FieldProblem>? Judge(
        AgreementLook agreement, RecordView record, ReadOnlySpan<FieldValue> row, List<FieldProblem>? problems, CancellationToken cancellationToken)
    {
        var sent = agreement.JudgeRecord(record.Bytes, cancellationToken);
        var made = problems is null ? agreement.JudgeRow(row, cancellationToken) : [];
        return sent.Count + made.Count == 0 ? problems : [.. sent, .. problems ?? [], .. made];
    }
}
