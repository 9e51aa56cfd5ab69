using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Partitions;

/// <summary>Orders below customers, read over real connections by two nodes, in parts of so many customers each.</summary>
public sealed class Working_through_lists_of_parents : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly FakeOutsideSystem _destination = new();
    private OutsideWorldServer _server = null!;
    private TestConsole _one = null!;
    private TestConsole _other = null!;
    private TenantId _tenant;
    private SyncDefinition _sync = null!;

    public async Task InitializeAsync()
    {
        _server = await OutsideWorldServer.StartAsync();
        _one = await TestConsole.StartAsync(_clock, configure: services => services.AddSingleton<IConnector>(_destination));
        _other = await TestConsole.StartAsync(_clock, beside: _one, configure: services => services.AddSingleton<IConnector>(_destination).PostConfigure<DatabaseOptions>(node => node.NodeName = "b"));
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Two_nodes_read_lists_of_parents_and_the_run_balances_as_one()
    {
        await GivenAsync(customers: 10, orders: 7, partitions: 4);
        _server.Put("customers/4/orders", []);

        var (run, parts) = await SplitAsync();
        _server.Put("customers", ["""{"id":"11"}""", .. Enumerable.Range(1, 10).Select(id => $$"""{"id":"{{id}}"}""")]);
        await Task.WhenAll(MoveAsync(_one, parts[0]), MoveAsync(_other, parts[1]));
        await MoveAsync(_other, parts[2]);
        await MoveAsync(_one, parts[3]);
        var whole = await FindAsync(run);
        var progress = await _one.Get<RunStore>().ListPartitionsAsync(_tenant, run, default);

        Assert.Equal((RunState.Succeeded, "63 records read in 4 partitions, all accounted for."), (whole.State, whole.Reason));
        Assert.Equal(new RunCounts(63, 63, 0, 0, 0, 0, 0), whole.Counts);
        Assert.Equal((63, 63), (_destination.Held.Count, _destination.Arrivals.Count));
        Assert.Equal("20002|2", _destination.Held["20002"]);
        Assert.Equal(["2 parents", "3 parents", "2 parents", "3 parents"], progress.Select(part => part.KeyWords));
        Assert.Equal([14, 14, 14, 21], progress.Select(part => part.RecordsRead));
    }

    [Fact]
    public async Task A_part_whose_node_dies_inside_a_parent_goes_on_inside_that_parent_with_its_own_list()
    {
        await GivenAsync(customers: 4, orders: 4_000, partitions: 2);
        var held = new TaskCompletionSource();
        using var dead = new CancellationTokenSource();
        var (run, parts) = await SplitAsync();
        await MoveAsync(_one, parts[0]);
        _server.Faults.Add(new Fault("/below/customers/3/", FaultKind.Late) { Behind = held.Task, After = 3, Times = 1 });

        var dying = MoveAsync(_other, parts[1], dead.Token);
        await RecordedAsync(run, 8_000 + 2_500);
        await SilenceAsync();
        await new RunRecovery(_one.Database, _one.Get<ClaimedRuns>(), Options.Create(new DatabaseOptions()), _clock, NullLogger<RunRecovery>.Instance).RecoverAsync(mine: false, default);
        _server.Put("customers", []);
        await MoveAsync(_one, parts[1]);
        held.SetResult();
        await dead.CancelAsync();
        await dying;
        var whole = await FindAsync(run);

        Assert.Equal((RunState.Succeeded, new RunCounts(16_000, 16_000, 0, 0, 0, 0, 0)), (whole.State, whole.Counts));
        Assert.Equal(16_000, _destination.Held.Count);

        // Its first page was read once, and its third by both: the place lay within it.
        var pages = _server.Traffic.Last.Select(seen => seen.Target).Where(target => target.StartsWith("/below/customers/3/", StringComparison.Ordinal)).ToList();
        Assert.Single(pages, target => target.EndsWith("&page=1", StringComparison.Ordinal));
        Assert.Equal(2, pages.Count(target => target.EndsWith("&page=3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Parents_that_went_are_told_by_the_part_that_had_them()
    {
        await GivenAsync(customers: 4, orders: 2, partitions: 2);
        var (run, parts) = await SplitAsync();
        _server.Faults.Add(new Fault("/below/customers/3/", FaultKind.Status) { Status = 404 });

        await MoveAsync(_one, parts[0]);
        await MoveAsync(_one, parts[1]);
        var log = (await _one.Get<RunStore>().ReadLogAsync(_tenant, run, null, 100, default)).Lines;

        Assert.Equal((RunState.Succeeded, 6L), ((await FindAsync(run)).State, (await FindAsync(run)).RecordsRead));
        Assert.Equal(
            "Partition 2: 1 record of customers was not there any more when orders was read below it (404): skipped.",
            Assert.Single(log, line => line.Level is RunLogLevel.Warning).Message);
    }

    /// <summary>Customers 1, 2 and so on, with orders 10000, 10001 … for the first, 20000 … for the second.</summary>
    private async Task GivenAsync(int customers, int orders, int partitions)
    {
        _server.Put("customers", Enumerable.Range(1, customers).Select(id => $$"""{"id":"{{id}}"}"""));
        for (var id = 1; id <= customers; id++)
        {
            var first = id * 10_000;
            _server.Put($"customers/{id}/orders", Enumerable.Range(0, orders).Select(order => $$"""{"id":{{first + order}}}"""));
        }

        _tenant = await _one.GivenATenantAsync();
        var settings = JsonSerializer.Serialize(new
        {
            baseAddress = _server.Address,
            streams = new object[]
            {
                new { name = "customers", path = "/page/customers", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 3, keyFields = "id" },
                new { name = "orders", path = "/below/customers/{parent}/orders", parent = "customers", parentField = "customer", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 1_000, stop = "short", keyFields = "id" },
            },
        });
        var shop = await _one.Get<ConnectionStore>().CreateAsync(_tenant, new ConnectionDraft("Shop", "rest", settings, null), TestConsole.Somebody, default);
        var things = await _one.Get<ConnectionStore>().CreateAsync(_tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default);
        var draft = new SyncDraft(
            "Orders", shop!.Value, "orders", ReadMode.Full, things!.Value, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue) { Partitions = partitions };
        var document = new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "customer", Source = "customer" }], []);
        _sync = await _one.Get<SyncStore>().CreateAsync(_tenant, draft, document, TestConsole.Somebody, default);
        await _one.Get<MappingStore>().PublishAsync(_tenant, _sync.MappingId, 1, "", TestConsole.Somebody, default);
    }

    private async Task<(Guid Run, IReadOnlyList<Guid> Parts)> SplitAsync()
    {
        var run = (await _one.Get<RunQueue>().RequestAsync(_tenant, _sync.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        await MoveAsync(_one, run);
        await using var session = await _one.Database.InTenantAsync(_tenant, default);
        return (run, await session.ListAsync<Guid>("select id from run where parent_id = @run order by partition", new { run }, default));
    }

    private async Task MoveAsync(TestConsole node, Guid run, CancellationToken stopping = default) =>
        await node.Get<SyncRunner>().RunAsync((await node.Get<RunQueue>().ClaimAsync(_tenant, _sync.Id, run, default))!, stopping);

    private async Task<Run> FindAsync(Guid run) => (await _one.Get<RunStore>().FindAsync(_tenant, run, default))!;

    private async Task RecordedAsync(Guid run, int records)
    {
        while ((await FindAsync(run)).RecordsRead < records)
        {
            await Task.Yield();
        }
    }

    /// <summary>As if the node had not been heard of for longer than it may be silent.</summary>
    private async Task SilenceAsync()
    {
        await using var session = await _one.Database.AcrossTenantsAsync(default);
        await session.RunAsync("update run set lease_until = @past where state = 'Running' and lease_until is not null", new { past = _clock.GetUtcNow() - TimeSpan.FromSeconds(1) }, default);
        await session.CommitAsync(default);
    }
}
