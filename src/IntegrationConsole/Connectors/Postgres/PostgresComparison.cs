using System.Data;
using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Compares inside the customer's database: the rows of the source go into a temporary table beside the one that they
/// are compared with. What was gathered goes with its session; a comparison whose connection breaks begins anew.
/// </summary>
internal sealed class PostgresComparison : IRowComparison
{
    private readonly ReconnectingSession _line;
    private readonly PostgresSession _session;
    private readonly ComparisonStatements _statements;
    private readonly IReadOnlyList<RowField> _fields;
    private readonly StageEncoder _encoder;
    private bool _isFirst = true;

    private PostgresComparison(ReconnectingSession line, PostgresSession session, ComparisonStatements statements, IReadOnlyList<RowField> fields, StageEncoder encoder) =>
        (_line, _session, _statements, _fields, _encoder) = (line, session, statements, fields, encoder);

    public static async Task<IRowComparison?> OpenAsync(ReconnectingSession line, PostgresSession session, CompareRequest request, CancellationToken cancellationToken)
    {
        var live = await PostgresCatalog.GetAsync(session, request.Stream, line.What, cancellationToken);
        var columns = request.Fields.Select((field, place) => Column(live, field, place, request.Keys)).ToList();
        var soft = request.SoftColumn is { } name ? live.Find(name) : null;
        var key = new StageColumn(
            request.Fields.Count, FieldType.String, new ColumnShape("record_key", ColumnKind.Text) { Type = "text", DeclaredType = "text" }, StageType.Text, IsKey: false);
        var statements = new ComparisonStatements(live, columns, key, soft);
        await RunAsync(session, "set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set extra_float_digits = 1; set statement_timeout = 0", cancellationToken);
        await RunAsync(session, statements.Make, cancellationToken);
        return new PostgresComparison(line, session, statements, [.. request.Fields, new RowField("record_key", FieldType.String)], new StageEncoder([.. columns, key]));
    }

    public async Task<int> TakeAsync(RowBatch rows, CancellationToken cancellationToken)
    {
        _encoder.Encode(WithKeys(rows), 0, rows.Count, keepsTogether: false);
        if (_encoder.Rows > 0)
        {
            await CallAsync(
                async session =>
                {
                    await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                    var stream = await session.Connection.BeginRawBinaryCopyAsync(_statements.Copy, cancellationToken);
                    await stream.WriteAsync(_encoder.Bytes, cancellationToken);
                    await stream.DisposeAsync();
                    await RunAsync(session, _statements.Keep(_isFirst), cancellationToken);
                    await transaction.CommitAsync(CancellationToken.None);
                    return 0;
                },
                cancellationToken);
        }

        return _encoder.Rows;
    }

    public Task<LookResult> LookAsync(CancellationToken cancellationToken) => CallAsync(
        async session =>
        {
            await RunAsync(session, _statements.DropEarlier, cancellationToken);
            await RunAsync(session, _statements.Analyze, cancellationToken);
            foreach (var statement in _isFirst ? [_statements.First, _statements.Settle] : (string[])[_statements.Again, _statements.Confirm, _statements.KeepDoubt])
            {
                await RunAsync(session, statement, cancellationToken);
            }

            _isFirst = false;
            var rows = await session.ListAsync(_statements.Count, [], row => row.GetInt64(0), TimeSpan.Zero, cancellationToken);
            var counts = await session.ListAsync(_statements.CountFound, [], row => (Kind: row.GetString(0), Count: row.GetInt64(1)), TimeSpan.Zero, cancellationToken);
            return new LookResult(
                rows[0], counts.Where(count => count.Kind.Length > 0).ToDictionary(count => Enum.Parse<DifferenceKind>(count.Kind), count => count.Count),
                counts.Single(count => count.Kind.Length == 0).Count);
        },
        cancellationToken);

    public async IAsyncEnumerable<Difference> ListAsync(DifferenceKind kind, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listed = await CallAsync(
            session => session.ListAsync(
                _statements.Listing(kind.ToString(), most), [], row => new Difference(kind, row.GetString(0), row.GetFieldValue<string[]>(1)), TimeSpan.Zero, cancellationToken),
            cancellationToken);
        foreach (var difference in listed)
        {
            yield return difference;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _encoder.Dispose();
        await _line.DisposeAsync();
    }

    private static StageColumn Column(TableShape live, RowField field, int place, IReadOnlyList<string> keys) =>
        live.Find(field.Name) is { } column && StageColumn.Fit(field.Type, column) is { } type
            ? new StageColumn(place, field.Type, column, type, keys.Contains(field.Name))
            : throw new FailureException(new Failure(FailureCause.SchemaChange, $"{live.Stream} has no column {field.Name} that the mapping fits.", "", field.Name));

    private RowBatch WithKeys(RowBatch rows)
    {
        var wider = new RowBatch(_fields, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            var place = wider.NextRow();
            rows[row].CopyTo(place);
            place[^1] = FieldValue.Of(rows.KeyOf(row));
            wider.Commit(rows.KeyOf(row), rows.RecordOf(row));
        }

        return wider;
    }

    private Task<T> CallAsync<T>(Func<PostgresSession, Task<T>> call, CancellationToken cancellationToken) => _line.CallAsync(
        session => session == _session ? call(session) : throw new FailureException(new Failure(
            FailureCause.TargetDown, $"The connection to {_line.What} broke off, and with it went what was gathered: the reconciliation begins anew.", "comparison")),
        () => false,
        cancellationToken);

    private static async Task RunAsync(PostgresSession session, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
