using Dapper;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// One transaction in one scope: the rows of a single tenant, or of all of them where that was asked for by name.
/// What is not committed is undone when the session is disposed. Not for use by two threads at once.
/// </summary>
public sealed class DatabaseSession : IAsyncDisposable
{
    private readonly JointPart? _part;

    private DatabaseSession(NpgsqlConnection connection, NpgsqlTransaction transaction, JointPart? part)
    {
        Connection = connection;
        Transaction = transaction;
        _part = part;
    }

    /// <summary>For COPY and batches; everything else goes through the methods here.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>For the scheduler's store, so that a run and its trigger are saved together.</summary>
    public NpgsqlTransaction Transaction { get; }

    internal static async Task<DatabaseSession> OpenAsync(
        NpgsqlDataSource source, TenantId? tenant, bool asApplicationRole, CancellationToken cancellationToken)
    {
        try
        {
            return await BeginAsync(source, tenant, asApplicationRole, cancellationToken);
        }
        catch (NpgsqlException gone) when (gone.IsLineBroken)
        {
            // The pool kept connections that the server has closed since, as its restart does. Nothing was asked of this one yet.
            source.Clear();
            return await BeginAsync(source, tenant, asApplicationRole, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? args, CancellationToken cancellationToken) =>
        (await Connection.QueryAsync<T>(Command(sql, args, cancellationToken))).AsList();

    /// <summary>The row, or null where there is none; throws where there are several.</summary>
    public async Task<T?> FindAsync<T>(string sql, object? args, CancellationToken cancellationToken) =>
        await Connection.QuerySingleOrDefaultAsync<T>(Command(sql, args, cancellationToken));

    public async Task<T> OneAsync<T>(string sql, object? args, CancellationToken cancellationToken) =>
        await Connection.QuerySingleAsync<T>(Command(sql, args, cancellationToken));

    /// <summary>Several statements in one round trip, each of which sees what was committed before it; their rows in turn.</summary>
    public Task<SqlMapper.GridReader> AskAsync(string sql, object? args, CancellationToken cancellationToken) => Connection.QueryMultipleAsync(Command(sql, args, cancellationToken));

    /// <returns>How many rows it touched.</returns>
    public async Task<int> RunAsync(string sql, object? args, CancellationToken cancellationToken) =>
        await Connection.ExecuteAsync(Command(sql, args, cancellationToken));

    /// <summary>
    /// Lets this session stand still for so long while what it holds is needed elsewhere: the server takes a node that stands
    /// still for longer than a lease for one that has vanished, and ends its transaction (decision 65).
    /// </summary>
    public Task StandStillAsync(TimeSpan most, CancellationToken cancellationToken) =>
        RunAsync("select set_config('idle_in_transaction_session_timeout', @most, true)", new { most = $"{most.TotalMilliseconds:0}" }, cancellationToken);

    /// <summary>Tells every node, when and only when this session commits.</summary>
    public Task NotifyAsync(Change change, CancellationToken cancellationToken) => NotifyAsync([change], cancellationToken);

    /// <summary>The same for several changes, in one round trip.</summary>
    public Task NotifyAsync(IEnumerable<Change> changes, CancellationToken cancellationToken) => changes.Select(change => change.ToString()).ToArray() is { Length: > 0 } payloads
        ? RunAsync("select pg_notify(@channel, payload) from unnest(@payloads) as payload", new { channel = ChangeBroadcaster.Channel, payloads }, cancellationToken)
        : Task.CompletedTask;

    public Task CommitAsync(CancellationToken cancellationToken) => _part is null ? Transaction.CommitAsync(cancellationToken) : _part.KeepAsync(cancellationToken);

    /// <summary>The same connection and transaction for a part of it, which is kept or undone on its own.</summary>
    internal DatabaseSession PartOf(JointPart part) => new(Connection, Transaction, part);

    /// <summary>Says whose rows are in reach: local to the transaction, so that a pooled connection cannot carry a tenant to its next user.</summary>
    internal static NpgsqlBatchCommand Scope(TenantId? tenant)
    {
        var set = new NpgsqlBatchCommand("select set_config('app.tenant', $1, true), set_config('app.scope', $2, true)");
        set.Parameters.AddWithValue(tenant?.Value.ToString() ?? "");
        set.Parameters.AddWithValue(tenant is null ? "fleet" : "tenant");
        return set;
    }

    public async ValueTask DisposeAsync()
    {
        if (_part is not null)
        {
            await _part.DisposeAsync();
            return;
        }

        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async Task<DatabaseSession> BeginAsync(
        NpgsqlDataSource source, TenantId? tenant, bool asApplicationRole, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var scope = new NpgsqlBatch(connection, transaction);
            if (asApplicationRole)
            {
                scope.BatchCommands.Add(new NpgsqlBatchCommand($"set local role {Migrator.ApplicationRole}"));
            }

            scope.BatchCommands.Add(Scope(tenant));
            await scope.ExecuteNonQueryAsync(cancellationToken);
            return new DatabaseSession(connection, transaction, null);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private CommandDefinition Command(string sql, object? args, CancellationToken cancellationToken) =>
        new(sql, args, Transaction, cancellationToken: cancellationToken);
}
