using System.Diagnostics;
using System.Globalization;
using System.Net;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>
/// Two runs, one to a table and one to a company, meet a fault; afterwards every record of the source has one outcome
/// and is there once, as it should be, and only then the runs are green. Where one of a hundred is spoilt, each of those
/// has one dead letter, and the runs say so.
/// </summary>
public sealed class Surviving_bad_days(Fleet fleet, ITestOutputHelper output) : IClassFixture<Fleet>, IAsyncLifetime
{
    private const double LongestToResume = 20;

    /// <summary>Before each page: a run takes some six seconds, and has time to meet something.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public Task InitializeAsync() => fleet.MendAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task On_a_good_day_the_command_that_waits_for_a_run_tells_its_totals()
    {
        fleet.Prepare("nothing", TimeSpan.Zero);
        foreach (var kind in Enum.GetValues<MoveKind>())
        {
            var totals = await fleet.Terminal.RunAsync($"{FleetFile.Tenant}/{FleetFile.SlugOf("nothing", kind)}");
            Assert.Equal((0, "succeeded", Fleet.RecordsOf(kind), true), (totals.ExitCode, totals.State, totals.Read, totals.Balanced));
        }
    }

    [Fact]
    public async Task A_worker_that_is_killed_at_any_moment_is_followed_by_the_other_one()
    {
        for (var round = 1; round <= (fleet.IsLong ? 20 : 2); round++)
        {
            var moves = await fleet.StartMovesAsync($"kill-{round:00}", Pause);
            var share = fleet.Random.NextDouble();
            var victim = (await moves[round % 2].WaitForShareAsync(share)).Run.Node!;
            var before = await LookAllAsync(moves);

            fleet.Nodes[victim].Kill();
            var seconds = await ResumedAsync(moves, before, victim);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed at {share:P0} of the {(round % 2 == 0 ? "pages" : "calls")}: {string.Join(" and ", before.Select(seen => $"{seen.Run.RecordsRead} recorded, {seen.Pages} pages, {seen.Calls} calls"))}"));
            await fleet.StartNodeAsync(victim);

            await SettleAsync($"worker killed ({round})", seconds, moves);
        }
    }

    [Theory]
    [InlineData("postgres-1", "-KILL", "PostgreSQL killed")]
    [InlineData("postgres-2", "-QUIT", "PostgreSQL stopped at once")]
    public async Task A_database_server_that_ends_and_comes_back_costs_nothing(string fault, string signal, string name)
    {
        var moves = await fleet.StartMovesAsync(fault, Pause);
        await moves[0].WaitForShareAsync(0.3);

        var before = await LookAllAsync(moves);
        await fleet.EndPostgresAsync(signal);

        await SettleAsync(name, await ResumedAsync(moves, before, null), moves);
    }

    [Fact]
    public async Task Companies_that_cut_refuse_and_go_down_get_every_record_once()
    {
        fleet.World.Faults.Add(new Fault("/page/cut", FaultKind.Cut) { Every = 3, Bytes = 3_000 });
        fleet.World.Faults.Add(new Fault("/sink/cut", FaultKind.AnswerLost) { Every = 50 });
        fleet.World.Faults.Add(new Fault("/page/busy", FaultKind.Status) { Every = 7, Status = 503 });
        fleet.World.Faults.Add(new Fault("/sink/busy", FaultKind.Status) { Every = 100, Status = 429, RetryAfter = "1", Times = fleet.IsLong ? null : 5 });
        fleet.World.Faults.Add(new Fault("/sink/busy", FaultKind.Status) { Every = 25, Status = 503 });
        var down = await fleet.StartMovesAsync("down", Pause);
        var cut = await fleet.StartMovesAsync("cut", Pause);
        var busy = await fleet.StartMovesAsync("busy", Pause);
        await down[0].WaitForShareAsync(0.2);

        var outage = TimeSpan.FromSeconds(fleet.IsLong ? 60 : 15);
        fleet.World.Faults.Clear("/sink/down");
        fleet.World.Faults.Add(new Fault("/sink/down", FaultKind.Down) { Lasts = outage });
        fleet.WayThatGoesDown.Cut();
        await Task.Delay(outage, TimeProvider.System);
        var before = await LookAllAsync(down);
        fleet.WayThatGoesDown.Mend();

        var seconds = await ResumedAsync(down, before, null);
        await SettleAsync("source cuts pages, answers get lost", null, cut);
        await SettleAsync("5 % of calls answered 429 or 503", null, busy);
        await SettleAsync(string.Create(CultureInfo.InvariantCulture, $"destination down for {outage.TotalSeconds:0} s"), seconds, down);
    }

