using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>Whose rows a ledger is about, and what deleting one means.</summary>
/// <param name="Keys">The fields that identify a row.</param>
/// <param name="SoftColumn">The column that says that a row is deleted; null where the row itself goes.</param>
public sealed record LedgerRequest(string Stream, IReadOnlyList<RowField> Keys, Guid Sync, Guid Run, string? SoftColumn);

/// <summary>Rows that are to be deleted.</summary>
/// <param name="Owned">All rows that the sync brought and that are there.</param>
/// <param name="Samples">The keys of some of them.</param>
public sealed record PendingDeletes(long Rows, long Owned, IReadOnlyList<string> Samples);

/// <summary>
/// Remembers at the destination which rows a sync brought, and takes away those that are gone from its source: no others,
/// and nothing before it is told to.
/// </summary>
public interface IRowLedger : IAsyncDisposable
{
    /// <summary>The source has these records.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="at">When they were met.</param>
    /// <param name="areWritten">The sync brought their rows; otherwise only rows that it brought before are known again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task SeeAsync(RowBatch keys, DateTimeOffset at, bool areWritten, CancellationToken cancellationToken);

    /// <summary>The source says that these were deleted. Nothing is done about it yet.</summary>
    Task MarkGoneAsync(RowBatch keys, CancellationToken cancellationToken);

    /// <summary>What an earlier run was told is gone, and nobody decided about, becomes this run's.</summary>
    Task AdoptAsync(Guid earlierRun, CancellationToken cancellationToken);

    /// <summary>What this run was told is gone.</summary>
    /// <param name="unseenSince">And what was not met since then; null for nothing more.</param>
    /// <param name="samples">How many keys to show.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<PendingDeletes> CountAsync(DateTimeOffset? unseenSince, int samples, CancellationToken cancellationToken);

    /// <summary>Deletes it, in one transaction.</summary>
    /// <returns>How many rows there were.</returns>
    Task<long> DeleteAsync(DateTimeOffset? unseenSince, CancellationToken cancellationToken);
}
