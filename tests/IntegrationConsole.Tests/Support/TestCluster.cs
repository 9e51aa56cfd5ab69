using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OutsideWorld;

namespace IntegrationConsole.Tests.Support;

/// <summary>
/// One real PostgreSQL for all tests of the process, started the way the console starts its own. Every database that a
/// test asks for is a copy of one that was migrated once.
/// </summary>
internal sealed class TestCluster
{
    private static readonly Lazy<Task<TestCluster>> Shared = new(StartAsync);
    private static int _databases;

    private const string FolderPrefix = "console-tests-";

    private readonly EmbeddedPostgres _postgres;

    private TestCluster(EmbeddedPostgres postgres) => _postgres = postgres;

    public static Task<TestCluster> GetAsync() => Shared.Value;

    /// <summary>A database with the console's tables.</summary>
    public Task<string> CreateConsoleDatabaseAsync() => CreateAsync("console_template");

    /// <summary>An empty database, such as a customer might have.</summary>
    public Task<string> CreateEmptyDatabaseAsync() => CreateAsync("template0");

    public string AdministratorConnectionString => _postgres.AdministratorConnectionString;

    private static async Task<TestCluster> StartAsync()
    {
        RemoveAbandoned();
        var folder = Path.Combine(Path.GetTempPath(), $"{FolderPrefix}{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        var options = new DatabaseOptions { DataFolder = folder, EmbeddedPort = Ports.Free() };
        var postgres = await EmbeddedPostgres.StartAsync(options, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        var cluster = new TestCluster(postgres);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            postgres.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30));
            Directory.Delete(folder, recursive: true);
        };

        // Tests may lose their data when the machine stops.
        await cluster.AdministerAsync("alter system set fsync = off");
        await cluster.AdministerAsync("alter system set synchronous_commit = off");
        await cluster.AdministerAsync("select pg_reload_conf()");
        await cluster.AdministerAsync("create database console_template owner console");
        await using var migrated = await DatabaseStart.OpenAsync(
            cluster.ConnectionTo("console_template"), options, keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
        return cluster;
    }

    /// <summary>Hundreds of copies would fill the disk.</summary>
    public async Task DropAsync(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await AdministerAsync($"drop database if exists {database} with (force)");
    }

    /// <summary>Throws everybody out of a database, as a restart of the server does.</summary>
    public Task CutAsync(string connectionString) => AdministerAsync(
        $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{new NpgsqlConnectionStringBuilder(connectionString).Database}'");

    /// <summary>Lets nobody into a database, and throws out who is there: for the console its server is gone.</summary>
    public async Task ShutAsync(string connectionString)
    {
        await LimitAsync(connectionString, 0);
        await CutAsync(connectionString);
    }

    public Task OpenAsync(string connectionString) => LimitAsync(connectionString, -1);

    private Task LimitAsync(string connectionString, int connections) =>
        AdministerAsync($"alter database {new NpgsqlConnectionStringBuilder(connectionString).Database} connection limit {connections}");

    /// <summary>As the superuser, outside the database of any test.</summary>
    private async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(AdministratorConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What a test process left behind that did not get to its end.</summary>
    private static void RemoveAbandoned()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{FolderPrefix}*"))
        {
            if (!Directory.Exists($"/proc/{Path.GetFileName(folder)[FolderPrefix.Length..]}"))
            {
                try
                {
                    Directory.Delete(folder, recursive: true);
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    // Another test process is removing it as well, or it is another user's.
                }
            }
        }
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";

        // Without a log to write it is the quickest way: nothing has to survive a crash.
        await AdministerAsync($"create database {name} template {template} strategy file_copy owner console");
        return ConnectionTo(name);
    }

    private string ConnectionTo(string database) => new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = database }.ConnectionString;
}
