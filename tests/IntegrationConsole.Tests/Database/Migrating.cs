using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Tests.Database;

public sealed class Migrating
{
    [Fact]
    public async Task Nodes_that_start_together_apply_each_script_once()
    {
        var cluster = await TestCluster.GetAsync();
        var connection = await cluster.CreateEmptyDatabaseAsync();

        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(connection)));

        await using var command = databases[0].Source.CreateCommand("select count(*) = count(distinct name) and count(*) > 5 from schema_version");
        Assert.Equal(true, await command.ExecuteScalarAsync());
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_made_by_a_newer_version_is_refused_in_a_sentence()
    {
        var cluster = await TestCluster.GetAsync();
        var connection = await cluster.CreateConsoleDatabaseAsync();
        await using (var database = await OpenAsync(connection))
        {
            await using var command = database.Source.CreateCommand("insert into schema_version (name, sha256) values ('9999_future.sql', '')");
            await command.ExecuteNonQueryAsync();
        }

        var problem = await Assert.ThrowsAsync<StartProblem>(() => OpenAsync(connection));

        Assert.Contains("newer than this program", problem.Message);
    }

    [Fact]
    public async Task A_wrong_password_and_an_absent_server_are_named_without_the_password()
    {
        var cluster = await TestCluster.GetAsync();
        var right = new NpgsqlConnectionStringBuilder(await cluster.CreateEmptyDatabaseAsync());
        var wrong = new NpgsqlConnectionStringBuilder(right.ConnectionString) { Password = "not-the-password" };
        var absent = new NpgsqlConnectionStringBuilder(right.ConnectionString) { Port = 1 };

        var refused = await Assert.ThrowsAsync<StartProblem>(() => OpenAsync(wrong.ConnectionString));
        var unreachable = await Assert.ThrowsAsync<StartProblem>(() => OpenAsync(absent.ConnectionString));

        Assert.Contains("refused the login console", refused.Message);
        Assert.Contains("No PostgreSQL answers at 127.0.0.1:1", unreachable.Message);
        Assert.DoesNotContain("not-the-password", refused.Message);
    }

    private static Task<ConsoleDatabase> OpenAsync(string connection) =>
        DatabaseStart.OpenAsync(connection, new DatabaseOptions(), keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
}