    [CrookedClockFact]
    public async Task A_worker_whose_clock_jumps_works_on_and_is_followed_when_it_dies()
    {
        Assert.Equal(0, await fleet.Nodes[Fleet.Second].StopAsync());
        var moves = await fleet.StartMovesAsync("ahead", 2 * Pause);
        await Task.WhenAll(moves.Select(move => move.WaitForShareAsync(0)));

        fleet.Clock!.Set(TimeSpan.FromHours(1));
        await fleet.StartNodeAsync(Fleet.Second);
        var before = await LookAllAsync(moves);
        Assert.All(before, seen => Assert.Equal(Fleet.First, seen.Run.Node));
        fleet.Nodes[Fleet.First].Kill();
        var seconds = await ResumedAsync(moves, before, Fleet.First);
        fleet.Clock.Set(TimeSpan.FromHours(-1));
        await fleet.StartNodeAsync(Fleet.First);

        await SettleAsync("clock jumps 1 h ahead, and 2 h back", seconds, moves);
        var now = TimeProvider.System.GetUtcNow();
        Assert.All(await LookAllAsync(moves), seen => Assert.InRange(seen.Run.FinishedAt!.Value, now.AddMinutes(-30), now.AddMinutes(30)));
    }

    [FenceFact]
    public async Task A_worker_that_is_cut_off_and_comes_back_does_nothing_twice()
    {
        Assert.Equal(0, await fleet.Nodes[Fleet.First].StopAsync());
        var moves = await fleet.StartMovesAsync("partition", 2 * Pause);
        await Task.WhenAll(moves.Select(move => move.WaitForShareAsync(0)));
        await fleet.StartNodeAsync(Fleet.First);

        var before = await LookAllAsync(moves);
        fleet.Fence!.Close();
        var seconds = await ResumedAsync(moves, before, Fleet.Second);
        fleet.Fence.Open();

        await SettleAsync("worker cut off from the network", seconds, moves);
    }

    [SmallDiskFact]
    public async Task A_disk_that_is_full_stops_runs_until_there_is_room()
    {
        var moves = await fleet.StartMovesAsync("disk", Pause);
        await moves[0].WaitForShareAsync(0.3);

        fleet.Disk!.Fill();
        await Task.Delay(TimeSpan.FromSeconds(fleet.IsLong ? 40 : 8), TimeProvider.System);
        var before = await LookAllAsync(moves);
        fleet.Disk.Free();

        await SettleAsync("disk of the console's database full", await ResumedAsync(moves, before, null), moves);
    }

    [Fact]
    public async Task Two_nodes_that_are_told_to_run_the_same_do_it_one_after_the_other()
    {
        fleet.Prepare("same", Pause);
        var moves = await Task.WhenAll(Enum.GetValues<MoveKind>().Select(kind => fleet.StartAsync("same", kind)));
        await Task.WhenAll(moves.Select(CallAgainAsync));

        // One that still waits for its start takes the place of any further one.
        await Task.WhenAll(moves.Select(move => move.WaitForShareAsync(0.05)));
        var seconds = await Task.WhenAll(Enum.GetValues<MoveKind>().Select(kind => fleet.Terminal.RunAsync($"{FleetFile.Tenant}/{FleetFile.SlugOf("same", kind)}")));

        Assert.All(seconds, second => Assert.Equal((1, "partial"), (second.ExitCode, second.State)));
        await SettleAsync("two nodes told to run the same", null, moves);
        foreach (var move in moves)
        {
            var runs = await fleet.Get<RunStore>().ListAsync(fleet.Tenant, new RunFilter(move.Sync.Id), null, 10, default);
            var (first, second) = (runs.Items.Single(run => run.Number == 1), runs.Items.Single(run => run.Number == 2));
            Assert.Equal(1, first.Attempt);
            Assert.True(second.StartedAt >= first.FinishedAt, "The second run began before the first one had ended.");
            Assert.Equal((move.Records - move.Spoilt, move.Spoilt), (second.Unchanged, second.Counts.SetAside));
        }
    }

