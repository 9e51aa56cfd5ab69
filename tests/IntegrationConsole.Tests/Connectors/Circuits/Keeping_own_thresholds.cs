using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Circuits;

public sealed class Keeping_own_thresholds
{
    [Fact]
    public async Task A_connection_with_thresholds_of_its_own_opens_by_them_on_every_node()
    {
        await using var world = await CircuitWorld.StartAsync();
        var heard = world.Other.NextChangeAsync(CircuitStore.Topic);
        await world.Circuits.ChangeThresholdsAsync(
            world.Tenant, world.Connection, new CircuitOptions { FailuresInARow = 2, FirstBreak = TimeSpan.FromMinutes(4) }, TestConsole.Somebody, default);
        await heard;
        world.GoDown();

        Assert.Null((await world.CallAsync(world.Other))?.Hold);
        world.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Null((await world.CallAsync(world.Other))?.Hold);

        var circuit = await world.FindAsync();
        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.Equal(TimeSpan.FromMinutes(4), circuit.ProbeAt - circuit.Since);
    }

    [Fact]
    public async Task What_a_node_saw_before_it_opened_is_kept_beside_what_the_other_saw()
    {
        await using var world = await CircuitWorld.StartAsync();
        for (var call = 0; call < 12; call++)
        {
            Assert.Null(await world.CallAsync(world.Other));
        }

        var heard = world.Other.NextChangeAsync(CircuitStore.Topic);
        await world.OpenAsync();
        await heard;
        var first = await world.Circuits.ListNodesAsync(world.Tenant, default);

        // Both nodes of this test have one name: what the other one says takes the place of what the first one said.
        Assert.NotNull((await world.CallAsync(world.Other))?.Hold);
        var second = await world.Circuits.ListNodesAsync(world.Tenant, default);

        Assert.Equal((5, 5), (first.Single().Calls, first.Single().Failures));
        Assert.Contains("503", first.Single().LastFailure);
        Assert.Equal((12, 0, ""), (second.Single().Calls, second.Single().Failures, second.Single().LastFailure));
    }

    [Theory]
    [InlineData(12, 0, true)]
    [InlineData(12, 1, true)]
    [InlineData(12, 6, false)]
    [InlineData(0, 0, false)]
    public void Nodes_disagree_only_where_one_is_answered_well(int calls, int failures, bool disagree)
    {
        CircuitNode[] nodes = [Seen("b", 5, 5), Seen("a", calls, failures)];

        Assert.Equal(disagree, CircuitNodes.Disagreement(nodes) is { } words && words.StartsWith("Nodes disagree: b meets failures, a does not.", StringComparison.Ordinal));
    }

    [Fact]
    public void Thresholds_outside_of_what_is_possible_are_named()
    {
        var problems = CircuitThresholds.Check(new CircuitOptions { FailureShare = 2, FirstBreak = TimeSpan.FromMinutes(5), LongestBreak = TimeSpan.FromMinutes(1) });

        Assert.Equal([nameof(CircuitOptions.FailureShare), nameof(CircuitOptions.LongestBreak)], problems.Keys.Order());
    }

    private static CircuitNode Seen(string node, int calls, int failures) => new(new TenantId(Guid.Empty), Guid.Empty, node, default, calls, failures, "");
}
