using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Probing;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Changes;
using IntegrationConsole.Tests.Sync.Quotas;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Sync.Nodes;

public sealed class Keeping_a_node_on_standby
{
    [Fact]
    public async Task It_takes_nothing_up_and_another_node_does_all()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(8);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        await world.One.Get<WorkerNodes>().StandbyAsync("b", "its network", TestConsole.Somebody, default);
        await using var b = await RunningNode.StartAsync(world.Other, slots: 8);
        await using var one = await RunningNode.StartAsync(world.One, slots: 1);

        var runs = await tenant.RequestAllAsync(8);

        await Task.WhenAll(runs.Select(run => EndsAsync(tenant, run)));
        Assert.All(await Task.WhenAll(runs.Select(tenant.FindAsync)), run => Assert.NotEqual("b", run.Node));
    }

    [Fact]
    public async Task It_stays_there_over_a_restart_until_somebody_wakes_it()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(1);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        var nodes = world.One.Get<WorkerNodes>();
        await nodes.StandbyAsync("b", "its network", TestConsole.Somebody, default);
        await using var b = await RunningNode.StartAsync(world.Other, slots: 1);
        var slept = await world.Other.Get<ThisNode>().IsOnStandbyAsync(default);
        var run = (await tenant.RequestAsync(1)).RunId!.Value;

        var woken = (await nodes.WakeAsync("b", TestConsole.Somebody, default), await nodes.WakeAsync("b", TestConsole.Somebody, default));

        await EndsAsync(tenant, run);
        Assert.True(slept);
        Assert.Equal((true, false), woken);
        Assert.Equal("b", (await tenant.FindAsync(run)).Node);
    }

    [Fact]
    public async Task What_goes_on_it_ends_as_it_would()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenant = await world.GivenATenantAsync(1);
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        var (reading, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.System.BeforeRead = (_, _) =>
        {
            reading.TrySetResult();
            return gate.Task;
        };
        await using var b = await RunningNode.StartAsync(world.Other, slots: 1);
        var run = (await tenant.RequestAsync(1)).RunId!.Value;
        await reading.Task;
        var heard = world.Other.NextChangeAsync(ThisNode.Topic);

        await world.One.Get<WorkerNodes>().StandbyAsync("b", "its network", TestConsole.Somebody, default);
        await heard;
        gate.SetResult();

        await EndsAsync(tenant, run);
        var ended = await tenant.FindAsync(run);
        Assert.Equal((RunState.Succeeded, 1, "b"), (ended.State, ended.Attempt, ended.Node));
    }

    [Fact]
    public async Task A_change_stream_which_has_no_end_is_put_back()
    {
        await using var world = await ChangeWorld.StartAsync();
        await using var node = await RunningNode.StartAsync(world.Console, slots: 1);
        var me = world.Console.Get<ThisNode>().Name;
        var run = (await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        await UntilAsync(async () => (await world.FindAsync(run)).State is RunState.Running);

        await world.Console.Get<WorkerNodes>().StandbyAsync(me, "its network", TestConsole.Somebody, default);

        await UntilAsync(async () => (await world.FindAsync(run)).State is RunState.Queued);
        Assert.Contains("put on standby; goes on from where it was", (await world.FindAsync(run)).Reason);
    }

    [Fact]
    public async Task It_probes_nothing()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        await world.GivenATenantAsync(1);
        var (mine, others) = (ProbesOf(world.Other), ProbesOf(world.One));
        await mine.MeetAsync(default);
        clock.Advance(TimeSpan.FromMinutes(5));
        await world.One.Get<WorkerNodes>().StandbyAsync("b", "its network", TestConsole.Somebody, default);

        Assert.Empty(await mine.TakeAsync(10, default));
        Assert.Single(await others.TakeAsync(10, default));
    }

    [Fact]
    public async Task The_list_says_who_is_there_what_goes_on_it_and_who_put_it_on_standby()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var nodes = world.One.Get<WorkerNodes>();
        await HeardAsync(world, "a", clock.GetUtcNow());
        await HeardAsync(world, "old", clock.GetUtcNow().AddMinutes(-5));
        await nodes.StandbyAsync("b", "its network", TestConsole.Somebody, default);
        await tenant.ClaimAsync(1, (await tenant.RequestAsync(1)).RunId!.Value, world.Other);
        await world.Other.Get<CircuitStore>().TripAsync(tenant.Id, await ConnectionAsync(world, tenant), Down(FailureCause.Timeout), default);

        var list = await nodes.ListAsync(default);
        var entry = (await world.One.Get<AuditTrail>().ListAsync(null, new AuditFilter(), null, 1, default)).Single();

        var now = clock.GetUtcNow();
        Assert.Equal([("a", true, false, 0, 0), ("b", false, true, 1, 1), ("old", false, false, 0, 0)], list.Select(node => (node.Name, node.IsAwake(now), node.IsOnStandby, node.Going, node.Opened)));
        Assert.Equal((now, TestConsole.Somebody.Name, "its network"), (list[1].LastStandby!.Since, list[1].LastStandby!.AskedBy, list[1].LastStandby!.Reason));
        Assert.Equal(("standby", "node", "b", "its network"), (entry.Action, entry.ObjectKind, entry.ObjectName, entry.Detail));
        Assert.True(await nodes.AnyAwakeAsync("", default));
        Assert.False(await nodes.AnyAwakeAsync("a", default));
        await nodes.StandbyAsync("a", "all of them", TestConsole.Somebody, default);
        Assert.False(await nodes.AnyAwakeAsync("", default));
    }

    [Fact]
    public async Task Who_got_no_answer_leaves_the_next_try_to_other_nodes_first()
    {
        await using var world = await ProbedWorldAsync(Down(FailureCause.TargetDown));
        await HeardAsync(world.World, "a", world.Clock.GetUtcNow());

        var mine = await world.ClaimAsync(world.World.Other);
        var (listed, others) = (await world.ListAsync(world.World.Other), await world.ListAsync(world.World.One));
        var theirs = await world.ClaimAsync(world.World.One);

        Assert.Null(mine);
        Assert.Empty(listed);
        Assert.Equal([world.Run], others);
        Assert.NotNull(theirs);
    }

    [Fact]
    public async Task It_tries_itself_when_nobody_else_is_awake_or_nobody_did()
    {
        await using var world = await ProbedWorldAsync(Down(FailureCause.TargetDown));
        await HeardAsync(world.World, "a", world.Clock.GetUtcNow());
        var left = await world.ClaimAsync(world.World.Other);
        world.Clock.Advance(Circuit.OthersFirst);
        var listed = await world.ListAsync(world.World.Other);

        var taken = await world.ClaimAsync(world.World.Other);

        Assert.Null(left);
        Assert.Equal([world.Run], listed);
        Assert.NotNull(taken);

        await using var alone = await ProbedWorldAsync(Down(FailureCause.TargetDown));
        await HeardAsync(alone.World, "a", alone.Clock.GetUtcNow());
        await alone.World.One.Get<WorkerNodes>().StandbyAsync("a", "on purpose", TestConsole.Somebody, default);
        Assert.NotNull(await alone.ClaimAsync(alone.World.Other));
    }

    [Fact]
    public async Task What_is_no_want_of_an_answer_is_left_to_nobody()
    {
        await using var world = await ProbedWorldAsync(Down(FailureCause.Auth));
        await HeardAsync(world.World, "a", world.Clock.GetUtcNow());

        Assert.NotNull(await world.ClaimAsync(world.World.Other));
    }

    private static ProbeStore ProbesOf(TestConsole console) => ActivatorUtilities.CreateInstance<ProbeStore>(console.Get<IServiceProvider>());

    private static CircuitTrip Down(FailureCause cause) => new("5 calls failed in a row.", cause, null);

    /// <summary>A run whose circuit b opened, when its probe is due.</summary>
    private static async Task<ProbedWorld> ProbedWorldAsync(CircuitTrip trip)
    {
        var clock = new ManualClock();
        var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        await world.Other.Get<CircuitStore>().TripAsync(tenant.Id, await ConnectionAsync(world, tenant), trip, default);
        clock.Advance(new CircuitOptions().FirstBreak);
        return new ProbedWorld(world, clock, tenant, (await tenant.RequestAsync(1)).RunId!.Value);
    }

    private static async Task<Guid> ConnectionAsync(QuotaWorld world, QuotaTenant tenant) =>
        (await world.One.Get<SyncStore>().ListAsync(tenant.Id, default))[0].DestinationConnectionId;

    /// <summary>As the scheduler of a worker says that it is there.</summary>
    private static async Task HeardAsync(QuotaWorld world, string node, DateTimeOffset at)
    {
        await using var command = world.One.Database.Source.CreateCommand(
            "insert into quartz.qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval) values ('console', $1, $2, 2000)");
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(at.UtcTicks);
        await command.ExecuteNonQueryAsync();
    }

    private static Task EndsAsync(QuotaTenant tenant, Guid run) => UntilAsync(async () => !(await tenant.FindAsync(run)).IsOpen);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private sealed record ProbedWorld(QuotaWorld World, ManualClock Clock, QuotaTenant Tenant, Guid Run) : IAsyncDisposable
    {
        public Task<ClaimedRun?> ClaimAsync(TestConsole node) => Tenant.ClaimAsync(1, Run, node);

        public async Task<IReadOnlyList<Guid>> ListAsync(TestConsole node) => [.. (await node.Get<RunQueue>().ListCalledAsync(10, default)).Select(run => run.Id)];

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
