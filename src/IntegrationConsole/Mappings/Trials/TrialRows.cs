using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>A mapped batch, asked record by record.</summary>
internal sealed class TrialRows
{
    /// <summary>The table of the mapping's own rows; the others are child tables, by their streams.</summary>
    public const string Own = "";

    private readonly RejectedRecord?[] _rejected;
    private readonly Dictionary<string, (RowBatch Rows, List<int>?[] OfRecord)> _tables = [];

    public TrialRows(MappedBatch mapped, int records)
    {
        _rejected = new RejectedRecord?[records];
        foreach (var rejected in mapped.Rejected)
        {
            _rejected[rejected.Record] ??= rejected;
        }

        // Records of a group share their row.
        var own = new List<int>?[records];
        foreach (var taken in mapped.TakenRecords)
        {
            own[taken.Record] = [.. Enumerable.Range(taken.Row, taken.Rows)];
        }

        _tables[Own] = (mapped.Rows, own);
        foreach (var child in mapped.Children)
        {
            var ofRecord = new List<int>?[records];
            for (var row = 0; row < child.Rows.Count; row++)
            {
                (ofRecord[child.Rows.RecordOf(row)] ??= []).Add(row);
            }

            _tables[child.Stream] = (child.Rows, ofRecord);
        }
    }

    public IEnumerable<string> Tables => _tables.Keys;

    public RejectedRecord? RejectionOf(int record) => _rejected[record];

    /// <summary>Rows of one table; null where the mapping does not fill it.</summary>
    public RowBatch? Of(string table) => _tables.TryGetValue(table, out var known) ? known.Rows : null;

    /// <summary>The numbers of a record's rows in one table.</summary>
    public List<int> RowsOf(string table, int record) => _tables.TryGetValue(table, out var known) ? known.OfRecord[record] ?? [] : [];
}
