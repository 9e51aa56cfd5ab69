using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Asking_from_a_list
{
    [Fact]
    public async Task Twenty_letters_go_as_they_are_and_more_go_in_stages_for_a_reason()
    {
        await using var world = await ReplayWorld.WithLettersAsync(21);
        var twenty = (await world.World.LettersAsync()).Take(20).Select(letter => letter.Id).ToList();

        var few = await ForeseeAsync(world, ReplayWorld.All with { Ids = twenty });
        var more = await ForeseeAsync(world, ReplayWorld.All);

        Assert.Equal((20, false, new ReplayOptions()), (few.Letters, few.NeedsReason, few.Options));
        Assert.Equal((21, true, ReplayOptions.Standard), (more.Letters, more.NeedsReason, more.Options));
        Assert.True(more.Options is { IsStaged: true, StopPercent: > 0, StopsOnSame: true, Pace: > 0, BudgetShare: < 100 });
    }

    [Fact]
    public async Task Letters_of_several_groups_are_counted_together()
    {
        await using var world = await ReplayWorld.WithLettersAsync(24);
        var letters = (await world.World.LettersAsync()).Select(letter => letter.Id).ToList();

        var both = await ForeseeAsync(world, ReplayWorld.All with { Ids = letters[..12] }, ReplayWorld.All with { Ids = letters[12..] });

        Assert.Equal((24, true), (both.Letters, both.Options.IsStaged));
    }

    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "1001")]
    public void Above_a_thousand_their_number_is_typed(int letters, string typed) =>
        Assert.Equal(typed, new ForeseenReplay(default, letters, true, []).TypeToConfirm);

    [Fact]
    public async Task Behind_an_open_circuit_it_begins_when_that_is_closed()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await IsolateAsync(world, null);

        var foreseen = await ForeseeAsync(world, ReplayWorld.All);
        var id = await world.StartAsync(foreseen.Options);
        var before = await world.MoveAsync(id);
        await world.World.Console.Get<CircuitStore>().CloseAsync(world.World.Tenant, world.World.Sync.DestinationConnectionId, TestConsole.Somebody, default);
        var after = await world.MoveAsync(id);

        Assert.Equal(("fake", ReplayStart.CircuitsClosed), (foreseen.OpenCircuits.Single(), foreseen.Options.Start));
        Assert.Equal((ReplayState.Waiting, ReplayState.Done), (before.State, after.State));
        Assert.Empty((await ForeseeAsync(world, ReplayWorld.All)).OpenCircuits);
    }

    [Fact]
    public async Task Where_a_probe_is_due_and_nobody_else_calls_its_first_letter_is_the_probe()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await IsolateAsync(world, world.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.CircuitsClosed });

        world.Clock.Advance(TimeSpan.FromSeconds(89));
        await world.KeepAsync();
        var before = await world.FindAsync(id);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.KeepAsync();

        Assert.Equal((ReplayState.Waiting, ReplayState.Running), (before.State, (await world.FindAsync(id)).State));
    }

    [Theory]
    [InlineData(20, ReplayMapping.Published, false)]
    [InlineData(21, ReplayMapping.Published, true)]
    [InlineData(21, ReplayMapping.Chosen, true)]
    [InlineData(21, ReplayMapping.Original, false)]
    public void Many_letters_that_go_with_another_mapping_are_tried_before(int letters, ReplayMapping mapping, bool isTried) =>
        Assert.Equal(isTried, new ReplayOptions { Mapping = mapping }.IsTriedBefore(letters));

    private static async Task IsolateAsync(ReplayWorld world, DateTimeOffset? until) => await world.World.Console.Get<CircuitStore>().IsolateAsync(
        world.World.Tenant, world.World.Sync.DestinationConnectionId, "The vendor asked", until, TestConsole.Somebody, default);

    private static Task<ForeseenReplay> ForeseeAsync(ReplayWorld world, params ReplaySelection[] selections) =>
        world.World.Console.Get<SecondPerson>().ForeseeReplayAsync(world.World.Tenant, selections, 0, default);
}
