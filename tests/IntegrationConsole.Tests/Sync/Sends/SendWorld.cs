using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Connectors.Rest;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

/// <summary>A sync from a list in memory to a company's API over real HTTP.</summary>
internal sealed class SendWorld(TestConsole console, FakeOutsideSystem source, OutsideWorldServer outside, TenantId tenant, SyncDefinition sync) : IAsyncDisposable
{
    public TestConsole Console => console;

    public FakeOutsideSystem Source => source;

    public OutsideWorldServer Outside => outside;

    public TenantId Tenant => tenant;

    public SyncDefinition Sync => sync;

    public Sink Sink => outside.Sinks["orders"];

    /// <param name="mode">How records are written.</param>
    /// <param name="more">Settings of the stream besides its paths.</param>
    /// <param name="keys">What identifies a record; none where nothing does.</param>
    /// <param name="document">The mapping; id and name if none is given.</param>
    /// <param name="clock">A hurried one if none is given.</param>
    /// <param name="others">Streams besides.</param>
    public static async Task<SendWorld> StartAsync(WriteMode mode, object? more = null, string[]? keys = null, MappingDocument? document = null, TimeProvider? clock = null, params object[] others)
    {
        var source = new FakeOutsideSystem();
        var outside = await OutsideWorldServer.StartAsync();

        // It is about what is sent: on a slow machine failures in a row last long enough to open the circuit, and runs would wait.
        var console = await TestConsole.StartAsync(clock ?? new HurriedClock(), configure: services => services.AddSingleton<IConnector>(source)
            .Configure<CircuitOptions>(circuits => (circuits.FailuresInARow, circuits.FailureShare, circuits.FewestCalls) = (1_000, 1, 10_000)));
        var tenant = await console.GivenATenantAsync();
        var connections = console.Get<ConnectionStore>();
        var from = await connections.CreateAsync(tenant, new ConnectionDraft("list", "fake", "{}", null), TestConsole.Somebody, default);
        var to = await connections.CreateAsync(tenant, new ConnectionDraft("shop", "rest", Settings(outside.Address, more, others), null), TestConsole.Somebody, default);
        var draft = new SyncDraft("Orders", from!.Value, "things", ReadMode.Full, to!.Value, "orders", mode, keys ?? ["id"], false, Schedule.Manual, OverlapRule.Queue);
        document ??= new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], []);
        var sync = await console.Get<SyncStore>().CreateAsync(tenant, draft, document, TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        return new SendWorld(console, source, outside, tenant, sync);
    }

    public void GivenRecords(int count, string name = "name") => source.Records = [.. Enumerable.Range(1, count).Select(id => $$"""{"id":{{id}},"name":"{{name}} {{id}}"}""")];

    public async Task<Run> RunAsync()
    {
        var request = await console.Get<RunQueue>().RequestAsync(tenant, sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        return await MoveAsync(request.RunId ?? throw new InvalidOperationException(request.Answer));
    }

    public async Task<Run> MoveAsync(Guid run)
    {
        var claimed = await console.Get<RunQueue>().ClaimAsync(tenant, sync.Id, run, default) ?? throw new InvalidOperationException("The run could not be claimed.");
        await console.Get<SyncRunner>().RunAsync(claimed, default);
        var moved = (await console.Get<RunStore>().FindAsync(tenant, run, default))!;
        Assert.True(moved.Counts.Balances);
        return moved;
    }

    /// <summary>Replays all letters, or those named, with the ones whose answer was lost.</summary>
    public async Task<Replay> ReplayAsync(IReadOnlyList<Guid>? ids = null)
    {
        var started = await console.Get<ReplayStore>().StartAsync(tenant, new ReplaySelection(ids, new DeadLetterFilter(), true, "letters"), "", false, TestConsole.Somebody, default);
        foreach (var run in await console.Get<ReplayStore>().ListRunsAsync(tenant, started!.Value.Id, default))
        {
            await MoveAsync(run.Id);
        }

        return (await console.Get<ReplayStore>().FindAsync(tenant, started.Value.Id, default))!;
    }

    public async Task<IReadOnlyList<DeadLetter>> LettersAsync(bool any = false) =>
        (await console.Get<DeadLetterStore>().ListAsync(tenant, new DeadLetterFilter(AnyState: any), null, 1000, default)).Items;

    /// <summary>The ids that the company holds, in the order of their arrival.</summary>
    public IReadOnlyList<int> Held() => [.. Sink.Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32())];

    /// <summary>How many records were sent, one by one.</summary>
    public int Sent => Sink.Requests;

    /// <summary>The ledger as it is when the process was killed between sending and hearing.</summary>
    public Task ForgetAnswersAsync() => ExecuteAsync("update send_ledger set state = 'Sent', status = '', answered_at = null");

    public async Task<IReadOnlyList<string>> LedgerAsync(string column)
    {
        await using var session = await console.Database.InTenantAsync(tenant, default);
        return await session.ListAsync<string>($"select {column}::text from send_ledger order by record_key", null, default);
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var session = await console.Database.InTenantAsync(tenant, default);
        return await session.OneAsync<long>(sql, null, default);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var session = await console.Database.InTenantAsync(tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await console.DisposeAsync();
        await outside.DisposeAsync();
    }

    private static string Settings(string address, object? more, object[] others)
    {
        var stream = JsonSerializer.SerializeToNode(new
        {
            name = "orders", path = "/sink/orders", canRead = false, canWrite = true, upsert = "put", upsertPath = "/sink/orders/{key}", answerIdPath = "id", parallelCalls = 2,
        })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject().ToList())
        {
            stream[name] = value?.DeepClone();
        }

        return JsonSerializer.Serialize(new { baseAddress = address, timeoutSeconds = 600, streams = (object[])[stream, .. others] });
    }
}
