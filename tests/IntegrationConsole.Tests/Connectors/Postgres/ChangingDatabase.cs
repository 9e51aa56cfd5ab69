using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Postgres;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>A database at a server that tells of its changes, and the connector that listens.</summary>
internal sealed class ChangingDatabase : IAsyncDisposable
{
    private static int _slots;

    private readonly TestConsole _console;
    private readonly LogicalServer _server;
    private readonly NpgsqlConnectionStringBuilder _owner;
    private readonly string _slot = $"listener_{Interlocked.Increment(ref _slots)}";
    private readonly List<Reading> _readings = [];

    private ChangingDatabase(TestConsole console, LogicalServer server, NpgsqlConnectionStringBuilder owner) => (_console, _server, _owner) = (console, server, owner);

    public static async Task<ChangingDatabase> StartAsync()
    {
        var server = await LogicalServer.GetAsync();
        return new ChangingDatabase(await TestConsole.StartAsync(), server, await server.CreateDatabaseAsync());
    }

    /// <summary>In one transaction, as the owner.</summary>
    public Task ChangeAsync(string sql) => LogicalServer.RunAsync(_owner.ConnectionString, sql);

    public Task AdministerAsync(string sql) => _server.AdministerAsync(_owner.Database!, sql);

    /// <param name="stream">The table.</param>
    /// <param name="login">A login whose password is its name; null for the owner.</param>
    public Reading ReadAsync(string stream, string? login = null)
    {
        var settings = new JsonObject { ["host"] = _owner.Host, ["port"] = _owner.Port, ["database"] = _owner.Database, ["tls"] = "none" };
        var connection = new OpenConnection(
            new TenantId(Guid.Parse("00000000-0000-7000-8000-00000000000a")), Guid.Parse("00000000-0000-7000-8000-00000000000b"), "source", "postgres", JsonSerializer.SerializeToElement(settings),
            new CustomerDatabase.Login(login ?? _owner.Username!, login ?? _owner.Password!));
        var reading = new Reading(_console.Get<IEnumerable<IConnector>>().OfType<PostgresConnector>().Single().ReadAsync(
            connection, new ReadRequest(stream, ReadMode.ChangeStream, null, null, 100) { Slot = _slot }, CancellationToken.None));
        _readings.Add(reading);
        return reading;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reading in _readings)
        {
            await reading.DisposeAsync();
        }

        await AdministerAsync("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active");
        await _console.DisposeAsync();
    }

    /// <summary>Record after record.</summary>
    internal sealed class Reading(IAsyncEnumerable<RecordBatch> batches) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<RecordBatch> _batches = batches.GetAsyncEnumerator();
        private readonly Queue<string> _records = [];
        private bool _isDisposed;

        public async Task<string> NextAsync()
        {
            while (_records.Count == 0)
            {
                Assert.True(await _batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
                using var batch = _batches.Current;
                for (var index = 0; index < batch.Count; index++)
                {
                    _records.Enqueue(Encoding.UTF8.GetString(batch[index].Span));
                }
            }

            return _records.Dequeue();
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                await _batches.DisposeAsync();
            }
        }
    }
}
