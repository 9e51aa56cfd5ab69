using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Configuration;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die in the middle of a replay; afterwards the company has every record once, and no count ever went back.</summary>
public sealed class Killing_a_console_that_replays(ITestOutputHelper output)
{
    private static readonly int Letters = Environment.GetEnvironmentVariable("DRILL_LONG") == "1" ? 50_000 : 1_200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private const string Source = "{ name: things, path: /page/things, canRead: true, records: data, pagination: page, pageSize: 1000, sizeParameter: limit, totalPath: meta.total, keyFields: id }";

    private const string Target = "{ name: orders, path: /sink/orders, canRead: false, canWrite: true, parallelCalls: 8, idempotencyHeader: Idempotency-Key }";

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name }
        """;

    [Fact]
    public async Task Killed_three_times_each_letter_is_delivered_once_and_progress_never_goes_back()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        var console = await drill.BeginAsync(DrillFile.ToCompany(world.Address, [Source, Target], Mapping, "write: append, keys: [id]") with { More = "batchBreaker: false" });
        var refused = await drill.RunAsync();
        Assert.Equal((RunCommand.SetAside, Letters), (refused.ExitCode, refused.Rejected + refused.Failed));
        world.Faults.Clear();
        world.Faults.Add(new Fault("/sink/orders", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromMilliseconds(10) });

        var selection = new ReplaySelection(null, new DeadLetterFilter(), IncludeUnknown: false, "all");
        var (id, _) = await drill.Get<ReplayStore>().StartAsync(drill.Tenant, selection, new ReplayOptions { IsStaged = true, StopPercent = 10 }, "a drill", Drill.Driller, default)
            ?? throw new InvalidOperationException("No letter waits.");
        var most = 0;
        async Task<Replay> LookAsync()
        {
            var replay = (await drill.Get<ReplayStore>().FindAsync(drill.Tenant, id, default))!;
            var done = replay.Delivered + replay.Failed + replay.Skipped;
            Assert.True(done >= most, $"{done} were done, and {most} before.");
            most = done;
            return replay;
        }

        foreach (var share in (double[])[0.005, 0.4, 0.8])
        {
            await Look.UntilAsync(LookAsync, replay => replay.Delivered >= share * Letters, Patience);
            console.Kill();
            output.WriteLine($"killed at {most} of {Letters}");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await Look.UntilAsync(LookAsync, replay => !replay.IsOpen, Patience);
        output.WriteLine($"{end.State}: {end.Delivered} delivered, {world.Sinks["orders"].Requests} calls, {world.Sinks["orders"].Duplicates} known by their key");
        Assert.Equal((ReplayState.Done, Letters, Letters, 0, 0), (end.State, end.Total, end.Delivered, end.Failed, end.Skipped));
        Assert.Empty(await drill.LettersAsync());
        Assert.Empty(world.Sinks["orders"].Rekeyed);
        Assert.Equal(Enumerable.Range(1, Letters), world.Sinks["orders"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32()).Order());
    }

    /// <summary>At first it takes nothing, so that everything becomes a letter.</summary>
    private static async Task<OutsideWorldServer> GivenAWorldAsync()
    {
        var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, Letters).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        world.Faults.Add(new Fault("/sink/orders", FaultKind.Status) { Method = "POST", Status = 422 });
        return world;
    }
}
