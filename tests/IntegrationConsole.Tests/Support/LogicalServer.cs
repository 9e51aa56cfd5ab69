using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OutsideWorld;

namespace IntegrationConsole.Tests.Support;

/// <summary>
/// One more PostgreSQL for all tests of the process, which tells of its changes: that is a setting of the whole server,
/// and costs the others time.
/// </summary>
internal sealed class LogicalServer
{
    private static readonly Lazy<Task<LogicalServer>> Shared = new(StartAsync);
    private static int _databases;

    private readonly EmbeddedPostgres _postgres;

    private LogicalServer(EmbeddedPostgres postgres) => _postgres = postgres;

    public static Task<LogicalServer> GetAsync() => Shared.Value;

    /// <summary>An empty database whose owner may replicate.</summary>
    public async Task<NpgsqlConnectionStringBuilder> CreateDatabaseAsync()
    {
        var name = $"source_{Interlocked.Increment(ref _databases)}";
        await RunAsync(_postgres.AdministratorConnectionString, $"create database {name} template template0 owner console");
        return new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = name, Pooling = false };
    }

    public Task AdministerAsync(string database, string sql) =>
        RunAsync(new NpgsqlConnectionStringBuilder(_postgres.AdministratorConnectionString) { Database = database }.ConnectionString, sql);

    public static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<LogicalServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("console-logical-").FullName;
        await using (var first = await StartAsync(folder))
        {
            await RunAsync(first.AdministratorConnectionString, "alter system set wal_level = logical");
            await RunAsync(first.AdministratorConnectionString, "alter system set max_replication_slots = 50");
            await RunAsync(first.AdministratorConnectionString, "alter system set max_wal_senders = 50");
            await RunAsync(first.AdministratorConnectionString, "alter system set fsync = off");
            await RunAsync(first.AdministratorConnectionString, "alter role console replication");
        }

        var postgres = await StartAsync(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            postgres.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30));
            Directory.Delete(folder, recursive: true);
        };
        return new LogicalServer(postgres);
    }

    private static Task<EmbeddedPostgres> StartAsync(string folder) =>
        EmbeddedPostgres.StartAsync(new DatabaseOptions { DataFolder = folder, EmbeddedPort = Ports.Free() }, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
}
