using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// A batch whose records are other than one row each, known by its key: they have a key of their own, make several rows,
/// go into groups, or have child tables.
/// </summary>
internal sealed class StructuredBatch(RecordStructure structure, RowBatch rows, AgreementLook? agreement)
{
    private readonly List<RejectedRecord> _rejected = [];
    private readonly List<TakenRecord> _taken = [];
    private readonly Gathering _gathering = new();
    private readonly Dictionary<int, IReadOnlyList<SchemaMisfit>> _waiting = [];
    private readonly ItemWalk? _split = structure.Split?.Walk();
    private readonly ItemWalk[] _walks = [.. structure.Children.Select(child => child.Walk())];
    private readonly ChildRows[] _children = [.. structure.ChildTables.Select((child, index) => new ChildRows(child.Stream, child.KeyFields, new RowBatch(structure.Children[index].Fields)))];
    private int _filtered;

    /// <param name="record">It meets the conditions and the filter, where they are asked of records.</param>
    /// <param name="undecided">Why that could not be said.</param>
    /// <param name="cancellationToken">Ends expressions that take long.</param>
    public void Take(RecordView record, FieldProblem? undecided, CancellationToken cancellationToken)
    {
        var key = "";
        if (structure.Key is { } program && program.Read(record, out key, out _, cancellationToken) is { } unnamed)
        {
            Reject(record, "", ProblemText.Of(undecided is null ? [unnamed] : [undecided, unnamed]));
        }
        else if (undecided is not null)
        {
            Reject(record, key, ProblemText.Of([undecided]));
        }
        else if (agreement?.JudgeRecord(record.Bytes, cancellationToken) is { Count: > 0 } sent)
        {
            Reject(record, key, ProblemText.Of(sent));
        }
        else if (structure.Group is { } group)
        {
            // Whether it goes on is known only when its group is whole.
            var misfits = agreement?.Waits() ?? [];
            if (group.Add(_gathering, record, key, cancellationToken) is { } ungrouped)
            {
                Reject(record, key, ProblemText.Of([ungrouped]));
            }
            else if (misfits.Count > 0)
            {
                _waiting.Add(record.Number, misfits);
            }
        }
        else if (_split is not null)
        {
            TakeItems(record, key, cancellationToken);
        }
        else
        {
            TakeOne(record, key, cancellationToken);
        }
    }

    public MappedBatch Finish(List<RejectedRecord> unread, int filtered, CancellationToken cancellationToken)
    {
        foreach (var group in _gathering.Groups)
        {
            var row = rows.Count;
            if (structure.Group!.Make(group, rows, agreement, cancellationToken) is { } failure)
            {
                _rejected.AddRange(group.Members.Select(member => new RejectedRecord(member.Record, member.Key, failure)));
            }
            else
            {
                foreach (var member in group.Members)
                {
                    agreement?.GoesOn(member.Record, _waiting.GetValueOrDefault(member.Record, []));
                }

                _taken.AddRange(group.Members.Select(member => member with { Row = row }));
            }
        }

        return new MappedBatch(rows, [.. unread, .. _rejected], filtered + _filtered) { Taken = _taken, Children = _children };
    }

    private void TakeItems(RecordView record, string key, CancellationToken cancellationToken)
    {
        var before = rows.Count;
        if (structure.Split!.Make(_split!, record, rows, agreement, cancellationToken) is { } problem)
        {
            Reject(record, key, problem.Failure);
        }
        else if (rows.Count == before)
        {
            // No item, or none that is taken: there is nothing to write, as with a record that is left out.
            _filtered++;
        }
        else
        {
            agreement?.GoesOn(record.Number);
            _taken.Add(new TakenRecord(record.Number, key, before, rows.Count - before));
        }
    }

    private void TakeOne(RecordView record, string key, CancellationToken cancellationToken)
    {
        var program = structure.Row!;
        var row = rows.NextRow();
        var problems = program.Fill(record.Bytes.Span, record.Slots, record.Whole, row, cancellationToken);
        var rowKey = program.KeyIsWhole(row) ? program.KeyOf(row) : "";
        key = key.Length > 0 ? key : rowKey;
        if (problems is not null)
        {
            Reject(record, key, ProblemText.Of(problems));
        }
        else if (agreement?.JudgeRow(row, cancellationToken) is { Count: > 0 } made)
        {
            Reject(record, key, ProblemText.Of(made));
        }
        else if (MakeChildren(record, cancellationToken) is { } failure)
        {
            Reject(record, key, failure);
        }
        else
        {
            agreement?.GoesOn(record.Number);
            _taken.Add(new TakenRecord(record.Number, key.Length > 0 ? key : RecordKey.HashOf(record.Bytes.Span), rows.Count, 1));
            rows.Commit(rowKey, record.Number);
        }
    }

    /// <summary>The rows of all child tables, or of none.</summary>
    private Failure? MakeChildren(RecordView record, CancellationToken cancellationToken)
    {
        for (var index = 0; index < _children.Length; index++)
        {
            if (structure.Children[index].Make(_walks[index], record, _children[index].Rows, null, cancellationToken) is not { } problem)
            {
                continue;
            }

            foreach (var made in _children.Take(index))
            {
                TakeBack(made.Rows, record.Number);
            }

            return problem.Failure;
        }

        return null;
    }

    private static void TakeBack(RowBatch made, int record)
    {
        var count = made.Count;
        while (count > 0 && made.RecordOf(count - 1) == record)
        {
            count--;
        }

        made.TakeBack(count);
    }

    private void Reject(RecordView record, string key, Failure failure) =>
        _rejected.Add(new RejectedRecord(record.Number, key.Length > 0 ? key : RecordKey.HashOf(record.Bytes.Span), failure));
}
