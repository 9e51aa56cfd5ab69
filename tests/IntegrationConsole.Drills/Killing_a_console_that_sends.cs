using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die between sending and hearing; afterwards the company has every record once.</summary>
public sealed class Killing_a_console_that_sends(ITestOutputHelper output)
{
    private const int Records = 3_000;

    private static readonly FieldRule[] Fields = [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name" }];

    [Theory]
    [InlineData("can be asked")]
    [InlineData("knows keys")]
    public async Task Killed_three_times_while_it_makes_records_each_is_made_once(string company) =>
        await KillAsync(company == "can be asked" ? Target(new { lookupPath = "/sink/orders/{key}" }) : Target(WithKeys), ["id"], Records, 0.13, 0.42, 0.77);

    [Theory]
    [InlineData("id")]
    [InlineData("")]
    public async Task Killed_in_the_middle_of_calls_that_hold_many_records_each_is_made_once(string key) =>
        await KillAsync(Target(Batches), key.Length == 0 ? [] : [key], 2 * Records, 0.2, 0.6);

    [Fact]
    public async Task Killed_while_it_makes_records_without_a_key_it_asks_for_those_that_nobody_answered_for() =>
        await KillAsync(Target(new { lookupPath = "/sink/orders/find?id={id}", lookupRecord = "items" }), [], Records / 2, 0.3, 0.7);

    private async Task KillAsync(object target, IReadOnlyList<string> keys, int records, params double[] shares)
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync(records);
        var (tenant, sync) = await drill.GivenASendAsync(world.Address, Source, target, Fields, WriteMode.Append, keys);
        var console = await drill.StartConsoleAsync("node-1");
        var run = await drill.RequestAsync(tenant, sync);

        foreach (var share in shares)
        {
            await drill.WaitAsync(tenant, run, _ => world.Sinks["orders"].Count >= share * records, TimeSpan.FromMinutes(2));
            console.Kill();
            output.WriteLine($"killed at {world.Sinks["orders"].Count} records");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(tenant, run, state => !state.IsOpen, TimeSpan.FromMinutes(3));
        output.WriteLine($"attempts: {end.Attempt}, counts: {end.Counts}, calls: {world.Sinks["orders"].Requests}, known by their key: {world.Sinks["orders"].Duplicates}");
        Assert.Equal((RunState.Succeeded, shares.Length + 1, records), (end.State, end.Attempt, end.RecordsRead));
        Assert.True(end.Counts.Balances);
        Assert.Equal(0, await drill.OpenLettersAsync(tenant));
        Assert.Equal(Enumerable.Range(1, records), world.Sinks["orders"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32()).Order());
    }

    private static object Source => new { name = "things", path = "/page/things", canRead = true, records = "data", pagination = "page", pageSize = 250, sizeParameter = "limit", totalPath = "meta.total", keyFields = "id" };

    private static object WithKeys => new { idempotencyHeader = "Idempotency-Key" };

    private static object Batches => new
    {
        idempotencyHeader = "Idempotency-Key", sending = "batch", createPath = "/sink/orders/batch", batchSize = 20, parallelCalls = 3, resultsPath = "results", resultStatusPath = "status",
    };

    private static JsonObject Target(object more)
    {
        var stream = JsonSerializer.SerializeToNode(new { name = "orders", path = "/sink/orders", canRead = false, canWrite = true, parallelCalls = 8 })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more)!.AsObject().ToList())
        {
            stream[name] = value?.DeepClone();
        }

        return stream;
    }

    /// <summary>Calls take long enough that some are always on their way.</summary>
    private static async Task<OutsideWorldServer> GivenAWorldAsync(int records)
    {
        var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, records).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        world.Faults.Add(new Fault("/sink/orders", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromMilliseconds(15) });
        return world;
    }
}
