using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Sends;

/// <summary>A statement over the sends of one stream of one sync, which are its first three parameters.</summary>
internal sealed class LedgerCommand : IAsyncDisposable
{
    private readonly NpgsqlCommand _command;

    public LedgerCommand(DatabaseSession session, SendScope scope, string sql)
    {
        _command = new NpgsqlCommand(sql, session.Connection);
        Add(scope.Tenant.Value, NpgsqlDbType.Uuid);
        Add(scope.Sync, NpgsqlDbType.Uuid);
        Add(scope.Stream, NpgsqlDbType.Text);
    }

    public void Add<T>(T value, NpgsqlDbType type) => _command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    public void Column<TItem, T>(IReadOnlyList<TItem> items, Func<TItem, T> value, NpgsqlDbType type)
    {
        var column = new T[items.Count];
        for (var index = 0; index < column.Length; index++)
        {
            column[index] = value(items[index]);
        }

        Add(column, NpgsqlDbType.Array | type);
    }

    public Task<int> RunAsync(CancellationToken cancellationToken) => _command.ExecuteNonQueryAsync(cancellationToken);

    public Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken) => _command.ExecuteReaderAsync(cancellationToken);

    public ValueTask DisposeAsync() => _command.DisposeAsync();
}
