using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die between sending and hearing; afterwards the company has every record once.</summary>
public sealed class Killing_a_console_that_sends(ITestOutputHelper output)
{
    private const int Records = 3_000;

    private const string Source = "{ name: things, path: /page/things, canRead: true, records: data, pagination: page, pageSize: 250, sizeParameter: limit, totalPath: meta.total, keyFields: id }";

    private const string WithKeys = "idempotencyHeader: Idempotency-Key";

    private const string Batches = WithKeys + ", sending: batch, createPath: /sink/orders/batch, batchSize: 20, resultsPath: results, resultStatusPath: status";

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name }
        """;

    [Theory]
    [InlineData("can be asked")]
    [InlineData("knows keys")]
    public async Task Killed_three_times_while_it_makes_records_each_is_made_once(string company) =>
        await KillAsync(Target(company == "can be asked" ? "lookupPath: '/sink/orders/{key}'" : WithKeys), "keys: [id]", Records, 0.13, 0.42, 0.77);

    [Theory]
    [InlineData("id")]
    [InlineData("")]
    public async Task Killed_in_the_middle_of_calls_that_hold_many_records_each_is_made_once(string key) =>
        await KillAsync(Target(Batches, parallel: 3), $"keys: [{key}]", 2 * Records, 0.2, 0.6);

    [Fact]
    public async Task Killed_while_it_makes_records_without_a_key_it_asks_for_those_that_nobody_answered_for() =>
        await KillAsync(Target("lookupPath: '/sink/orders/find?id={id}', lookupRecord: items"), "keys: []", Records / 2, 0.3, 0.7);

    private async Task KillAsync(string target, string keys, int records, params double[] shares)
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync(records);
        var console = await drill.BeginAsync(DrillFile.ToCompany(world.Address, [Source, target], Mapping, $"write: append, {keys}"));
        var run = await drill.StartRunAsync();

        foreach (var share in shares)
        {
            await drill.WaitAsync(run, _ => world.Sinks["orders"].Count >= share * records, TimeSpan.FromMinutes(2));
            console.Kill();
            output.WriteLine($"killed at {world.Sinks["orders"].Count} records");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(run, state => !state.IsOpen, TimeSpan.FromMinutes(3));
        output.WriteLine($"attempts: {end.Attempt}, counts: {end.Counts}, calls: {world.Sinks["orders"].Requests}, known by their key: {world.Sinks["orders"].Duplicates}");
        Assert.Equal((RunState.Succeeded, shares.Length + 1, records), (end.State, end.Attempt, end.RecordsRead));
        Assert.True(end.Counts.Balances);
        Assert.Empty(await drill.LettersAsync());
        Assert.Equal(Enumerable.Range(1, records), world.Sinks["orders"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32()).Order());
    }

    private static string Target(string more, int parallel = 8) => $"{{ name: orders, path: /sink/orders, canRead: false, canWrite: true, parallelCalls: {parallel}, {more} }}";

    /// <summary>Calls take long enough that some are always on their way.</summary>
    private static async Task<OutsideWorldServer> GivenAWorldAsync(int records)
    {
        var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, records).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        world.Faults.Add(new Fault("/sink/orders", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromMilliseconds(15) });
        return world;
    }
}
