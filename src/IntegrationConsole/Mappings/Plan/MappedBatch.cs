using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record that the mapping could not make a row of.</summary>
/// <param name="Record">Its number in the batch.</param>
/// <param name="Key">Its business key where that could be made, otherwise a hash of its content.</param>
public sealed record RejectedRecord(int Record, string Key, Failure Failure);

/// <summary>A record that became rows.</summary>
/// <param name="Record">Its number in the batch.</param>
/// <param name="Key">Its business key.</param>
/// <param name="Row">The first of its rows.</param>
/// <param name="Rows">How many there are. Records of a group share one.</param>
public readonly record struct TakenRecord(int Record, string Key, int Row, int Rows);

/// <summary>Rows for a child table.</summary>
/// <param name="Rows">Each names the record it came from.</param>
public sealed record ChildRows(string Stream, IReadOnlyList<string> KeyFields, RowBatch Rows);

/// <summary>What became of a batch: rows to write, records set aside, records that the conditions or the filter left out.</summary>
public sealed record MappedBatch(RowBatch Rows, IReadOnlyList<RejectedRecord> Rejected, int Filtered)
{
    /// <summary>The records behind the rows; null in the usual case, where each row is one record and has its key.</summary>
    public IReadOnlyList<TakenRecord>? Taken { get; init; }

    /// <summary>Rows of child tables, to be written after these in this order.</summary>
    public IReadOnlyList<ChildRows> Children { get; init; } = [];

    /// <summary>What went on although it does not fit what was agreed.</summary>
    public IReadOnlyList<MisfitNote> Notes { get; init; } = [];

    /// <summary>All records that became rows.</summary>
    public IEnumerable<TakenRecord> TakenRecords => Taken ?? Enumerable.Range(0, Rows.Count).Select(row => new TakenRecord(Rows.RecordOf(row), Rows.KeyOf(row), row, 1));
}
