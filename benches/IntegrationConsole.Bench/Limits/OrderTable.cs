using IntegrationConsole.Bench.Mapping;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Bench.Limits;

/// <summary>Some orders on their way to the table, and those that cannot go.</summary>
internal sealed class OrderBatch
{
    public List<OrderRow> Rows { get; } = new(5_000);

    public List<byte[]> Bad { get; } = [];

    public int Count => Rows.Count + Bad.Count;
}

/// <summary>Writes orders: binary COPY into a temporary table, and from there in one statement; the bad ones into a table beside.</summary>
internal sealed class OrderTable : IAsyncDisposable
{
    private const string Columns = "order_number, ordered_at, total, paid, quantity, city, customer_name, email, region, shop";

    private readonly NpgsqlConnection _connection;
    private readonly string _write;

    private OrderTable(NpgsqlConnection connection, string table)
    {
        _connection = connection;
        var others = Columns.Split(", ")[1..];
        _write = $"""
            insert into {table} as t ({Columns}) select {Columns} from stage
            on conflict (order_number) do update set {string.Join(", ", others.Select(column => $"{column} = excluded.{column}"))}
            where ({string.Join(", ", others.Select(column => $"t.{column}"))}) is distinct from ({string.Join(", ", others.Select(column => $"excluded.{column}"))})
            """;
    }

    public static async Task<OrderTable> OpenAsync(string database, string table)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"drop table if exists stage; create temp table stage on commit delete rows as select {Columns} from {table} where false; create table if not exists {table}_bad (record text)", connection);
        await command.ExecuteNonQueryAsync();
        return new OrderTable(connection, table);
    }

    public async Task WriteAsync(OrderBatch batch, string table)
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        await using (var copy = await _connection.BeginBinaryImportAsync($"copy stage ({Columns}) from stdin (format binary)"))
        {
            foreach (var row in batch.Rows)
            {
                copy.StartRow();
                copy.Write(row.OrderNumber!, NpgsqlDbType.Text);
                copy.Write(row.OrderedAt, NpgsqlDbType.TimestampTz);
                copy.Write(row.Total, NpgsqlDbType.Numeric);
                copy.Write(row.Paid, NpgsqlDbType.Boolean);
                copy.Write(row.Quantity, NpgsqlDbType.Bigint);
                copy.Write(row.City!, NpgsqlDbType.Text);
                copy.Write(row.CustomerName!, NpgsqlDbType.Text);
                copy.Write(row.Email!, NpgsqlDbType.Text);
                copy.Write(row.Region!, NpgsqlDbType.Text);
                copy.Write(row.Shop!, NpgsqlDbType.Text);
            }

            await copy.CompleteAsync();
        }

        await using (var write = new NpgsqlCommand(_write, _connection))
        {
            await write.ExecuteNonQueryAsync();
        }

        await WriteBadAsync(batch, table);
        await transaction.CommitAsync();
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task WriteBadAsync(OrderBatch batch, string table)
    {
        if (batch.Bad.Count == 0)
        {
            return;
        }

        await using var copy = await _connection.BeginBinaryImportAsync($"copy {table}_bad (record) from stdin (format binary)");
        foreach (var record in batch.Bad)
        {
            copy.StartRow();
            copy.Write(System.Text.Encoding.UTF8.GetString(record), NpgsqlDbType.Text);
        }

        await copy.CompleteAsync();
    }
}
