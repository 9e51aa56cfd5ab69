using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Replaying_by_rule
{
    [Fact]
    public async Task Nothing_is_replayed_by_itself_until_somebody_says_so()
    {
        await using var world = await GivenTransientLettersAsync();

        world.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Empty(await LookAsync(world));
    }

    [Fact]
    public async Task Letters_of_a_chosen_cause_go_when_their_time_has_come_and_the_circuit_is_closed()
    {
        await using var world = await GivenTransientLettersAsync();
        await SetAsync(world);
        var circuits = world.World.Console.Get<CircuitStore>();

        var early = await LookAsync(world);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await circuits.IsolateAsync(world.World.Tenant, world.World.Sync.DestinationConnectionId, "vendor asked", null, TestConsole.Somebody, default);
        var isolated = await LookAsync(world);
        await circuits.CloseAsync(world.World.Tenant, world.World.Sync.DestinationConnectionId, TestConsole.Somebody, default);
        var begun = await LookAsync(world);
        var again = await LookAsync(world);

        Assert.Empty(early);
        Assert.Empty(isolated);
        Assert.Empty(again);
        var replay = await world.FindAsync(begun.Single());
        Assert.Equal((true, "the replay rule", 12, true), (replay.IsPolicy, replay.RequestedBy, replay.Total, replay.Options.IsStaged));
    }

    [Fact]
    public async Task After_three_rounds_they_wait_for_a_person()
    {
        await using var world = await GivenTransientLettersAsync();
        await SetAsync(world);
        var rounds = 0;

        foreach (var pause in new[] { 5, 15, 60, 600, 6_000 })
        {
            world.Clock.Advance(TimeSpan.FromMinutes(pause));
            foreach (var id in await LookAsync(world))
            {
                rounds++;
                await world.Controls.CancelAsync(world.World.Tenant, id, TestConsole.Somebody, default);
            }
        }

        var policy = await world.World.Console.Get<ReplayPolicies>().FindAsync(world.World.Tenant, world.World.Sync.Id, default);
        Assert.Equal(3, rounds);
        Assert.Equal((0, 12), (policy.Next, policy.Spent));
    }

    [Fact]
    public async Task One_that_stops_by_itself_gives_its_letters_back_for_the_next_round()
    {
        await using var world = await GivenTransientLettersAsync();
        await SetAsync(world);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        var id = (await LookAsync(world)).Single();
        world.Refuse(_ => true);

        var stopped = await world.MoveAsync(id);
        await LookAsync(world);
        var cancelled = await world.FindAsync(id);

        Assert.Equal(ReplayState.Stopped, stopped.State);
        Assert.Equal((ReplayState.Cancelled, 0), (cancelled.State, cancelled.Left));
        Assert.Equal(12, (await world.World.LettersAsync(IntegrationConsole.DeadLetters.LetterState.Waiting)).Count);
    }

    private static async Task<ReplayWorld> GivenTransientLettersAsync()
    {
        var world = await ReplayWorld.WithLettersAsync(12);

        // Where the destination is down as a whole the run waits; letters of this cause are those of single calls.
        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        await session.RunAsync("update dead_letter set cause = 'TargetDown', outcome = 'Failed' where tenant_id = @tenant", new { tenant = world.World.Tenant }, default);
        await session.CommitAsync(default);
        return world;
    }

    private static Task SetAsync(ReplayWorld world) =>
        world.World.Console.Get<ReplayPolicies>().SetAsync(world.World.Tenant, world.World.Sync.Id, [FailureCause.TargetDown], TestConsole.Somebody, default);

    private static async Task<IReadOnlyList<Guid>> LookAsync(ReplayWorld world)
    {
        var console = world.World.Console;
        var rule = new AutoReplay(console.Database, world.Replays, world.Controls, world.Clock);
        return await rule.LookAsync(default);
    }
}
