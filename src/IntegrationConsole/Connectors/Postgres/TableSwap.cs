using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Puts what was built beside in the place of a table, inside the caller's transaction. Where nothing else hangs on the
/// table, the tables change names: nobody waits longer than for that. Otherwise views, foreign keys, rights and whatever
/// else there is stay with the table, and its rows are replaced: readers go on seeing the old ones until the commit.
/// </summary>
internal sealed class TableSwap(PostgresSession session, TableShape live, BesideTable beside, WriteRequest request)
{
    /// <summary>Readers wait behind whoever waits for a lock.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(20);

    private readonly IReadOnlyList<ColumnShape> _columns = [.. request.Fields.Select(written => live.Find(written.Name)!)];

    /// <returns>What was done, or why somebody has to be asked first.</returns>
    /// <exception cref="FailureException">Nothing may take the table's place.</exception>
    public async Task<WriteCompletion?> RunAsync(CancellationToken cancellationToken)
    {
        var patience = LockPatience.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        await DoAsync($"set local statement_timeout = 0; set local lock_timeout = {patience}; lock table {live.Sql} in share row exclusive mode", cancellationToken);
        var (rows, before) = (await CountAsync(beside.Sql, cancellationToken), await CountAsync(live.Sql, cancellationToken));
        if (rows == 0)
        {
            return before == 0 ? await LeaveEmptyAsync(cancellationToken) : throw Empty(before);
        }

        if (request.Limit is { } limit && !limit.Allows(before, rows))
        {
            return new WriteCompletion("") { Held = new Shrinkage(live.Stream, before, rows) };
        }

        return new WriteCompletion(await IsFreeAsync(cancellationToken) ? await ExchangeAsync(rows, before, cancellationToken) : await ReplaceRowsAsync(rows, cancellationToken));
    }

    private async Task<WriteCompletion?> LeaveEmptyAsync(CancellationToken cancellationToken)
    {
        await DoAsync($"drop table {beside.Sql}", cancellationToken);
        return null;
    }

    private FailureException Empty(long before) => new(new Failure(
        FailureCause.SchemaChange,
        $"The run brought no row, and {live.Stream} has {before:N0}: nothing was replaced. If they are to go, empty the table by hand.", "empty"));

    /// <summary>Whether an exchange would leave everything as it is but for the rows. What hangs on a table goes by its number and would stay with the old one.</summary>
    private async Task<bool> IsFreeAsync(CancellationToken cancellationToken)
    {
        if (live.Columns.Any(column => column.Origin is ColumnOrigin.Writer && !_columns.Contains(column)))
        {
            return false;
        }

        await using var command = new NpgsqlCommand(TableFacts.IsFree, session.Connection);
        command.Parameters.Add(PostgresSession.Text(live.Sql));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<string> ExchangeAsync(long rows, long before, CancellationToken cancellationToken)
    {
        var ahead = await TextsAsync(TableFacts.Inheritance, cancellationToken);
        var names = await TextsAsync(TableFacts.IndexNames, cancellationToken);
        foreach (var statement in ahead)
        {
            await DoAsync(statement, cancellationToken);
        }

        await DoAsync($"analyze {beside.Sql}; drop table {live.Sql}; alter table {beside.Sql} rename to {SqlName.Quote(live.Name)}", cancellationToken);
        foreach (var statement in names)
        {
            await DoAsync(statement, cancellationToken);
        }

        return $"{live.Stream} was replaced: {rows:N0} rows in place of {before:N0}.";
    }

    private async Task<string> ReplaceRowsAsync(long rows, CancellationToken cancellationToken)
    {
        var columns = SqlName.List(_columns.Select(column => column.Name));
        var isSame = string.Join(" and ", request.Keys.Select(key => $"b.{SqlName.Quote(key)} = t.{SqlName.Quote(key)}"));
        try
        {
            var gone = await DoAsync($"delete from {live.Sql} t{(request.Keys.Count == 0 ? "" : $" where not exists (select from {beside.Sql} b where {isSame})")}", cancellationToken);
            var brought = await DoAsync($"insert into {live.Sql} as t ({columns}) select {columns} from {beside.Sql}{OnConflict()}", cancellationToken);
            await DoAsync($"drop table {beside.Sql}", cancellationToken);
            return $"{live.Stream} was replaced by {rows:N0} rows, row by row, because more hangs on it or has to be kept than its rows: {brought:N0} new or changed, {gone:N0} taken away.";
        }
        catch (PostgresException referred) when (referred.SqlState is PostgresErrorCodes.ForeignKeyViolation && referred.TableName != live.Name)
        {
            throw new FailureException(
                new Failure(FailureCause.Conflict, $"Rows of {referred.TableName} refer to rows of {live.Stream} that the source has no longer: nothing was replaced.", referred.SqlState), referred);
        }
    }

    private string OnConflict()
    {
        if (request.Keys.Count == 0)
        {
            return "";
        }

        var others = _columns.Where(column => !request.Keys.Contains(column.Name)).ToList();
        string Compared(string from) => string.Join(
            ", ", others.Select(column => column.ComparesExactly ? $"{from}.{SqlName.Quote(column.Name)}" : $"{from}.{SqlName.Quote(column.Name)}::text collate \"C\""));
        return $" on conflict ({SqlName.List(request.Keys)}) " + (others.Count == 0
            ? "do nothing"
            : $"do update set {string.Join(", ", others.Select(column => $"{SqlName.Quote(column.Name)} = excluded.{SqlName.Quote(column.Name)}"))} "
                + $"where ({Compared("t")}) is distinct from ({Compared("excluded")})");
    }

    private async Task<long> CountAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select count(*) from {table}", session.Connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<string>> TextsAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.AddRange(new[] { PostgresSession.Text(live.Sql), PostgresSession.Text(beside.Sql) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    /// <summary>However long it takes: the rows of a large table are not moved within the time of a usual statement.</summary>
    private async Task<int> DoAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
