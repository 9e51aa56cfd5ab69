using System.Data;
using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Writes the rows of one run, each call in one transaction. If the connection breaks before or during the commit, the
/// same rows are written again over a new one: an upsert or an update finds them as they are, an append finds its token.
/// </summary>
internal sealed class PostgresWriter : IDestinationWriter
{
    private readonly ReconnectingSession _line;
    private readonly TableShape _table;
    private readonly WriteMode _mode;
    private readonly WriteStatements _statements;
    private readonly StageEncoder _encoder;
    private readonly AppendLedger? _ledger;
    private readonly string _copy;
    private readonly string _write;
    private readonly bool _isInParts;

    private PostgresSession? _staged;
    private bool _isCommitting;

    public PostgresWriter(ReconnectingSession line, TableShape table, WriteRequest request)
    {
        var columns = new WriteFit(table, request).Check();
        _line = line;
        _table = table;
        _mode = request.Mode;
        _statements = new WriteStatements(table, request.Mode, columns);
        _encoder = new StageEncoder(columns);
        _ledger = request.Mode is WriteMode.Append ? new AppendLedger(table.Schema) : null;
        _copy = _statements.Copy;
        _isInParts = request.IsInParts;
        _write = _isInParts ? _statements.WriteTelling : _statements.Write;
    }

    /// <summary>Makes what writing needs at the destination, so that a login that may not do it is told before the first row.</summary>
    public async Task PrepareAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (_ledger is not null)
        {
            await _ledger.PrepareAsync(session, cancellationToken);
        }

        await MakeStageAsync(session, cancellationToken);
    }

    public async Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken)
    {
        var failures = _encoder.Encode(rows, start, count, _isInParts);
        if (_encoder.Rows == 0)
        {
            return WriteResult.Of(0, 0, failures);
        }

        _isCommitting = false;
        try
        {
            var (written, changed) = await _line.CallAsync(session => WriteAsync(session, token, failures, cancellationToken), cancellationToken);
            return WriteResult.Of(written, count - failures.Count - written, failures, changed);
        }
        catch (FailureException refused)
        {
            return WriteResult.Refuse(Judge(refused));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _encoder.Dispose();
        await _line.DisposeAsync();
    }

    /// <returns>How many rows changed something, and which, where that was asked and can be told.</returns>
    private async Task<(int Written, HashSet<int>? Changed)> WriteAsync(PostgresSession session, string token, Dictionary<int, Failure> failures, CancellationToken cancellationToken)
    {
        if (_staged != session)
        {
            await MakeStageAsync(session, cancellationToken);
        }

        await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (_ledger is not null && !await _ledger.EnterAsync(session, token, _encoder.Rows, cancellationToken))
        {
            return (0, null);
        }

        await CopyAsync(session, cancellationToken);
        var written = _isInParts ? await NumbersAsync(session, _write, cancellationToken) : [];
        var count = _isInParts ? written.Count : await session.RunAsync(_write, [], cancellationToken);
        var missing = _mode is WriteMode.Update ? await NumbersAsync(session, _statements.Missing, cancellationToken) : [];

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
        foreach (var row in missing.OfType<int>())
        {
            failures[row] = new Failure(FailureCause.ReferenceMissing, $"{_table.Stream} has no row with this key to update.");
        }

        return (count, _isInParts && !written.Contains(null) ? [.. written.OfType<int>()] : null);
    }

    private async Task MakeStageAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        // Whatever the login's own settings are: dates in text are read one way only, instants are in UTC, and what is
        // committed stays.
        var timeout = _line.Settings.StatementPatience.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        await session.RunAsync(
            $"""
            set statement_timeout = {timeout}; set datestyle = 'ISO, YMD'; set timezone = 'UTC';
            select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off';
            {_statements.MakeStage}
            """,
            [], cancellationToken);
        _staged = session;
    }

    private async Task CopyAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        // Disposed only when all of it went: that says that the rows are complete. What breaks off is ended by the rollback.
        var stream = await session.Connection.BeginRawBinaryCopyAsync(_copy, cancellationToken);
        await stream.WriteAsync(_encoder.Bytes, cancellationToken);
        await stream.DisposeAsync();
    }

    private static async Task<List<int?>> NumbersAsync(PostgresSession session, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<int?>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetInt32(0));
        }

        return rows;
    }

    /// <summary>What a refusal means for the caller, who splits the rows unless it concerns them all.</summary>
    private Failure Judge(FailureException refused) => refused.Failure with
    {
        Field = refused.Failure.Field.Length > 0 ? refused.Failure.Field : FieldOf(refused.InnerException),
        IsSystemic = refused.Failure.IsSystemic || refused.Failure.Cause is FailureCause.SchemaChange || !_line.IsOpen,
        MayHaveHappened = _isCommitting,
    };

    /// <summary>The server names the rule that a row breaks; whoever corrects the row looks for the field.</summary>
    private string FieldOf(Exception? problem) =>
        problem is PostgresException { ConstraintName: { } rule } && _table.Rules.GetValueOrDefault(rule) is [var column] ? column : "";
}
