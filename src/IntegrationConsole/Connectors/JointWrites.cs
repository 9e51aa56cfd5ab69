using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>Some rows of one stream that are written together with rows of others.</summary>
/// <param name="Rows">The batch they belong to, in the order of its records.</param>
/// <param name="Start">The first one.</param>
/// <param name="Count">How many; may be none.</param>
public readonly record struct RowRange(RowBatch Rows, int Start, int Count);

/// <summary>What became of the rows of one stream in a joint write.</summary>
/// <param name="Failures">Rows, by number in the batch, that cannot be taken.</param>
/// <param name="StayedBehind">Rows that were not written because another row of their record cannot be taken.</param>
/// <param name="Written">How many changed something.</param>
/// <param name="Changed">Which ones; null where that cannot be said.</param>
public sealed record StreamOutcome(IReadOnlyDictionary<int, Failure> Failures, IReadOnlySet<int> StayedBehind, int Written, IReadOnlySet<int>? Changed);

/// <summary>What became of a joint write.</summary>
/// <param name="Parts">In the order of the streams; empty when it was refused.</param>
/// <param name="Refused">Why nothing of it was written.</param>
/// <param name="At">The number of the stream that was refused.</param>
public sealed record JointResult(IReadOnlyList<StreamOutcome> Parts, Failure? Refused, int At);

/// <summary>
/// Writes the rows of records to several streams, the parents' first, all in one transaction: of a record that cannot be
/// taken whole nothing stays behind, so nothing has to be taken back. Not for use by two threads at once.
/// </summary>
public interface IJointWriter : IAsyncDisposable
{
    /// <summary>Writes these rows and does not return before the destination has them for good. Writing them again changes nothing.</summary>
    /// <param name="parts">One for each stream, in the order in which the writer was opened.</param>
    /// <param name="cancellationToken">Stops at the next safe place.</param>
    Task<JointResult> WriteAsync(IReadOnlyList<RowRange> parts, CancellationToken cancellationToken);
}