    [Fact]
    public async Task A_new_version_in_the_middle_takes_the_runs_over_where_they_are()
    {
        for (var round = 1; round <= (fleet.IsLong ? 2 : 1); round++)
        {
            var moves = await fleet.StartMovesAsync($"deploy-{round}", Pause);
            var victim = (await moves[0].WaitForShareAsync(0.3)).Run.Node!;
            var before = await LookAllAsync(moves);

            var exitCode = await fleet.Nodes[victim].StopAsync();
            var seconds = await ResumedAsync(moves, before, victim, longest: ClaimedRuns.Lease.TotalSeconds);
            await fleet.StartNodeAsync(victim);

            await SettleAsync("new version in the middle", seconds, moves);
            Assert.Equal(0, exitCode);
        }
    }

    private static async Task<IReadOnlyList<Seen>> LookAllAsync(IReadOnlyList<Move> moves) => await Task.WhenAll(moves.Select(move => move.SeeAsync()));

    /// <summary>Until another node works on all that the node had; without a node, until all is moved again.</summary>
    /// <returns>After how many seconds; null where there was nothing.</returns>
    private async Task<double?> ResumedAsync(IReadOnlyList<Move> moves, IReadOnlyList<Seen> before, string? node, double longest = LongestToResume)
    {
        var started = Stopwatch.GetTimestamp();
        var held = moves.Zip(before).Where(pair => pair.Second.Run.IsOpen && (node is null || pair.Second.Run.Node == node)).ToList();
        await Task.WhenAll(held.Select(pair => node is null ? pair.First.WaitForWorkAsync(pair.Second) : pair.First.WaitForNodeAsync(node)));
        if (held.Count == 0)
        {
            return null;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Assert.True(node is null || seconds < longest, $"{node} is followed after {seconds:0.0} s.");
        return seconds;
    }

    /// <summary>Calls that come again while the run is taken up, as if several had called it.</summary>
    private async Task CallAgainAsync(Move move)
    {
        for (var number = 1; number <= 4; number++)
        {
            await using var session = await fleet.Get<ConsoleDatabase>().InTenantAsync(fleet.Tenant, default);
            await session.RunAsync(
                "update run set called_at = @now where tenant_id = @tenant and sync_id = @sync and state = 'Queued'",
                new { now = TimeProvider.System.GetUtcNow(), tenant = fleet.Tenant, sync = move.Sync.Id }, default);
            await session.NotifyAsync(new Change(RunLine.Topic), default);
            await session.CommitAsync(default);
        }
    }

    /// <summary>Waits for the ends, counts, and judges.</summary>
    private async Task SettleAsync(string fault, double? seconds, IReadOnlyList<Move> moves)
    {
        var runs = await Task.WhenAll(moves.Select(move => move.WaitAsync(run => !run.IsOpen)));
        var letters = await fleet.Terminal.LettersAsync(FleetFile.Tenant, "--state", "any");
        var counts = await Task.WhenAll(moves.Select(move => move.CountAsync(letters)));
        var row = new DrillRow(fault, moves.Sum(move => move.Records), counts.Sum(count => count.Letters), counts.Sum(count => count.Lost), counts.Sum(count => count.Doubled), seconds);
        fleet.Table.Add(row);
        foreach (var run in runs)
        {
            output.WriteLine($"{fault}: {run.SyncSlug} {run.State} after {run.Attempt} attempts, {run.Counts}");
            foreach (var line in (await fleet.Get<RunStore>().ReadLogAsync(fleet.Tenant, run.Id, null, 100, default)).Lines)
            {
                output.WriteLine($"    {line.At:HH:mm:ss.f} {line.Message}");
            }
        }

        output.WriteLine($"{row}");
        Assert.All(fleet.Nodes, node => Assert.False(node.Value.HasExited, $"{node.Key} ended: {node.Value.LastWords}"));
        using var browser = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(new Uri($"{fleet.Nodes["web"].Address}/health/ready"))).StatusCode);
        Assert.All(runs.Zip(moves), pair => Assert.Equal(
            (pair.Second.Spoilt > 0 ? RunState.Partial : RunState.Succeeded, pair.Second.Records, pair.Second.Spoilt, true),
            (pair.First.State, pair.First.RecordsRead, pair.First.Counts.SetAside, pair.First.Counts.Balances)));
        Assert.Equal((0, 0, moves.Sum(move => move.Spoilt)), (row.Lost, row.Doubled, row.Letters));
    }
}
