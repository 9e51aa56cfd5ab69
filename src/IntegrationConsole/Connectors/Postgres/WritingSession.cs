using System.Data;
using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The session through which a run writes into one table or several. If it breaks before or during a commit, the same
/// transaction is tried again over a new one, where the stages are made anew.
/// </summary>
internal sealed class WritingSession(ReconnectingSession line, IReadOnlyList<TableWrite> tables) : IAsyncDisposable
{
    private PostgresSession? _staged;
    private bool _isCommitting;

    public async Task PrepareAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        // Whatever the login's own settings are: dates in text are read one way only, instants are in UTC, and what is
        // committed stays.
        var timeout = line.Settings.StatementPatience.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        await session.RunAsync(
            $"""
            set statement_timeout = {timeout}; set datestyle = 'ISO, YMD'; set timezone = 'UTC';
            select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off';
            {string.Join("; ", tables.Select(table => table.MakeStage))}
            """,
            [], cancellationToken);
        _staged = session;
    }

    /// <summary>Does it in one transaction, which is committed where <paramref name="write"/> gives something.</summary>
    /// <returns>What it gave.</returns>
    /// <exception cref="FailureException">The transaction did not take place, or nobody knows whether it did.</exception>
    public async Task<T?> CommitAsync<T>(Func<PostgresSession, Task<T?>> write, CancellationToken cancellationToken)
        where T : class
    {
        _isCommitting = false;
        return await line.CallAsync(session => CommitAsync(session, write, cancellationToken), cancellationToken);
    }

    /// <summary>What a refusal means for the caller, who splits the rows unless it concerns them all.</summary>
    /// <param name="refused">The refusal.</param>
    /// <param name="table">Whose rows were refused.</param>
    public Failure Judge(FailureException refused, TableWrite table) => refused.Failure with
    {
        Field = refused.Failure.Field.Length > 0 ? refused.Failure.Field : table.FieldOf(refused.InnerException),
        IsSystemic = refused.Failure.IsSystemic || refused.Failure.Cause is FailureCause.SchemaChange || !line.IsOpen,
        MayHaveHappened = _isCommitting,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var table in tables)
        {
            table.Dispose();
        }

        await line.DisposeAsync();
    }

    private async Task<T?> CommitAsync<T>(PostgresSession session, Func<PostgresSession, Task<T?>> write, CancellationToken cancellationToken)
        where T : class
    {
        if (_staged != session)
        {
            await PrepareAsync(session, cancellationToken);
        }

        await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (await write(session) is not { } result)
        {
            return null;
        }

        // From here on nobody cancels: the answer to a commit that was cut off is known to nobody.
        _isCommitting = true;
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (PostgresException) when (session.IsOpen)
        {
            // The server itself says no: a rule that is checked at the end.
            _isCommitting = false;
            throw;
        }

        _isCommitting = false;
        return result;
    }
}
