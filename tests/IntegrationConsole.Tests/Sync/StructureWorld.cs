using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Connectors.Postgres;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IntegrationConsole.Tests.Sync;

/// <summary>A sync from a list of orders in memory to a real database of tables.</summary>
internal sealed class StructureWorld(TestConsole console, FakeOutsideSystem source, CustomerDatabase database, TenantId tenant, SyncDefinition sync) : IAsyncDisposable
{
    public FakeOutsideSystem Source => source;

    public CustomerDatabase Database => database;

    public TestConsole Console => console;

    public TenantId Tenant => tenant;

    public SyncDefinition Sync => sync;

    /// <param name="sql">The tables.</param>
    /// <param name="stream">The one for the rows.</param>
    /// <param name="keys">What identifies them; none appends.</param>
    /// <param name="document">The mapping.</param>
    /// <param name="with">What the integration has besides.</param>
    public static async Task<StructureWorld> StartAsync(string sql, string stream, string[] keys, MappingDocument document, Func<SyncDraft, SyncDraft>? with = null)
    {
        var source = new FakeOutsideSystem();
        var console = await TestConsole.StartAsync(configure: services => services.AddSingleton<IConnector>(source));
        var database = await CustomerDatabase.GivenAsync(console, sql);
        var tenant = await console.GivenATenantAsync();
        var login = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var proof = await console.Get<CredentialStore>().CreateAsync(
            tenant, new CredentialDraft("login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = login.Username! }, login.Password!, null), TestConsole.Somebody, default);
        var from = await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("orders", "fake", "{}", null), TestConsole.Somebody, default);
        var to = await console.Get<ConnectionStore>().CreateAsync(
            tenant, new ConnectionDraft("database", "postgres", database.Connection().Settings.GetRawText(), proof), TestConsole.Somebody, default);
        var mode = keys.Length == 0 ? WriteMode.Append : WriteMode.Upsert;
        var draft = new SyncDraft("Orders", from!.Value, "things", ReadMode.Full, to!.Value, stream, mode, keys, false, Schedule.Manual, OverlapRule.Queue);
        draft = with?.Invoke(draft) ?? draft;
        var sync = await console.Get<SyncStore>().CreateAsync(tenant, draft, document, TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        return new StructureWorld(console, source, database, tenant, sync);
    }

    public async Task<Run> RunAsync()
    {
        var request = await console.Get<RunQueue>().RequestAsync(tenant, sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        return await MoveAsync(request.RunId!.Value);
    }

    /// <summary>Replays all letters.</summary>
    public async Task<Replay> ReplayAsync()
    {
        var started = await console.Get<ReplayStore>().StartAsync(
            tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "letters"), "", false, TestConsole.Somebody, default);
        foreach (var run in await console.Get<ReplayStore>().ListRunsAsync(tenant, started!.Value.Id, default))
        {
            Assert.True((await MoveAsync(run.Id)).Counts.Balances);
        }

        return (await console.Get<ReplayStore>().FindAsync(tenant, started.Value.Id, default))!;
    }

    public async Task<IReadOnlyList<DeadLetter>> LettersAsync() =>
        [.. (await console.Get<DeadLetterStore>().ListAsync(tenant, new DeadLetterFilter(), null, 1000, default)).Items.OrderBy(letter => letter.RecordKey, StringComparer.Ordinal)];

    /// <summary>The first column of a query, in its order.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    public ValueTask DisposeAsync() => console.DisposeAsync();

    public async Task<Run> MoveAsync(Guid run, CancellationToken stopping = default)
    {
        var claimed = await console.Get<RunQueue>().ClaimAsync(tenant, sync.Id, run, default);
        await console.Get<SyncRunner>().RunAsync(claimed!, stopping);
        return (await console.Get<RunStore>().FindAsync(tenant, run, default))!;
    }
}
