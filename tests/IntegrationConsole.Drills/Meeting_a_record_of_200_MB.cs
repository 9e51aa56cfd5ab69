using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>A console that is sent one record larger than any should be says so, stays small and goes on working.</summary>
public sealed class Meeting_a_record_of_200_MB(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task The_run_ends_as_too_large_and_the_process_never_holds_it()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, 100).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        var (tenant, sync) = await drill.GivenASyncAsync(
            world.Address, new { name = "things", path = "/api/things", keyFields = "id" },
            [new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new FieldRule { Name = "name", Source = "name" }], WriteMode.Upsert, ["id"]);
        var console = await drill.StartConsoleAsync("node-1");
        await MoveAsync();
        var before = console.PeakBytes;
        world.Faults.Add(new Fault("/api/things", FaultKind.HugeRecord) { Bytes = 200 * Megabyte });

        var refused = await MoveAsync();
        var grown = console.PeakBytes - before;
        world.Faults.Clear();
        var good = await MoveAsync();

        output.WriteLine($"peak before: {before / Megabyte} MB, grown by {grown / Megabyte} MB");
        Assert.Equal((RunState.Failed, FailureCause.TooLarge), (refused.State, refused.Cause));
        Assert.InRange(grown, 0, 150 * Megabyte);
        Assert.Equal((RunState.Succeeded, 100), (good.State, good.Unchanged));
        Assert.Equal("100/100", await drill.AskAsync("select count(*) || '/' || count(distinct id) from target"));

        async Task<Run> MoveAsync() =>
            await drill.WaitAsync(tenant, await drill.RequestAsync(tenant, sync), run => !run.IsOpen, TimeSpan.FromMinutes(1));
    }
}
