using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Line;

/// <summary>A record that did not arrive, or not whole.</summary>
/// <param name="Record">Its number in the batch.</param>
public sealed record RecordFailure(int Record, string Key, Failure Failure);

/// <summary>
/// Makes of what became of rows what became of records, one outcome for each: set aside where one of its rows was not
/// taken, written where one of them changed something, unchanged where none did.
/// </summary>
internal sealed class RecordTally
{
    private readonly List<RecordFailure> _failures = [];

    private RecordTally()
    {
    }

    public int Written { get; private set; }

    public int Unchanged { get; private set; }

    public IReadOnlyList<RecordFailure> Failures => _failures;

    /// <summary>The usual case: each row is a record.</summary>
    public static RecordTally OfRows(MappedBatch mapped, RowTally rows)
    {
        var tally = new RecordTally { Written = rows.Written, Unchanged = rows.Unchanged };
        foreach (var (row, failure) in rows.Failures)
        {
            tally._failures.Add(new RecordFailure(mapped.Rows.RecordOf(row), mapped.Taken is { } taken ? taken[row].Key : mapped.Rows.KeyOf(row), failure));
        }

        return tally;
    }

    /// <param name="mapped">The batch.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="children">The rows of its child tables, as far as they were sent.</param>
    /// <param name="isKeyless">A row that is written again is there twice.</param>
    public static RecordTally OfParts(MappedBatch mapped, RowTally rows, IReadOnlyList<RowTally> children, bool isKeyless)
    {
        var tally = new RecordTally();
        var (childFailures, childWrites) = Children(mapped, children);
        var gathered = rows.Failures.Count > 0 ? mapped.TakenRecords.CountBy(record => record.Row).ToDictionary() : [];
        foreach (var record in mapped.TakenRecords)
        {
            var ofRecord = Enumerable.Range(record.Row, record.Rows);
            var wrote = ofRecord.Any(rows.Wrote) || childWrites.Contains(record.Record);
            var failure = ofRecord.Select(row => rows.Failures.GetValueOrDefault(row)).FirstOrDefault(failure => failure is not null)
                ?? childFailures.GetValueOrDefault(record.Record);
            if (failure is not null)
            {
                tally._failures.Add(new RecordFailure(record.Record, record.Key, isKeyless && wrote ? InPart(failure) : Together(failure, gathered.GetValueOrDefault(record.Row))));
            }
            else
            {
                tally.Written += wrote ? 1 : 0;
                tally.Unchanged += wrote ? 0 : 1;
            }
        }

        return tally;
    }

    private static (Dictionary<int, Failure> Failures, HashSet<int> Writes) Children(MappedBatch mapped, IReadOnlyList<RowTally> children)
    {
        var failures = new Dictionary<int, Failure>();
        var writes = new HashSet<int>();
        for (var index = 0; index < children.Count; index++)
        {
            var child = mapped.Children[index];
            foreach (var (row, failure) in children[index].Failures.OrderBy(pair => pair.Key))
            {
                var field = failure.Field.Length > 0 ? $"{child.Stream}.{failure.Field}" : child.Stream;
                failures.TryAdd(child.Rows.RecordOf(row), failure with { Sentence = $"{child.Stream}: {failure.Sentence}", Field = field });
            }

            writes.UnionWith(Enumerable.Range(0, child.Rows.Count).Where(children[index].Wrote).Select(child.Rows.RecordOf));
        }

        return (failures, writes);
    }

    /// <summary>One of them alone would make another row.</summary>
    private static Failure Together(Failure failure, int records) =>
        records > 1 ? failure with { Sentence = $"{failure.Sentence} The row is made of {records:N0} records: replay them together." } : failure;

    /// <summary>Such a letter is replayed only by somebody who looked: it counts as one of which nobody knows.</summary>
    private static Failure InPart(Failure failure) =>
        failure with { Sentence = $"{failure.Sentence} Other rows of this record were written: replayed as it is, they are there twice.", MayHaveHappened = true };
}
