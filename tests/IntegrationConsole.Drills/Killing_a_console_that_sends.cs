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
    public async Task Killed_three_times_while_it_makes_records_each_is_made_once(string company)
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        var (tenant, sync) = await drill.GivenASendAsync(world.Address, Source, Target(company), Fields, WriteMode.Append, ["id"]);
        var console = await drill.StartConsoleAsync("node-1");
        var run = await drill.RequestAsync(tenant, sync);

        foreach (var share in (double[])[0.13, 0.42, 0.77])
        {
            await drill.WaitAsync(tenant, run, _ => world.Sinks["orders"].Count >= share * Records, TimeSpan.FromMinutes(2));
            console.Kill();
            output.WriteLine($"killed at {world.Sinks["orders"].Count} records");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(tenant, run, state => !state.IsOpen, TimeSpan.FromMinutes(3));
        output.WriteLine($"attempts: {end.Attempt}, counts: {end.Counts}, calls: {world.Sinks["orders"].Requests}, known by their key: {world.Sinks["orders"].Duplicates}");
        Assert.Equal((RunState.Succeeded, 4, Records), (end.State, end.Attempt, end.RecordsRead));
        Assert.True(end.Counts.Balances);
        Assert.Equal(0, await drill.OpenLettersAsync(tenant));
        Assert.Equal(Enumerable.Range(1, Records), world.Sinks["orders"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32()).Order());
    }

    private static object Source => new { name = "things", path = "/page/things", canRead = true, records = "data", pagination = "page", pageSize = 250, sizeParameter = "limit", totalPath = "meta.total", keyFields = "id" };

    private static object Target(string company) => new
    {
        name = "orders", path = "/sink/orders", canRead = false, canWrite = true, parallelCalls = 8, lookupPath = company == "can be asked" ? "/sink/orders/{key}" : "",
        idempotencyHeader = company == "knows keys" ? "Idempotency-Key" : "",
    };

    /// <summary>Calls take long enough that some are always on their way.</summary>
    private static async Task<OutsideWorldServer> GivenAWorldAsync()
    {
        var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, Records).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        world.Faults.Add(new Fault("/sink/orders", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromMilliseconds(15) });
        return world;
    }
}
