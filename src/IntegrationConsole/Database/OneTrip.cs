using Dapper;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// A whole transaction of one statement in a single round trip: a session asks and waits for its scope, its statement and
/// its commit one after the other, which where many wait for one row is most of what each of them waits.
/// </summary>
internal static class OneTrip
{
    /// <returns>The first column of the statement's rows, when they are committed.</returns>
    public static async Task<IReadOnlyList<T?>> GoAsync<T>(NpgsqlDataSource source, TenantId tenant, bool asApplicationRole, NpgsqlBatchCommand statement, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        if (asApplicationRole)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"set local role {Migrator.ApplicationRole}"));
        }

        batch.BatchCommands.Add(DatabaseSession.Scope(tenant));
        batch.BatchCommands.Add(statement);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            return await ReadAsync<T>(batch, cancellationToken);
        }
        catch (PostgresException)
        {
            // What came behind the statement that was refused was skipped, the end of the transaction too.
            await using var undo = new NpgsqlCommand("rollback", connection);
            await undo.ExecuteNonQueryAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// The same for one statement that only looks. Without a transaction of its own, what stands between two round trips
    /// is one, and the scope ends with it.
    /// </summary>
    /// <param name="source">Where from.</param>
    /// <param name="tenant">Whose rows; null for those of all tenants.</param>
    /// <param name="asApplicationRole">As in a session.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="args">What it names with @.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<T>> LookAsync<T>(
        NpgsqlDataSource source, TenantId? tenant, bool asApplicationRole, string sql, object args, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var parameters = new DynamicParameters(args);
        parameters.Add("scopeTenant", tenant?.Value.ToString() ?? "");
        parameters.Add("scope", tenant is null ? "fleet" : "tenant");
        var role = asApplicationRole ? $", set_config('role', '{Migrator.ApplicationRole}', true)" : "";
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            $"select set_config('app.tenant', @scopeTenant, true), set_config('app.scope', @scope, true){role}; {sql}", parameters, cancellationToken: cancellationToken));
        await results.ReadAsync<string>();
        return (await results.ReadAsync<T>()).AsList();
    }

    private static async Task<IReadOnlyList<T?>> ReadAsync<T>(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var rows = new List<T?>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        // The scope's row comes first; only what has an answer with columns is a result here.
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(await reader.IsDBNullAsync(0, cancellationToken) ? default : await reader.GetFieldValueAsync<T>(0, cancellationToken));
        }

        // A commit that fails is heard here.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return rows;
    }
}
