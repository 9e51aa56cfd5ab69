using System.Text.Json.Nodes;
using IntegrationConsole.Configuration;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>A console that is sent one record larger than any should be says so, stays small and goes on working.</summary>
public sealed class Meeting_a_record_of_200_MB(ITestOutputHelper output)
{
    private const int Megabyte = 1024 * 1024;

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name }
        """;

    [Fact]
    public async Task The_run_ends_as_too_large_and_the_process_never_holds_it()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, 100).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id}" }.ToJsonString())]);
        var console = await drill.BeginAsync(DrillFile.ToTable(world.Address, "{ name: things, path: /api/things, keyFields: id }", Mapping));
        await drill.RunAsync();
        var before = console.PeakBytes;
        world.Faults.Add(new Fault("/api/things", FaultKind.HugeRecord) { Bytes = 200 * Megabyte });

        var refused = await drill.RunAsync();
        var grown = console.PeakBytes - before;
        world.Faults.Clear();
        var good = await drill.RunAsync();

        output.WriteLine($"peak before: {before / Megabyte} MB, grown by {grown / Megabyte} MB");
        Assert.Equal((RunCommand.RunFailed, "too-large"), (refused.ExitCode, refused.Cause));
        Assert.InRange(grown, 0, 150 * Megabyte);
        Assert.Equal((CommandLine.Done, 100), (good.ExitCode, good.Unchanged));
        Assert.Equal("100/100", await drill.AskAsync("select count(*) || '/' || count(distinct id) from target"));
    }
}
