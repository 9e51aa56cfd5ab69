using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors;

/// <summary>What became of rows that were handed to a destination.</summary>
public sealed class WriteResult
{
    private WriteResult()
    {
    }

    public int Written { get; private init; }

    public int Unchanged { get; private init; }

    /// <summary>Rows, by number in the batch, that were set aside alone while their neighbours were written.</summary>
    public IReadOnlyDictionary<int, Failure> Failures { get; private init; } = new Dictionary<int, Failure>();

    /// <summary>
    /// Why nothing of this call was written; null when something may have been. A caller may split the rows to find the
    /// ones at fault, unless the failure is systemic.
    /// </summary>
    public Failure? Refused { get; private init; }

    /// <summary>Rows, by number in the batch, that changed something; null where the request did not ask, or where it cannot be said.</summary>
    public IReadOnlySet<int>? Changed { get; private init; }

    /// <summary>What came back for rows that were sent and taken, by number in the batch.</summary>
    public IReadOnlyDictionary<int, Receipt> Receipts { get; private init; } = new Dictionary<int, Receipt>();

    /// <param name="written">Rows that changed something.</param>
    /// <param name="unchanged">Rows that were there already, or gave way to a later row with the same key.</param>
    /// <param name="failures">Rows that were not taken.</param>
    /// <param name="changed">Which ones changed something, where that was asked.</param>
    /// <param name="receipts">What came back for those that were taken, where a ledger is kept.</param>
    public static WriteResult Of(
        int written, int unchanged, IReadOnlyDictionary<int, Failure>? failures = null, IReadOnlySet<int>? changed = null, IReadOnlyDictionary<int, Receipt>? receipts = null) =>
        new()
        {
            Written = written,
            Unchanged = unchanged,
            Failures = failures ?? new Dictionary<int, Failure>(),
            Changed = changed,
            Receipts = receipts ?? new Dictionary<int, Receipt>(),
        };

    public static WriteResult Refuse(Failure failure) => new() { Refused = failure };
}
