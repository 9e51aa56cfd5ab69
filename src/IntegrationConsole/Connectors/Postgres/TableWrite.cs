using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>What a table took in a transaction that is not committed yet.</summary>
/// <param name="Written">Rows that changed something.</param>
/// <param name="Changed">Which ones; null where that was not asked or cannot be said.</param>
/// <param name="Missing">Rows that an update found nothing for.</param>
internal sealed record TableEffect(int Written, HashSet<int>? Changed, IReadOnlyList<int> Missing);

/// <summary>The way of rows into one table, inside a transaction of somebody else: encoded, copied into a stage, and on in one statement.</summary>
internal sealed class TableWrite : IDisposable
{
    private readonly TableShape _table;
    private readonly WriteMode _mode;
    private readonly WriteStatements _statements;
    private readonly StageEncoder _encoder;
    private readonly string _copy;
    private readonly string _write;
    private readonly bool _isInParts;

    /// <param name="table">Where the rows go.</param>
    /// <param name="request">What they are.</param>
    /// <param name="number">Tells the tables of one session apart.</param>
    /// <exception cref="FailureException">They do not fit.</exception>
    public TableWrite(TableShape table, WriteRequest request, int number = 0)
    {
        var columns = new WriteFit(table, request).Check();
        _table = table;
        _mode = request.Mode;
        _statements = new WriteStatements(table, request.Mode, columns, number);
        _encoder = new StageEncoder(columns);
        _isInParts = request.IsInParts;
        _copy = _statements.Copy;
        _write = _isInParts ? _statements.WriteTelling : _statements.Write;
    }

    /// <summary>Rows that go.</summary>
    public int Rows => _encoder.Rows;

    public string MakeStage => _statements.MakeStage;

    /// <returns>The rows that cannot go, by number.</returns>
    public Dictionary<int, Failure> Encode(RowRange rows, IReadOnlySet<int>? without = null) => _encoder.Encode(rows.Rows, rows.Start, rows.Count, _isInParts, without);

    public async Task<TableEffect> RunAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await CopyAsync(session, cancellationToken);
        var written = _isInParts ? await NumbersAsync(session, _write, cancellationToken) : [];
        var count = _isInParts ? written.Count : await session.RunAsync(_write, [], cancellationToken);
        var missing = _mode is WriteMode.Update ? await NumbersAsync(session, _statements.Missing, cancellationToken) : [];
        return new TableEffect(count, _isInParts && !written.Contains(null) ? [.. written.OfType<int>()] : null, [.. missing.OfType<int>()]);
    }

    public Failure NothingToUpdate() => new(FailureCause.ReferenceMissing, $"{_table.Stream} has no row with this key to update.");

    /// <summary>The server names the rule that a row breaks; whoever corrects the row looks for the field.</summary>
    public string FieldOf(Exception? problem) =>
        problem is PostgresException { ConstraintName: { } rule } && _table.Rules.GetValueOrDefault(rule) is [var column] ? column : "";

    public void Dispose() => _encoder.Dispose();

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
}
