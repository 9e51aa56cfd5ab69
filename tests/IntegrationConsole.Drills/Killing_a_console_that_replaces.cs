using System.Globalization;
using System.Text.Json.Nodes;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>Consoles die while they replace a table, or delete from it: whoever looks sees the old rows or the new ones.</summary>
public sealed class Killing_a_console_that_replaces(ITestOutputHelper output)
{
    private const int Records = 4_000;
    private const int Gone = 300;

    private const string Stream = "{ name: things, path: /page/things, canRead: true, records: data, pagination: page, pageSize: 200, sizeParameter: limit, totalPath: meta.total, keyFields: id }";

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: state, source: state }
        """;

    [Fact]
    public async Task Killed_while_a_table_is_replaced_it_holds_the_old_rows_or_the_new_ones_and_never_some_of_both()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        Put(world, "old", 1);
        var console = await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping, "write: overwrite, keys: [id]"));
        Assert.Equal(0, (await drill.RunAsync()).ExitCode);
        Put(world, "new", 1 + Gone);
        world.Faults.Add(new Fault("/page/things", FaultKind.Late) { Delay = TimeSpan.FromMilliseconds(100) });
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(drill, over.Token);

        var replacing = await drill.StartRunAsync();
        await drill.WaitAsync(replacing, run => run.RecordsRead > Records / 2, TimeSpan.FromMinutes(1));
        console.Kill();
        await drill.StartConsoleAsync("node-1");
        var end = await drill.WaitAsync(replacing, run => !run.IsOpen, TimeSpan.FromMinutes(2));
        await over.CancelAsync();

        Assert.Equal((RunState.Succeeded, Records - Gone, true), (end.State, end.RecordsRead, end.Counts.Balances));
        Assert.Equal([$"{Records} old", $"{Records - Gone} new"], await watching);
        Assert.Equal($"{Records - Gone} new", await AskAsync(drill));
    }

    [Fact]
    public async Task Killed_before_it_deletes_what_is_gone_it_deletes_that_once_and_nothing_else()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        Put(world, "old", 1);
        var console = await drill.BeginAsync(DrillFile.ToTable(world.Address, Stream, Mapping) with { More = "deletes: { policy: hard, signal: sweep }" });
        Assert.Equal(0, (await drill.RunAsync()).ExitCode);
        Put(world, "old", 1 + Gone);

        // The last pages do not come, so that nothing can be deleted before the console is killed, however late that is.
        world.Faults.Add(new Fault("/page/things", FaultKind.Silent) { After = 17 });

        var sweeping = await drill.StartRunAsync();
        await drill.WaitAsync(sweeping, run => run.RecordsRead > Records / 4, TimeSpan.FromMinutes(1));
        console.Kill();
        var left = await AskAsync(drill);
        world.Faults.Clear();
        await drill.StartConsoleAsync("node-1");
        var end = await drill.WaitAsync(sweeping, run => !run.IsOpen, TimeSpan.FromMinutes(2));

        Assert.Equal($"{Records} old", left);
        Assert.Equal((RunState.Succeeded, (long)Gone), (end.State, end.Deleted));
        Assert.Equal($"{Records - Gone} old", await AskAsync(drill));
        Assert.Equal((1 + Gone).ToString(CultureInfo.InvariantCulture), await drill.AskAsync("select min(id) from target"));
    }

    private static void Put(OutsideWorldServer world, string state, int first) =>
        world.Put("things", [.. Enumerable.Range(first, Records - first + 1).Select(id => new JsonObject { ["id"] = id, ["state"] = state }.ToJsonString())]);

    /// <returns>Everything that somebody who looks without a pause has seen, in that order.</returns>
    private async Task<IReadOnlyList<string>> WatchAsync(Drill drill, CancellationToken over)
    {
        var (seen, looks) = (new List<string>(), 0);
        while (!over.IsCancellationRequested)
        {
            var now = await AskAsync(drill);
            looks++;
            if (seen.Count == 0 || seen[^1] != now)
            {
                seen.Add(now);
            }
        }

        output.WriteLine($"{looks} looks: {string.Join(", then ", seen)}");
        return seen;
    }

    private static Task<string> AskAsync(Drill drill) => drill.AskAsync("select string_agg(n || ' ' || state, ', ' order by state) from (select count(*) as n, state from target group by state) counted");
}
