using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Proving_a_fix
{
    [Fact]
    public async Task Letters_that_pass_are_replayed_and_their_group_is_fixed_in_the_version_that_they_passed()
    {
        await using var world = await ReplayWorld.WithLettersAsync(7);
        var group = await GroupAsync(world);
        await world.PublishNamesUpToAsync(100);

        var started = await world.World.Console.Get<ProvenReplay>().StartAsync(world.World.Tenant, group.Id, TestConsole.Somebody, default);

        // Its careful pace would want a clock that goes.
        await world.Controls.ChangePaceAsync(world.World.Tenant, started.ReplayId!.Value, 0, TestConsole.Somebody, default);
        var done = await world.MoveAsync(started.ReplayId.Value);
        await world.World.Console.Get<GroupKeeper>().LookAsync(default);

        Assert.Equal((5, 5, ""), (started.Trial!.Tried, started.Trial.Passed.Count, started.Problem));
        Assert.Equal((ReplayState.Done, 7, "5 tried before, and all pass the mapping"), (done.State, done.Delivered, done.Reason));
        var over = await GroupAsync(world);
        Assert.Equal((GroupState.Resolved, 2, "Fixed in mapping v2: 7 letters were delivered, none is left"), (over.State, over.ResolvedVersion, over.StateReason));
    }

    [Fact]
    public async Task Letters_that_would_fail_again_are_not_sent_and_it_is_said_why()
    {
        await using var world = await ReplayWorld.WithLettersAsync(7);
        await world.PublishNamesUpToAsync(3);

        var started = await world.World.Console.Get<ProvenReplay>().StartAsync(world.World.Tenant, (await GroupAsync(world)).Id, TestConsole.Somebody, default);

        Assert.Equal((null, "5 of the 5 that were tried would fail again. Nothing was sent."), (started.ReplayId, started.Problem));
        Assert.Equal("name", started.Trial!.Causes.Single().Field);
        Assert.Empty(world.World.System.Arrivals);
    }

    [Fact]
    public async Task What_was_delivered_in_the_same_version_is_over_and_not_called_a_fix()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));

        await world.World.Console.Get<GroupKeeper>().LookAsync(default);

        var over = await GroupAsync(world);
        Assert.Equal((GroupState.Resolved, null, "1 letter was delivered, none is left"), (over.State, over.ResolvedVersion, over.StateReason));
    }

    [Fact]
    public async Task A_group_that_somebody_opens_again_stays_open_until_more_is_delivered()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        var keeper = world.World.Console.Get<GroupKeeper>();
        await keeper.LookAsync(default);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.World.Console.Get<GroupDecisions>().ReopenAsync(world.World.Tenant, (await GroupAsync(world)).Id, TestConsole.Somebody, default);

        await keeper.LookAsync(default);

        Assert.Equal(GroupState.Open, (await GroupAsync(world)).State);
    }

    [Fact]
    public async Task Another_tenant_has_nothing_to_replay()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        var other = await world.World.Console.GivenATenantAsync();

        var started = await world.World.Console.Get<ProvenReplay>().StartAsync(other, (await GroupAsync(world)).Id, TestConsole.Somebody, default);

        Assert.Equal((null, "None of them waits any more."), (started.ReplayId, started.Problem));
    }

    private static async Task<FailureGroup> GroupAsync(ReplayWorld world) =>
        (await world.World.Console.Get<FailureGroupStore>().ListAsync(world.World.Tenant, new GroupFilter(AnyState: true), 10, default)).Single();
}
