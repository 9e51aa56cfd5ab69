using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Connectors.Postgres;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Sync.Changes;

/// <summary>A table <c>people</c> at a server that tells of its changes, another at a customer's, and the line between them.</summary>
internal sealed class ChangeWorld : IAsyncDisposable
{
    public const string Table = "create table people (id int primary key, name text not null)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly FieldRule[] Usual = [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name" }];

    private readonly LogicalServer _server;
    private readonly NpgsqlConnectionStringBuilder _source;
    private CancellationTokenSource _stopping = new();
    private Task _moving = Task.CompletedTask;

    private ChangeWorld(TestConsole console, LogicalServer server, NpgsqlConnectionStringBuilder source, CustomerDatabase destination, TenantId tenant, SyncDefinition sync)
    {
        (Console, _server, _source, Destination, Tenant, Sync) = (console, server, source, destination, tenant, sync);
    }

    public TestConsole Console { get; }

    public CustomerDatabase Destination { get; }

    public TenantId Tenant { get; }

    public SyncDefinition Sync { get; }

    public string Slot => ChangeStreamStatus.SlotOf(Sync.Id);

    /// <param name="table">At the source.</param>
    /// <param name="fields">Of the mapping.</param>
    /// <param name="to">At the destination.</param>
    /// <param name="deletes">What becomes of deleted rows; null for deleting them.</param>
    /// <param name="login">For the source; null for its owner's.</param>
    public static async Task<ChangeWorld> StartAsync(
        string table = Table, IReadOnlyList<FieldRule>? fields = null, string to = Table, DeleteRules? deletes = null, (string User, string Password)? login = null)
    {
        var server = await LogicalServer.GetAsync();
        var source = await server.CreateDatabaseAsync();
        await LogicalServer.RunAsync(source.ConnectionString, table);
        var console = await TestConsole.StartAsync();
        var destination = await CustomerDatabase.GivenAsync(console, to);
        var tenant = await console.GivenATenantAsync();
        var from = await ConnectAsync(console, tenant, "source", source, login ?? (source.Username!, source.Password!));
        var target = new NpgsqlConnectionStringBuilder(destination.ConnectionString);
        var into = await ConnectAsync(console, tenant, "destination", target, (target.Username!, target.Password!));
        var draft = new SyncDraft("People", from, "people", ReadMode.ChangeStream, into, "people", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue)
        {
            Deletes = deletes ?? new DeleteRules(DeletePolicy.Hard) { Signal = DeleteSignal.Changes },
        };
        var sync = await console.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument(fields ?? Usual, []), TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        return new ChangeWorld(console, server, source, destination, tenant, sync);
    }

    /// <summary>At the source, in one transaction.</summary>
    public Task ChangeAsync(string sql) => LogicalServer.RunAsync(_source.ConnectionString, sql);

    /// <summary>At the source, as the superuser.</summary>
    public Task AdministerAsync(string sql) => _server.AdministerAsync(_source.Database!, sql);

    public async Task<string> AskSourceAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_source.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Starts a run, which goes on until it is stopped or fails.</summary>
    public async Task<Guid> GoAsync()
    {
        var asked = await Console.Get<RunQueue>().RequestAsync(Tenant, Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        await GoOnAsync(asked.RunId ?? throw new InvalidOperationException(asked.Answer));
        return asked.RunId.Value;
    }

    public async Task GoOnAsync(Guid run)
    {
        var claimed = await Console.Get<RunQueue>().ClaimAsync(Tenant, Sync.Id, run, default) ?? throw new InvalidOperationException("The run could not be claimed.");
        Assert.True(claimed.IsStream);
        _stopping = new CancellationTokenSource();
        _moving = Task.Run(() => Console.Get<SyncRunner>().RunAsync(claimed, _stopping.Token));
    }

    /// <summary>Takes up the run that waits.</summary>
    public async Task GoOnWaitingAsync() =>
        await GoOnAsync((await Console.Get<RunStore>().ListAsync(Tenant, new RunFilter(State: RunState.Queued), null, 1, default)).Items.Single().Id);

    /// <summary>What workers look after change streams with.</summary>
    public ChangeStreamKeeper Keeper() => new(Console.Database, Console.Get<RunQueue>(), TimeProvider.System);

    /// <summary>As when the node stops: the run is put back.</summary>
    public async Task DrainAsync()
    {
        await _stopping.CancelAsync();
        await _moving.WaitAsync(Patience);
    }

    /// <summary>The run has ended by itself.</summary>
    public async Task<Run> EndAsync(Guid run)
    {
        await _moving.WaitAsync(Patience);
        return await FindAsync(run);
    }

    public async Task<Run> FindAsync(Guid run) => (await Console.Get<RunStore>().FindAsync(Tenant, run, default))!;

    /// <summary>A field that is taken as it comes.</summary>
    public FieldRule Field(string name) => Usual.Single(rule => rule.Name == name);

    /// <summary>Null until its run has begun.</summary>
    public Task<ChangeStreamStatus?> StatusAsync() => Console.Get<ChangeStreamStore>().FindAsync(Tenant, Sync.Id, default);

    /// <summary>Waits until all that was told is recorded.</summary>
    public Task RecordAsync(Guid run, int read) => UntilAsync(async () => (await FindAsync(run)).RecordsRead is var now && now >= read ? null : $"{now} recorded");

    /// <summary>In the console's own database.</summary>
    public async Task TamperAsync(string sql)
    {
        await using var session = await Console.Database.InTenantAsync(Tenant, default);
        await session.RunAsync(sql, new { }, default);
        await session.CommitAsync(default);
    }

    /// <summary>Waits until the destination looks like this.</summary>
    /// <param name="expected">Ids and names, with commas between, in the order of the ids.</param>
    public Task ArriveAsync(string expected) => UntilAsync(
        async () => await Destination.OneAsync("select coalesce(string_agg(id || ' ' || coalesce(name, 'null'), ', ' order by id), '') from people") is var now && now == expected ? null : now);

    /// <summary>Waits until nothing is wrong any more.</summary>
    /// <param name="problem">What is; null for nothing.</param>
    public async Task UntilAsync(Func<Task<string?>> problem)
    {
        var waited = Stopwatch.StartNew();
        while (await problem() is { } wrong)
        {
            if (_moving.IsFaulted)
            {
                await _moving;
            }

            if (_moving.IsCompleted || waited.Elapsed > Patience)
            {
                Assert.Fail($"Still: {wrong}. {(await Console.Get<RunStore>().ListAsync(Tenant, new RunFilter(), null, 1, default)).Items[0].Reason}");
            }

            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await AdministerAsync("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active");
        await Console.DisposeAsync();
    }

    private static async Task<Guid> ConnectAsync(TestConsole console, TenantId tenant, string name, NpgsqlConnectionStringBuilder to, (string User, string Password) login)
    {
        var proof = await console.Get<CredentialStore>().CreateAsync(
            tenant, new CredentialDraft(name, AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = login.User }, login.Password, null), TestConsole.Somebody, default);
        var settings = new JsonObject { ["host"] = to.Host, ["port"] = to.Port, ["database"] = to.Database, ["tls"] = "none" };
        return (await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft(name, "postgres", JsonSerializer.Serialize(settings), proof), TestConsole.Somebody, default))!.Value;
    }
}
