using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Nodes;
using IntegrationConsole.Tests.Sync.Quotas;

namespace IntegrationConsole.Tests.Sync;

/// <summary>The clock stands still: nobody looks by himself, and everything that happens was called for.</summary>
public sealed class Taking_up_runs
{
    [Fact]
    public async Task A_run_that_another_node_asks_for_begins_at_once()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(1);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        await using var node = await RunningNode.StartAsync(world.Other, slots: 1);

        var run = (await tenant.RequestAsync(1)).RunId!.Value;

        await EndsAsync(tenant, run);
        Assert.Equal(RunState.Succeeded, (await tenant.FindAsync(run)).State);
    }

    [Fact]
    public async Task A_node_moves_as_many_at_a_time_as_it_has_slots_and_those_first_that_were_called_first()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(3);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        var (reading, gate) = (0, new TaskCompletionSource());
        var both = new TaskCompletionSource();
        world.System.BeforeRead = async (_, _) =>
        {
            if (Interlocked.Increment(ref reading) == 2)
            {
                both.SetResult();
            }

            await gate.Task;
        };
        var runs = new List<Guid>();
        foreach (var number in (int[])[2, 3, 1])
        {
            runs.Add((await tenant.RequestAsync(number)).RunId!.Value);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await using var node = await RunningNode.StartAsync(world.One, slots: 2);
        await both.Task;
        var states = await Task.WhenAll(runs.Select(async run => (await tenant.FindAsync(run)).State));
        gate.SetResult();
        await Task.WhenAll(runs.Select(run => EndsAsync(tenant, run)));

        Assert.Equal([RunState.Running, RunState.Running, RunState.Queued], states);
        Assert.Equal(3, reading);
    }

    [Fact]
    public async Task What_two_nodes_hear_of_is_moved_once()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(8);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        await using var one = await RunningNode.StartAsync(world.One, slots: 8);
        await using var other = await RunningNode.StartAsync(world.Other, slots: 8);

        var runs = await tenant.RequestAllAsync(8);

        await Task.WhenAll(runs.Select(run => EndsAsync(tenant, run)));
        Assert.All(await Task.WhenAll(runs.Select(tenant.FindAsync)), run => Assert.Equal((RunState.Succeeded, 1, 1L), (run.State, run.Attempt, run.RecordsRead)));
    }

    [Fact]
    public async Task A_node_that_stops_hands_its_runs_over_and_another_goes_on_at_once()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(1);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        var (attempts, reading) = (0, new TaskCompletionSource());
        world.System.BeforeRead = async (_, stopping) =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
            {
                reading.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            }
        };
        var one = await RunningNode.StartAsync(world.One, slots: 1);
        var run = (await tenant.RequestAsync(1)).RunId!.Value;
        await reading.Task;
        await using var other = await RunningNode.StartAsync(world.Other, slots: 1);

        await one.DisposeAsync();

        await EndsAsync(tenant, run);
        var ended = await tenant.FindAsync(run);
        Assert.Equal((RunState.Succeeded, 2), (ended.State, ended.Attempt));
    }

    private static async Task EndsAsync(QuotaTenant tenant, Guid run)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await tenant.FindAsync(run)).IsOpen)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
