using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>
/// A kind of outside system. Holds no state of a connection: everything it needs comes in with each call. Whatever
/// goes wrong outside is reported as a <see cref="Failures.FailureException"/>, or any exception that
/// <see cref="Failures.FailureClassifier"/> knows; inside a check it becomes a step that failed.
/// </summary>
public interface IConnector
{
    ConnectorDescriptor Descriptor { get; }

    /// <summary>What the descriptor's own rules cannot say, under the path of each wrong setting.</summary>
    IReadOnlyList<SettingProblem> Validate(JsonElement settings);

    /// <summary>Tries the connection without changing anything, step by step, and says what it tried and what came back.</summary>
    Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken);

    /// <summary>
    /// Looks whether the system is there, as lightly as can be: once a minute, without anybody watching. Null where there
    /// is nothing that could be away.
    /// </summary>
    /// <param name="connection">What is probed.</param>
    /// <param name="mayAsk">Whether it may be asked who we are: not where asking in vain locks an account.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<ProbeReport?> ProbeAsync(OpenConnection connection, bool mayAsk, CancellationToken cancellationToken) => Task.FromResult<ProbeReport?>(null);

    /// <summary>The lists of records there are, or may be written to.</summary>
    Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken);

    /// <summary>What is known of a stream's fields before any record is read; empty where only records can tell.</summary>
    Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken);
}

/// <summary>A kind of system that records can be read from.</summary>
public interface ISource : IConnector
{
    /// <summary>
    /// Reads batch after batch. Each carries the place behind its last record; a read that starts from there goes on
    /// with the next. Transient failures have been tried again before they come out of here.
    /// </summary>
    IAsyncEnumerable<RecordBatch> ReadAsync(OpenConnection connection, ReadRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Cuts a stream by its key or its parents into ranges of about the same size, which have every record exactly once between them;
    /// see <see cref="ConnectorDescriptor.CanPartition"/>.
    /// </summary>
    /// <returns>Fewer than wanted where there is nothing to cut by.</returns>
    Task<IReadOnlyList<KeyRange>> CutAsync(OpenConnection connection, string stream, int parts, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<KeyRange>>([]);

    /// <summary>How what the source keeps for a change stream is; see <see cref="ConnectorDescriptor.CanStream"/>.</summary>
    Task<SlotReport> LookAsync(OpenConnection connection, string slot, CancellationToken cancellationToken) => Task.FromResult(SlotReport.Gone);

    /// <summary>The source need not keep anything for a change stream any more; nothing happens where it does not.</summary>
    Task ReleaseAsync(OpenConnection connection, string slot, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A kind of system that records can be written to.</summary>
public interface IDestination : IConnector
{
    /// <summary>
    /// Makes sure that the rows can go where they should, before the first one does: the stream exists, the fields fit,
    /// the key is a key.
    /// </summary>
    Task<IDestinationWriter> OpenAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken);

    /// <summary>For records that make rows of several streams, where the system takes them all or none; null where it cannot.</summary>
    /// <param name="connection">The destination.</param>
    /// <param name="requests">The parents' stream first, then those whose rows may refer to it. All write by key.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    Task<IJointWriter?> OpenJointAsync(OpenConnection connection, IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken) => Task.FromResult<IJointWriter?>(null);

    /// <summary>For deleting what is gone from the source, where the system can; see <see cref="ConnectorDescriptor.CanDelete"/>.</summary>
    Task<IRowLedger> OpenLedgerAsync(OpenConnection connection, LedgerRequest request, CancellationToken cancellationToken) => throw new Failures.FailureException(
        new Failures.Failure(Failures.FailureCause.Configuration, $"Nothing can be deleted in {connection.Name}: leave what was deleted at the source where it is."));

    /// <summary>For comparing what is there with what should be, where the system itself can; null where its lists have to be read for it.</summary>
    Task<IRowComparison?> OpenComparisonAsync(OpenConnection connection, CompareRequest request, CancellationToken cancellationToken) => Task.FromResult<IRowComparison?>(null);
}

/// <summary>Writes the rows of one run. Not for use by two threads at once.</summary>
public interface IDestinationWriter : IAsyncDisposable
{
    /// <summary>
    /// Writes some rows of a batch and does not return before the destination has them for good. Writing the same rows
    /// again changes nothing: upserts by key, appends and single sends by <paramref name="token"/>.
    /// </summary>
    /// <param name="rows">The batch.</param>
    /// <param name="start">The first row to write.</param>
    /// <param name="count">How many.</param>
    /// <param name="token">Names these rows of this batch in this run; the same rows have the same token when they are tried again.</param>
    /// <param name="cancellationToken">Stops at the next safe place.</param>
    Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken);

    /// <summary>Set where rows go by calls, each of which may be heard although its answer is lost: a ledger of them is kept then.</summary>
    SendTerms? Terms => null;

    /// <summary>Set where several writes may be on their way at the same time, because what was sent may be sent again.</summary>
    TrailingWrites? Trailing => null;

    /// <summary>Asks the destination for the record of a row, where the terms say that it can be asked.</summary>
    Task<Finding> AskAsync(RowBatch rows, int row, CancellationToken cancellationToken) => throw new NotSupportedException("This destination cannot be asked for a record.");

    /// <summary>
    /// A row that it made can be taken back, where a later row of the same record, in another stream, is refused. Rows of
    /// streams that cannot go with what they belong to.
    /// </summary>
    bool CanTakeBack => false;

    /// <summary>What came back says that the row was made, and was not there before.</summary>
    bool IsMade(Receipt receipt) => false;

    /// <summary>Takes a row back. One that is not there any more is taken back.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="row">Which one.</param>
    /// <param name="id">Under which id the destination keeps it; empty where it did not say.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Why it stands; null when it is gone.</returns>
    Task<Failure?> TakeBackAsync(RowBatch rows, int row, string id, CancellationToken cancellationToken) => throw new NotSupportedException("This destination takes nothing back.");

    /// <summary>Once, at the end of a run that read everything: what was gathered beside takes its place. Asked again after a crash, it finds it done.</summary>
    /// <returns>Null where there is nothing to say.</returns>
    Task<WriteCompletion?> CompleteAsync(CancellationToken cancellationToken) => Task.FromResult<WriteCompletion?>(null);
}
