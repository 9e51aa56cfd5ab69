using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Postgres;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>A database as a customer might have it, and the connection that reaches it.</summary>
internal sealed class CustomerDatabase
{
    private readonly NpgsqlConnectionStringBuilder _login;

    private CustomerDatabase(NpgsqlConnectionStringBuilder login, PostgresConnector connector)
    {
        _login = login;
        Connector = connector;
    }

    public PostgresConnector Connector { get; }

    public static async Task<CustomerDatabase> GivenAsync(TestConsole console, string? sql = null)
    {
        var login = new NpgsqlConnectionStringBuilder(await console.GivenADatabaseAsync()) { Pooling = false };
        var database = new CustomerDatabase(login, console.Get<IEnumerable<IConnector>>().OfType<PostgresConnector>().Single());
        if (sql is not null)
        {
            await database.RunAsync(sql);
        }

        return database;
    }

    public int Port => _login.Port;

    public string Name => _login.Database!;

    public string ConnectionString => _login.ConnectionString;

    /// <summary>Settings that differ from the usual ones; null leaves a usual one out.</summary>
    public OpenConnection Connection(params (string Name, object? Value)[] settings)
    {
        var json = new JsonObject { ["host"] = _login.Host, ["port"] = _login.Port, ["database"] = _login.Database, ["tls"] = "none" };
        foreach (var (name, value) in settings)
        {
            json.Remove(name);
            if (value is not null)
            {
                json[name] = JsonSerializer.SerializeToNode(value, JsonSerializerOptions.Web);
            }
        }

        return Connection(json, new Login(_login.Username!, _login.Password!));
    }

    public OpenConnection As(string user, string password) => Connection() with { Authentication = new Login(user, password) };

    public OpenConnection Dead() => Connection(("port", 1));

    public async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_login.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task InsertAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var connection = new NpgsqlConnection(_login.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>As the server's superuser.</summary>
    public async Task AdministerAsync(string sql)
    {
        var cluster = await TestCluster.GetAsync();
        var administrator = new NpgsqlConnectionStringBuilder(cluster.AdministratorConnectionString) { Pooling = false, Database = _login.Database };
        await using var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A login of its own; nobody else has its name.</summary>
    public async Task<(string User, string Password)> GivenALoginAsync()
    {
        var user = $"guest_{Name}";
        await AdministerAsync($"create role {user} login password 'guest'");
        return (user, "guest");
    }

    /// <summary>Rows with a bar between their values.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_login.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? "null" : Convert.ToString(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    public async Task<string> OneAsync(string sql) => (await RowsAsync(sql)).Single();

    /// <summary>Ends the connector's sessions here, as a restart of the server would.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> KillSessionsAsync() =>
        (await RowsAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'IntegrationConsole' and datname = current_database()")).Count;

    public async Task<IReadOnlyList<string>> ReadAsync(OpenConnection connection, ReadRequest request)
    {
        var records = new List<string>();
        await foreach (var batch in Connector.ReadAsync(connection, request, CancellationToken.None))
        {
            using (batch)
            {
                records.AddRange(Enumerable.Range(0, batch.Count).Select(index => System.Text.Encoding.UTF8.GetString(batch[index].Span)));
            }
        }

        return records;
    }

    public Task<IReadOnlyList<string>> ReadAsync(string stream, int batchSize = 100) => ReadAsync(Connection(), new ReadRequest(stream, ReadMode.Full, null, null, batchSize));

    public Task<IDestinationWriter> OpenAsync(string stream, WriteMode mode, IReadOnlyList<RowField> fields, string[] keys, bool create = false) =>
        Connector.OpenAsync(Connection(), new WriteRequest(stream, mode, fields, keys, create), CancellationToken.None);

    private OpenConnection Connection(JsonObject settings, IAuthentication authentication) =>
        new(new TenantId(Guid.Parse("00000000-0000-7000-8000-00000000000a")), Guid.Parse("00000000-0000-7000-8000-00000000000b"), "shop", "postgres", JsonSerializer.SerializeToElement(settings), authentication);

    internal sealed class Login(string user, string password) : IAuthentication
    {
        public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken) => ValueTask.FromResult<DatabaseLogin?>(new DatabaseLogin(user, password));
    }
}
