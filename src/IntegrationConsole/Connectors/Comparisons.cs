using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>What of a stream is compared: the fields that a mapping fills.</summary>
/// <param name="Keys">Those of them that identify a row.</param>
/// <param name="SoftColumn">The column that says that a row is deleted: such a row is not there. Null where none does.</param>
public sealed record CompareRequest(string Stream, IReadOnlyList<RowField> Fields, IReadOnlyList<string> Keys, string? SoftColumn);

public enum DifferenceKind
{
    /// <summary>In the source, and not at the destination.</summary>
    Missing,

    /// <summary>At the destination, and not in the source.</summary>
    Extra,

    /// <summary>At both, with different values.</summary>
    Different,
}

/// <param name="Key">By what the line knows the record; as the destination writes it where there is no record.</param>
/// <param name="Fields">Which fields differ; empty where one side is not there.</param>
public sealed record Difference(DifferenceKind Kind, string Key, IReadOnlyList<string> Fields);

/// <summary>What was found after a look.</summary>
/// <param name="Rows">Rows at the destination.</param>
/// <param name="Found">Found twice in the same state: a difference, and no change on its way.</param>
/// <param name="InDoubt">Different when last looked at, and to be looked at again.</param>
public sealed record LookResult(long Rows, IReadOnlyDictionary<DifferenceKind, long> Found, long InDoubt);

/// <summary>
/// Compares the rows that a source should have brought with those that are there, in memory that does not grow with
/// them. Both sides go on changing meanwhile, so what differs is only in doubt at first: the source is read once more,
/// and what differs then as it did before is a difference. Not for use by two threads at once.
/// </summary>
public interface IRowComparison : IAsyncDisposable
{
    /// <summary>Rows of the source. From the second look on only those in doubt are kept.</summary>
    /// <returns>How many the destination could hold; the others are as good as not there.</returns>
    Task<int> TakeAsync(RowBatch rows, CancellationToken cancellationToken);

    /// <summary>All rows of the source were taken: looks at the destination.</summary>
    Task<LookResult> LookAsync(CancellationToken cancellationToken);

    /// <summary>What was found, in the order of the keys.</summary>
    IAsyncEnumerable<Difference> ListAsync(DifferenceKind kind, int most, CancellationToken cancellationToken);
}
