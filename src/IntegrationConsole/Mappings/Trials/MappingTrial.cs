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

    private readonly Dictionary<string, Pairing> _pairings = [];

    public TrialTally Tally { get; } = new();

    /// <param name="batch">Some records.</param>
    /// <param name="names">What the examples call each record; null for its key.</param>
    /// <param name="cancellationToken">Thrown: nobody waits any more.</param>
    public void Take(RecordBatch batch, IReadOnlyList<string>? names, CancellationToken cancellationToken)
    {
        var after = new TrialRows(draft.Apply(batch, cancellationToken), batch.Count);
        var before = published is null ? null : new TrialRows(published.Apply(batch, cancellationToken), batch.Count);
        for (var record = 0; record < batch.Count; record++)
        {
            Tally.Seen++;
            Count(record, after, before, names?[record]);
        }
    }

    private void Count(int record, TrialRows after, TrialRows? before, string? name)
    {
        if (after.RejectionOf(record) is { } rejected)
        {
            Tally.Failing++;
            Tally.NewlyFailing += before is not null && before.RejectionOf(record) is null ? 1 : 0;
            Tally.AddFailure(name ?? rejected.Key, rejected.Failure);
            return;
        }

        var rows = after.RowsOf(TrialRows.Own, record);
        var old = before?.RowsOf(TrialRows.Own, record) ?? [];
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

        var called = name ?? after.Of(TrialRows.Own)!.KeyOf(rows[0]);
        var isChanged = false;
        foreach (var table in after.Tables.Union(before.Tables))
        {
            isChanged |= Compare(table, record, after, before, called);
        }

        Tally.Changed += isChanged ? 1 : 0;
    }

    /// <returns>Whether the record's rows of one table differ.</returns>
    private bool Compare(string table, int record, TrialRows after, TrialRows before, string called)
    {
        var (rows, old) = (after.RowsOf(table, record), before.RowsOf(table, record));
        if (rows.Count != old.Count)
        {
            Tally.AddChange(Named(table, RowCount), called, $"{old.Count}", $"{rows.Count}");
            return true;
        }

        if (rows.Count == 0)
        {
            return false;
        }

        var (made, known) = (after.Of(table)!, before.Of(table)!);
        if (!_pairings.TryGetValue(table, out var pairing))
        {
            _pairings[table] = pairing = Pairing.Of(made.Fields, known.Fields);
        }

        // A field counts once for a record, however many of its rows show it.
        var differing = new HashSet<string>();
        for (var index = 0; index < rows.Count; index++)
        {
            var now = made[rows[index]];
            var then = known[old[index]];
            for (var field = 0; field < made.Fields.Count; field++)
            {
                Differ(Named(table, made.Fields[field].Name), called, pairing.Before[field] is { } place ? then[place] : FieldValue.Null, now[field], differing);
            }

            foreach (var gone in pairing.Gone)
            {
                Differ(Named(table, known.Fields[gone].Name), called, then[gone], FieldValue.Null, differing);
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

    private static string Named(string table, string field) => table.Length > 0 ? $"{table}.{field}" : field;

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

    /// <summary>The fields of one table in both mappings.</summary>
    /// <param name="Before">For each field of the draft its place in the published version; null where it is new.</param>
    /// <param name="Gone">Places of those that the draft does not have.</param>
    private sealed record Pairing(IReadOnlyList<int?> Before, IReadOnlyList<int> Gone)
    {
        public static Pairing Of(IReadOnlyList<RowField> after, IReadOnlyList<RowField> before)
        {
            var places = before.Select((field, index) => (field.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
            var names = after.Select(field => field.Name).ToHashSet();
            return new Pairing(
                [.. after.Select(field => places.TryGetValue(field.Name, out var place) ? place : (int?)null)],
                [.. Enumerable.Range(0, before.Count).Where(index => !names.Contains(before[index].Name))]);
        }
    }
}
