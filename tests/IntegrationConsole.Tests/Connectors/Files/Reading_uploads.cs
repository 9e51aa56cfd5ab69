using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files.Uploads;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Reading_uploads
{
    private const int Rows = 200_000;

    [Fact]
    public async Task A_database_connection_that_breaks_in_the_middle_costs_no_record_and_doubles_none()
    {
        await using var console = await TestConsole.StartAsync();
        var (connection, _) = await GivenAsync(console);
        var ids = new List<string>();

        await foreach (var batch in Connector(console).ReadAsync(connection, new ReadRequest("orders.csv", ReadMode.Full, null, null, 20_000), CancellationToken.None))
        {
            using (batch)
            {
                ids.AddRange(IdsOf(batch));
                await BreakConnectionsAsync(console);
            }
        }

        Assert.Equal(Enumerable.Range(0, Rows).Select(id => $"{id}"), ids);
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_read_ends_the_read()
    {
        await using var console = await TestConsole.StartAsync();
        var (connection, _) = await GivenAsync(console);
        string? checkpoint = null;

        var failed = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var batch in Connector(console).ReadAsync(connection, new ReadRequest("orders.csv", ReadMode.Full, null, null, 1_000), CancellationToken.None))
            {
                checkpoint ??= batch.Checkpoint;
                batch.Dispose();
                await console.UploadAsync(connection.Tenant, connection.Id, "orders.csv", "id,name\n1,other\n"u8.ToArray());
            }
        });
        var resumed = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var batch in Connector(console).ReadAsync(connection, new ReadRequest("orders.csv", ReadMode.Full, null, checkpoint, 1_000), CancellationToken.None))
            {
                batch.Dispose();
            }
        });

        Assert.Equal((FailureCause.Configuration, "file-changed"), (failed.Failure.Cause, failed.Failure.Code));
        Assert.Equal((FailureCause.Configuration, "file-changed"), (resumed.Failure.Cause, resumed.Failure.Code));
    }

    [Fact]
    public async Task Each_file_is_a_stream_and_only_in_full()
    {
        await using var console = await TestConsole.StartAsync();
        var (connection, _) = await GivenAsync(console);

        var stream = Assert.Single(await Connector(console).DiscoverAsync(connection, CancellationToken.None));
        var failed = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var batch in Connector(console).ReadAsync(connection, new ReadRequest("orders.csv", ReadMode.Incremental, null, null, 10), CancellationToken.None))
            {
                batch.Dispose();
            }
        });

        Assert.Equal(("orders.csv", false), (stream.Name, stream.SupportsIncremental));
        Assert.Equal("Uploaded files can only be read in full.", failed.Failure.Sentence);
    }

    private static async Task<(OpenConnection Connection, UploadedFile File)> GivenAsync(TestConsole console)
    {
        var tenant = await console.GivenATenantAsync();
        var id = await console.GivenAConnectionAsync(tenant);
        var csv = new StringBuilder("id,name\n");
        for (var row = 0; row < Rows; row++)
        {
            csv.Append(row).Append(",a name that makes the file several parts long\n");
        }

        var file = await console.UploadAsync(tenant, id, "orders.csv", GivenFiles.Utf8(csv.ToString()));
        Assert.InRange(file.Size, 5 * Upload.PartBytes, 100 * Upload.PartBytes);
        return (new OpenConnection(tenant, id, "files", "file", JsonSerializer.Deserialize<JsonElement>("{}"), new NoAuthentication()), file);
    }

    private static ISource Connector(TestConsole console) => (ISource)console.Get<ConnectorCatalog>().Get("file");

    private static List<string> IdsOf(IntegrationConsole.Connectors.Records.RecordBatch batch) =>
        Enumerable.Range(0, batch.Count).Select(index => JsonSerializer.Deserialize<JsonElement>(batch[index].Span).GetProperty("id").GetString()!).ToList();

    /// <summary>As when the database is restarted: the pool finds its idle connections dead.</summary>
    private static async Task BreakConnectionsAsync(TestConsole console)
    {
        var cluster = await TestCluster.GetAsync();
        await using var source = Npgsql.NpgsqlDataSource.Create(cluster.AdministratorConnectionString + ";Pooling=false");
        await using var command = source.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()");
        command.Parameters.AddWithValue(new Npgsql.NpgsqlConnectionStringBuilder(console.Database.Source.ConnectionString).Database!);
        Assert.NotEqual(0L, await command.ExecuteScalarAsync());
    }
}
