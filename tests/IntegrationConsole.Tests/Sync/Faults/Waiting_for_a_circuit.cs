using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Waiting_for_a_circuit
{
    private const string Pages = "/secure/basic/nextlink";
    private const string List = "/secure/basic/sink";

    [Theory]
    [InlineData(Target.Database, Pages, "shop")]
    [InlineData(Target.List, List, "list")]
    public async Task A_run_that_waited_loses_no_retry_and_nobody_and_ends_green(Target target, string path, string connection)
    {
        await using var world = await FaultWorld.StartAsync(target);
        world.Company.Server.Faults.Add(new Fault(path, FaultKind.Status) { After = 2 });

        var failed = await world.TryAsync();
        var waiting = await world.MoveAsync(failed.Id, toTheEnd: false);
        var probed = await world.MoveAsync(failed.Id, toTheEnd: false);
        world.Company.Server.Faults.Clear();
        var run = await world.MoveAsync(failed.Id, toTheEnd: true);

        Assert.Equal((RunState.Queued, 1), (failed.State, failed.Retries));
        Assert.Contains("Goes on by itself (retry 1 of 3)", failed.Reason);
        Assert.Equal((RunState.Queued, 1), (waiting.State, waiting.Retries));
        Assert.Contains($"Waits: the circuit of {connection} is open since ", waiting.Reason);
        Assert.Contains(", next probe ", waiting.Reason);
        Assert.Equal((RunState.Queued, 1), (probed.State, probed.Retries));
        Assert.Equal((RunState.Succeeded, 1, 41), (run.State, run.Retries, run.RecordsRead));
        await world.EverybodyIsThereAsync();
        await world.NothingIsToldAsync(run);
    }

    [Fact]
    public async Task While_the_circuit_is_open_a_run_that_is_asked_for_makes_no_call()
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Status) { Status = 503, RetryAfter = "3600" });

        var first = await world.TryAsync();
        var seen = world.Company.Server.Traffic.Last.Count;
        var claimed = await world.ClaimNowAsync(first.Id);
        var again = await world.FindAsync(first.Id);

        Assert.Contains("Waits: the circuit of shop is open since", first.Reason);
        Assert.InRange(first.StartAfter - world.Clock.GetUtcNow(), TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(60));
        Assert.Null(claimed);
        Assert.Equal((RunState.Queued, 0), (again.State, again.Retries));
        Assert.Equal(seen, world.Company.Server.Traffic.Last.Count);
    }

    [Fact]
    public async Task Closing_the_circuit_lets_the_runs_go_that_wait_for_it()
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Status) { Status = 503, RetryAfter = "3600", Times = 1 });

        var waiting = await world.TryAsync();
        var early = await world.ReleaseAsync();
        await world.CloseAsync(world.Source);
        var released = await world.ReleaseAsync();
        var run = await world.FindAsync(waiting.Id);

        Assert.Equal((0, 1), (early, released));
        Assert.InRange(run.StartAfter, waiting.QueuedAt, world.Clock.GetUtcNow());
        Assert.Contains("lets calls through again", run.Reason);
        Assert.Equal(RunState.Succeeded, (await world.MoveAsync(waiting.Id, toTheEnd: true)).State);
        await world.EverybodyIsThereAsync();
    }
}
