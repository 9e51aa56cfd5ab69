using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>Tells, batch by batch, what a draft would do with records, and what it would do otherwise than the published version. Pure.</summary>
/// <param name="draft">What may be published.</param>
/// <param name="published">What runs use; null where nothing is published yet.</param>
public sealed class MappingTrial(MappingPlan draft, MappingPlan? published)
{
    /// <summary>Where the two make different numbers of rows of one record.</summary>
    public const string RowCount = "number of rows";

    private readonly Dictionary<string, int> _before = (published?.Fields ?? []).Select((field, index) => (field.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
    private readonly List<string> _gone = [.. (published?.Fields ?? []).Select(field => field.Name).Except(draft.Fields.Select(field => field.Name))];

    public TrialTally Tally { get; } = new();

    /// <param name="batch">Some records.</param>
    /// <param name="names">What the examples call each record; null for its key.</param>
    /// <param name="cancellationToken">Thrown: nobody waits any more.</param>
    public void Take(RecordBatch batch, IReadOnlyList<string>? names, CancellationToken cancellationToken)
    {
        var after = new Outcomes(draft.Apply(batch, cancellationToken), batch.Count);
        var before = published is null ? null : new Outcomes(published.Apply(batch, cancellationToken), batch.Count);
        for (var record = 0; record < batch.Count; record++)
        {
            Tally.Seen++;
            Count(record, after, before, names?[record]);
        }
    }

    private void Count(int record, Outcomes after, Outcomes? before, string? name)
    {
        if (after.RejectionOf(record) is { } rejected)
        {
            Tally.Failing++;
            Tally.NewlyFailing += before is not null && before.RejectionOf(record) is null ? 1 : 0;
            Tally.AddFailure(name ?? rejected.Key, rejected.Failure);
            return;
        }

        var rows = after.RowsOf(record);
        var old = before?.RowsOf(record) ?? [];
        if (rows.Count == 0)
        {
            Tally.Filtered++;
            Tally.NewlyFiltered += before is not null && (old.Count > 0 || before.RejectionOf(record) is not null) ? 1 : 0;
            return;
        }

        Tally.Passing++;
        if (before is null)
        {
            return;
        }

        if (old.Count == 0)
        {
            Tally.NewlyPassing++;
            return;
        }

        Tally.Changed += Compare(after.Rows, rows, before.Rows, old, name) ? 1 : 0;
    }

    /// <returns>Whether the record's rows differ.</returns>
    private bool Compare(RowBatch after, List<int> rows, RowBatch before, List<int> old, string? name)
    {
        var record = name ?? after.KeyOf(rows[0]);
        if (rows.Count != old.Count)
        {
            Tally.AddChange(RowCount, record, $"{old.Count}", $"{rows.Count}");
            return true;
        }

        // A field counts once for a record, however many of its rows show it.
        var differing = new HashSet<string>();
        for (var index = 0; index < rows.Count; index++)
        {
            var now = after[rows[index]];
            var then = before[old[index]];
            for (var field = 0; field < after.Fields.Count; field++)
            {
                var known = _before.TryGetValue(after.Fields[field].Name, out var place) ? then[place] : FieldValue.Null;
                Differ(after.Fields[field].Name, record, known, now[field], differing);
            }

            foreach (var gone in _gone)
            {
                Differ(gone, record, then[_before[gone]], FieldValue.Null, differing);
            }
        }

        return differing.Count > 0;
    }

    private void Differ(string field, string record, FieldValue before, FieldValue after, HashSet<string> differing)
    {
        if (!AreSame(before, after) && differing.Add(field))
        {
            Tally.AddChange(field, record, before.IsNull ? null : before.ToText(), after.IsNull ? null : after.ToText());
        }
    }

    /// <summary>The same to a destination: 1.0 is 1.00, and a text is compared as text whatever the type of its field.</summary>
    private static bool AreSame(FieldValue before, FieldValue after)
    {
        if (before.IsNull || after.IsNull)
        {
            return before.IsNull && after.IsNull;
        }

        return before.Equals(after)
            || (before.Type is FieldType.Decimal && after.Type is FieldType.Decimal ? before.Decimal == after.Decimal : before.ToText() == after.ToText());
    }

    /// <summary>A mapped batch, asked record by record.</summary>
    private sealed class Outcomes
    {
        private readonly List<int>?[] _rows;
        private readonly RejectedRecord?[] _rejected;

        public Outcomes(MappedBatch mapped, int records)
        {
            Rows = mapped.Rows;
            _rows = new List<int>?[records];
            _rejected = new RejectedRecord?[records];
            foreach (var rejected in mapped.Rejected)
            {
                _rejected[rejected.Record] ??= rejected;
            }

            // Records of a group share their row.
            foreach (var taken in mapped.TakenRecords)
            {
                _rows[taken.Record] = [.. Enumerable.Range(taken.Row, taken.Rows)];
            }
        }

        public RowBatch Rows { get; }

        public RejectedRecord? RejectionOf(int record) => _rejected[record];

        public List<int> RowsOf(int record) => _rows[record] ?? [];
    }
}
