using System.Data;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The ledger of a sync's rows as a table in the customer's database. What is written down twice is the same, so each step
/// may be repeated after a crash; deletions are one transaction with what the ledger knows of them.
/// </summary>
internal sealed class PostgresRowLedger : IRowLedger
{
    private readonly ReconnectingSession _line;
    private readonly TableShape _live;
    private readonly LedgerStatements _statements;
    private readonly StageEncoder _encoder;
    private PostgresSession? _staged;

    private PostgresRowLedger(ReconnectingSession line, TableShape live, LedgerStatements statements, IReadOnlyList<StageColumn> keys) =>
        (_line, _live, _statements, _encoder) = (line, live, statements, new StageEncoder(keys));

    public static async Task<IRowLedger> OpenAsync(ReconnectingSession line, PostgresSession session, LedgerRequest request, CancellationToken cancellationToken)
    {
        var live = await PostgresCatalog.GetAsync(session, request.Stream, line.What, cancellationToken);
        var keys = request.Keys.Select((field, place) => Key(live, field, place)).ToList();
        var statements = new LedgerStatements(live, keys, request.Sync, request.Run, Soft(live, request.SoftColumn));
        try
        {
            await MakeAsync(session, live, statements, request, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new FailureException(
                new Failure(
                    FailureCause.Configuration,
                    $"To delete only what it brought itself, the integration keeps a table of its rows beside {live.Stream}, which the login may not make. "
                    + $"Let an owner run: grant create on schema {SqlName.Quote(live.Schema)} to the login; or leave what was deleted where it is.",
                    refused.SqlState),
                refused);
        }

        return new PostgresRowLedger(line, live, statements, keys);
    }

    public Task SeeAsync(RowBatch keys, DateTimeOffset at, bool areWritten, CancellationToken cancellationToken) => StageAsync(
        keys,
        async session =>
        {
            if (areWritten && _statements.Restore.Length > 0)
            {
                await RunAsync(session, _statements.Restore, null, cancellationToken);
            }

            return await RunAsync(session, areWritten ? _statements.Enter : _statements.KnowAgain, at, cancellationToken);
        },
        cancellationToken);

    public Task MarkGoneAsync(RowBatch keys, CancellationToken cancellationToken) =>
        StageAsync(keys, session => RunAsync(session, _statements.MarkGone, null, cancellationToken), cancellationToken);

    public Task AdoptAsync(Guid earlierRun, CancellationToken cancellationToken) =>
        _line.CallAsync(session => RunAsync(session, _statements.Adopt(earlierRun), null, cancellationToken), cancellationToken);

    public Task<PendingDeletes> CountAsync(DateTimeOffset? unseenSince, int samples, CancellationToken cancellationToken) => _line.CallAsync(
        async session =>
        {
            var counts = await session.ListAsync(
                _statements.Count, [Instant(unseenSince)], row => (Rows: row.GetInt64(0), Owned: row.GetInt64(1)), TimeSpan.Zero, cancellationToken);
            var keys = counts[0].Rows == 0 ? [] : await session.ListAsync(
                _statements.Samples(samples), [Instant(unseenSince)], row => row.GetString(0), TimeSpan.Zero, cancellationToken);
            return new PendingDeletes(counts[0].Rows, counts[0].Owned, keys);
        },
        cancellationToken);

    public async Task<long> DeleteAsync(DateTimeOffset? unseenSince, CancellationToken cancellationToken)
    {
        try
        {
            return await _line.CallAsync(
                async session =>
                {
                    await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                    await RunAsync(session, "set local statement_timeout = 0", null, cancellationToken);
                    var deleted = await RunAsync(session, _statements.Delete, unseenSince, cancellationToken);
                    await transaction.CommitAsync(CancellationToken.None);
                    return deleted;
                },
                cancellationToken);
        }
        catch (FailureException refused) when (refused.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } referred)
        {
            throw new FailureException(
                refused.Failure with { Cause = FailureCause.Conflict, Sentence = $"Rows of {referred.TableName} refer to rows of {_live.Stream} that are to be deleted: nothing was deleted." }, referred);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _encoder.Dispose();
        await _line.DisposeAsync();
    }

    private static StageColumn Key(TableShape live, RowField field, int place) =>
        live.Find(field.Name) is { } column && StageColumn.Fit(field.Type, column) is { } type
            ? new StageColumn(place, field.Type, column, type, IsKey: true)
            : throw new FailureException(new Failure(FailureCause.SchemaChange, $"{live.Stream} has no column {field.Name} that its key fits.", "", field.Name));

    private static ColumnShape? Soft(TableShape live, string? column)
    {
        if (column is null)
        {
            return null;
        }

        var found = live.Find(column) ?? throw new FailureException(new Failure(
            FailureCause.SchemaChange, $"{live.Stream} has no column {column} to mark deleted rows with: add it, or name another.", "", column));
        return found.Kind is ColumnKind.TimestampTz or ColumnKind.Timestamp or ColumnKind.Date or ColumnKind.Boolean ? found : throw new FailureException(new Failure(
            FailureCause.Configuration, $"{column} is to mark deleted rows and is of type {found.DeclaredType}: it has to be a time, a date or a yes/no.", "", column));
    }

    private static async Task MakeAsync(PostgresSession session, TableShape live, LedgerStatements statements, LedgerRequest request, CancellationToken cancellationToken)
    {
        // One at a time: a backfill may begin at the same moment as a run.
        await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await RunAsync(session, $"select pg_advisory_xact_lock(hashtextextended('{LedgerStatements.NameOf(request.Sync)}', 0))", null, cancellationToken);
        await using var look = new NpgsqlCommand("select coalesce(obj_description(to_regclass($1), 'pg_class'), ''), to_regclass($1) is not null", session.Connection);
        look.Parameters.Add(new NpgsqlParameter { Value = statements.Ledger, NpgsqlDbType = NpgsqlDbType.Text });
        var (comment, exists) = ("", false);
        await using (var row = await look.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (comment, exists) = (row.GetString(0), row.GetBoolean(1));
        }

        if (comment.Replace("'", "''", StringComparison.Ordinal) != statements.Comment)
        {
            await RunAsync(session, exists ? $"drop table {statements.Ledger}; {statements.Make}" : statements.Make, null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task StageAsync(RowBatch keys, Func<PostgresSession, Task<int>> then, CancellationToken cancellationToken)
    {
        // A key that its column does not take is not in the table either.
        _encoder.Encode(keys, 0, keys.Count, keepsTogether: false);
        if (_encoder.Rows == 0)
        {
            return;
        }

        await _line.CallAsync(
            async session =>
            {
                if (_staged != session)
                {
                    await RunAsync(session, $"set datestyle = 'ISO, YMD'; set timezone = 'UTC'; {_statements.MakeStage}", null, cancellationToken);
                    _staged = session;
                }

                await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                var stream = await session.Connection.BeginRawBinaryCopyAsync(_statements.Copy, cancellationToken);
                await stream.WriteAsync(_encoder.Bytes, cancellationToken);
                await stream.DisposeAsync();
                await then(session);
                await transaction.CommitAsync(CancellationToken.None);
                return 0;
            },
            cancellationToken);
    }

    private static NpgsqlParameter Instant(DateTimeOffset? at) =>
        new() { Value = at is { } instant ? instant.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static async Task<int> RunAsync(PostgresSession session, string sql, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { CommandTimeout = 0 };
        if (sql.Contains("$1", StringComparison.Ordinal))
        {
            command.Parameters.Add(Instant(at));
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
