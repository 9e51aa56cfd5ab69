using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Health;

/// <summary>Takes one console's database away from it, and gives it back: sessions are cut, new ones are refused.</summary>
internal sealed class Outage : IAsyncDisposable
{
    private readonly string _administrator;
    private readonly string _database;

    private Outage(string administrator, string database) => (_administrator, _database) = (administrator, database);

    public static async Task<Outage> BeginAsync(ConsoleDatabase database)
    {
        var cluster = await TestCluster.GetAsync();
        var outage = new Outage(cluster.AdministratorConnectionString, new NpgsqlConnectionStringBuilder(database.Source.ConnectionString).Database!);
        await outage.RunAsync($"alter database {outage._database} with allow_connections false");
        await outage.RunAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{outage._database}'");
        return outage;
    }

    public async ValueTask DisposeAsync() => await RunAsync($"alter database {_database} with allow_connections true");

    private async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_administrator + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
