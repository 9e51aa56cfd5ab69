using System.Text.Json.Nodes;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die between an order and its lines, and while they take orders back: every order is there whole or not at all.</summary>
public sealed class Killing_a_console_that_takes_steps(ITestOutputHelper output)
{
    private const int Orders = 400;
    private const int BadOneIn = 8;

    private const string Source = "{ name: things, path: /page/things, canRead: true, records: data, pagination: page, pageSize: 100, sizeParameter: limit, totalPath: meta.total, keyFields: number }";

    private const string Target = "{ name: orders, path: /shops/s/orders, canRead: false, canWrite: true, answerIdPath: id, idempotencyHeader: Idempotency-Key, takeBackPath: '/shops/s/orders/{remoteId}' }";

    private const string Lines =
        "{ name: lines, path: '/shops/s/orders/{parentId}/lines', canRead: false, canWrite: true, answerIdPath: id, idempotencyHeader: Idempotency-Key, takeBackPath: '/shops/s/orders/{parentId}/lines/{remoteId}' }";

    private const string Mapping = """
        fields:
          - { name: number, source: number }
        children:
          - stream: lines
            list: lines
            keyFields: [number, code]
            fields:
              - { name: number, source: record.number }
              - { name: code, source: item }
        """;

    [Fact]
    public async Task Killed_twice_every_order_is_there_with_its_lines_or_was_taken_back()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, Orders).Select(number => new JsonObject { ["number"] = $"{number}", ["lines"] = new JsonArray("a", number % BadOneIn == 0 ? "bad" : "b") }.ToJsonString())]);
        world.Faults.Add(new Fault("/shops", FaultKind.Late) { Delay = TimeSpan.FromMilliseconds(8) });
        var console = await drill.BeginAsync(DrillFile.ToCompany(world.Address, [Source, Target, Lines], Mapping, "write: append, keys: [number]"));
        var run = await drill.StartRunAsync();

        foreach (var deeds in (int[])[Orders / 2, 2 * Orders])
        {
            await drill.WaitAsync(run, _ => world.Shops["s"].Deeds.Count >= deeds, TimeSpan.FromMinutes(1));
            console.Kill();
            output.WriteLine($"killed after {world.Shops["s"].Deeds[^1]}");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(run, state => !state.IsOpen, TimeSpan.FromMinutes(2));
        output.WriteLine($"attempts: {end.Attempt}, counts: {end.Counts}, deeds: {world.Shops["s"].Deeds.Count}");
        Assert.Equal((RunState.Partial, Orders, true), (end.State, end.RecordsRead, end.Counts.Balances));
        Assert.Equal(Orders / BadOneIn, (await drill.LettersAsync()).Count);
        Assert.Equal(
            Enumerable.Range(1, Orders).Where(number => number % BadOneIn != 0).Select(number => $"{number}: a, b").Order(),
            world.Shops["s"].Orders.Select(order => order.Replace("b, a", "a, b", StringComparison.Ordinal)).Order());
    }
}
