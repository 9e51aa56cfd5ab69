using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die in the middle of a run; afterwards every record is there once, and the run accounts for all of them.</summary>
public sealed class Killing_a_console(ITestOutputHelper output)
{
    private const int Records = 20_000;

    private const string Stream = "{ name: things, path: /page/things, canRead: true, records: data, pagination: page, pageSize: 250, sizeParameter: limit, totalPath: meta.total, keyFields: id }";

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name, required: true }
          - { name: amount, type: decimal, source: amount }
        """;

    [Fact]
    public async Task Killed_three_times_the_run_goes_on_by_itself_and_every_record_is_there_once()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        var console = await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping));
        var run = await drill.StartRunAsync();

        foreach (var share in (double[])[0.15, 0.45, 0.7])
        {
            var at = await drill.WaitAsync(run, state => state.RecordsRead >= share * Records, TimeSpan.FromMinutes(2));
            console.Kill();
            output.WriteLine($"killed at {at.RecordsRead} records");
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(run, state => !state.IsOpen, TimeSpan.FromMinutes(2));
        output.WriteLine($"attempts: {end.Attempt}, counts: {end.Counts}");
        Assert.Equal(RunState.Succeeded, end.State);
        Assert.Equal(4, end.Attempt);
        Assert.Equal(Records, end.RecordsRead);
        Assert.True(end.Counts.Balances);
        await ArrivedOnceAsync(drill);
    }

    [Fact]
    public async Task Killed_three_times_an_append_adds_every_record_once()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        var console = await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping, "write: append"));
        var run = await drill.StartRunAsync();

        foreach (var share in (double[])[0.1, 0.5, 0.7])
        {
            await drill.WaitAsync(run, state => state.RecordsRead >= share * Records, TimeSpan.FromMinutes(2));
            console.Kill();
            console = await drill.StartConsoleAsync("node-1");
        }

        var end = await drill.WaitAsync(run, state => !state.IsOpen, TimeSpan.FromMinutes(2));
        Assert.Equal(RunState.Succeeded, end.State);
        await ArrivedOnceAsync(drill);
    }

    [Fact]
    public async Task Another_node_takes_the_run_of_a_dead_one_over()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        var first = await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping));
        var consoles = new Dictionary<string, ConsoleProcess> { ["node-1"] = first, ["node-2"] = await drill.StartConsoleAsync("node-2") };
        var run = await drill.StartRunAsync();
        var holder = (await drill.WaitAsync(run, state => state.RecordsRead >= Records / 4, TimeSpan.FromMinutes(2))).Node!;

        consoles[holder].Kill();
        var killed = TimeProvider.System.GetTimestamp();
        var taken = await drill.WaitAsync(run, state => state.Node != holder && state.State is RunState.Running or RunState.Succeeded, TimeSpan.FromMinutes(1));
        output.WriteLine($"taken over by {taken.Node} after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s");
        var end = await drill.WaitAsync(run, state => !state.IsOpen, TimeSpan.FromMinutes(2));

        Assert.NotEqual(holder, end.Node);
        Assert.Equal(RunState.Succeeded, end.State);
        await ArrivedOnceAsync(drill);
    }

    [Fact]
    public async Task Thrown_out_of_its_database_the_run_still_accounts_for_every_record()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await GivenAWorldAsync();
        await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping));
        var run = await drill.StartRunAsync();

        foreach (var share in (double[])[0.2, 0.6])
        {
            await drill.WaitAsync(run, state => state.RecordsRead >= share * Records, TimeSpan.FromMinutes(2));
            await drill.CutDatabaseAsync();
        }

        var end = await drill.WaitAsync(run, state => state.State is RunState.Succeeded or RunState.Failed or RunState.Partial, TimeSpan.FromMinutes(2));
        Assert.Equal(RunState.Succeeded, end.State);
        Assert.Equal(Records, end.RecordsRead);
        await ArrivedOnceAsync(drill);
    }

    /// <summary>Pages come slowly enough that there is time to be killed in between.</summary>
    private static async Task<OutsideWorldServer> GivenAWorldAsync()
    {
        var world = await OutsideWorldServer.StartAsync();
        world.Put("things", [.. Enumerable.Range(1, Records).Select(id => new JsonObject { ["id"] = id, ["name"] = $"thing {id} ✓", ["amount"] = id * 0.01m }.ToJsonString())]);
        world.Faults.Add(new Fault("/page/things", FaultKind.Late) { Delay = TimeSpan.FromMilliseconds(80) });
        return world;
    }

    private static async Task ArrivedOnceAsync(Drill drill)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var id = 1; id <= Records; id++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{id}|thing {id} ✓|{(id * 0.01m).ToString("0.00", CultureInfo.InvariantCulture)};"));
        }

        Assert.Equal($"{Records}/{Records}", await drill.AskAsync("select count(*) || '/' || count(distinct id) from target"));
        Assert.Equal(
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            await drill.AskAsync("select md5(string_agg(id || '|' || name || '|' || to_char(amount, 'FM9999990.00') || ';', '' order by id)) from target"));
    }
}
