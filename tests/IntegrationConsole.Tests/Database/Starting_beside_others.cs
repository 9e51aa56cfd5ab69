using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Tests.Database;

public sealed class Starting_beside_others
{
    [Fact]
    public async Task Consoles_that_start_at_the_same_moment_do_not_take_each_others_server_for_their_own()
    {
        const int Consoles = 3;
        var folders = Enumerable.Range(0, Consoles).Select(_ => Directory.CreateTempSubdirectory("console-beside-").FullName).ToList();

        // Once each beforehand, so that no cluster has to be made and all of them look for a port at the same moment.
        foreach (var folder in folders)
        {
            await (await StartAsync(folder)).DisposeAsync();
        }

        var servers = await Task.WhenAll(folders.Select(folder => Task.Run(() => StartAsync(folder))));

        var served = new List<string>();
        foreach (var server in servers)
        {
            await using var connection = new NpgsqlConnection(server.AdministratorConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("show data_directory", connection);
            served.Add((string)(await command.ExecuteScalarAsync())!);
            await server.DisposeAsync();
        }

        Assert.Equal(folders.Select(folder => Path.Combine(folder, "postgres")), served);
        folders.ForEach(folder => Directory.Delete(folder, recursive: true));

        static Task<EmbeddedPostgres> StartAsync(string folder) => EmbeddedPostgres.StartAsync(
            new DatabaseOptions { DataFolder = folder, EmbeddedPort = 54399 }, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
    }
}
