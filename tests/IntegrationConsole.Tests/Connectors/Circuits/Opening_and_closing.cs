using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Circuits;

public sealed class Opening_and_closing
{
    [Fact]
    public async Task What_one_node_found_keeps_the_other_from_calling()
    {
        await using var world = await CircuitWorld.StartAsync();
        Assert.Equal("503", (await OneFailureAsync(world))?.Code);
        var heard = world.Other.NextChangeAsync(CircuitStore.Topic);

        await world.OpenAsync();
        await heard;
        var seen = world.Seen;
        var (here, there) = (await world.CallAsync(world.One), await world.CallAsync(world.Other));

        Assert.Equal(seen, world.Seen);
        Assert.Equal((world.Connection, CircuitState.Open), (here?.Hold?.Connection, (await world.FindAsync()).State));
        Assert.Equal(here?.Hold, there?.Hold);
        Assert.Contains("5 calls failed in a row", (await world.FindAsync()).Reason);
    }

    [Fact]
    public async Task When_the_break_is_over_one_call_of_all_nodes_is_the_probe()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync(await TestConsole.StartAsync(world.Clock, beside: world.One));
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        var seen = world.Seen;
        world.Server.Faults.Clear();
        var (ended, others) = (0, new TaskCompletionSource());
        world.Server.Faults.Add(new Fault("/api", FaultKind.Late) { Behind = others.Task.WaitAsync(TimeSpan.FromSeconds(60)) });

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async index =>
        {
            var answer = await world.CallAsync(index % 2 == 0 ? world.One : world.Other);
            if (Interlocked.Increment(ref ended) == 19)
            {
                others.SetResult();
            }

            return answer;
        }));

        Assert.Equal(1, answers.Count(answer => answer is null));
        Assert.Equal(19, answers.Count(answer => answer?.Hold is not null));
        Assert.Equal(seen + 1, world.Seen);
        Assert.Equal(CircuitState.Closed, (await world.FindAsync()).State);
    }

    [Fact]
    public async Task A_probe_that_fails_makes_the_next_break_longer_and_one_that_succeeds_closes()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        var breaks = new List<TimeSpan>();
        for (var probe = 0; probe < 7; probe++)
        {
            var circuit = await world.FindAsync();
            breaks.Add(circuit.ProbeAt!.Value - world.Clock.GetUtcNow());
            world.Clock.Advance(breaks[^1] + TimeSpan.FromSeconds(1));
            Assert.Equal("503", (await world.CallAsync(world.Other))?.Code);
        }

        world.Server.Faults.Clear();
        world.Clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], breaks.Select(length => Math.Round(length.TotalSeconds / 10) * 10));
        Assert.Null(await world.CallAsync(world.One));
        Assert.Null(await world.CallAsync(world.One));
        Assert.Equal((CircuitState.Closed, "The probe succeeded."), ((await world.FindAsync()).State, (await world.FindAsync()).Reason));
    }

    [Fact]
    public async Task A_probe_whose_node_died_is_made_by_another()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.NotNull(await world.Circuits.ClaimAsync(world.Tenant, world.Connection, byHand: false, null, default));
        world.Server.Faults.Clear();

        var during = await world.CallAsync(world.Other);
        world.Clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));

        Assert.NotNull(during?.Hold);
        Assert.Null(await world.CallAsync(world.Other));
        Assert.Equal(CircuitState.Closed, (await world.FindAsync()).State);
    }

    [Fact]
    public async Task Isolated_by_hand_it_stays_so_over_restarts_until_somebody_closes_it()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.Circuits.IsolateAsync(world.Tenant, world.Connection, "vendor asked", null, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromDays(3));

        await using var restarted = await TestConsole.StartAsync(world.Clock, beside: world.One);
        var held = await world.CallAsync(restarted);
        await world.Circuits.CloseAsync(world.Tenant, world.Connection, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(new Hold(world.Connection, null), held?.Hold);
        Assert.Null(await world.CallAsync(restarted));
        Assert.Equal(1, world.Seen);
    }

    [Fact]
    public async Task Isolated_until_a_moment_the_first_call_after_it_is_the_probe()
    {
        await using var world = await CircuitWorld.StartAsync();
        var until = world.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        await world.Circuits.IsolateAsync(world.Tenant, world.Connection, "night shift", until, TestConsole.Somebody, default);

        var held = await world.CallAsync(world.One);
        world.Clock.Advance(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1));

        Assert.Equal(until, held?.Hold?.Until);
        Assert.Null(await world.CallAsync(world.One));
        Assert.Equal(CircuitState.Closed, (await world.FindAsync()).State);
    }

    [Fact]
    public async Task A_test_by_a_person_passes_by_and_changes_nothing()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        var seen = world.Seen;
        world.Server.Faults.Clear();

        var connection = (await world.One.Get<ConnectionStore>().FindAsync(world.Tenant, world.Connection, default))!;
        var report = await world.One.Get<ConnectionOpener>().TestAsync(
            world.Tenant, world.Connection, new ConnectionDraft(connection.Name, connection.Kind, connection.Settings, null), TestConsole.Somebody, default);

        Assert.True(report.Passed);
        Assert.Equal(seen + 1, world.Seen);
        Assert.Equal(CircuitState.Open, (await world.FindAsync()).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Probe_now_decides_before_the_break_is_over(bool isUp)
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        if (isUp)
        {
            world.Server.Faults.Clear();
        }

        var words = await world.Other.Get<CircuitProbe>().TryAsync(world.Tenant, world.Connection, TestConsole.Somebody, default);
        var circuit = await world.FindAsync();

        Assert.Contains(isUp ? "The probe succeeded" : "The probe failed", words);
        Assert.Equal(isUp ? (CircuitState.Closed, TestConsole.Somebody.Name) : (CircuitState.Open, Circuit.Automatic), (circuit.State, circuit.Actor));
        Assert.Equal(isUp ? 1 : 2, circuit.Breaks);
    }

    [Theory]
    [InlineData(404, CircuitState.Closed)]
    [InlineData(502, CircuitState.Open)]
    [InlineData(401, CircuitState.Open)]
    public async Task A_system_that_only_does_not_know_what_the_probe_asks_for_is_there(int status, CircuitState state)
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        world.Server.Faults.Clear();
        world.Server.Faults.Add(new Fault("/api", FaultKind.Status) { Status = status });

        await world.Other.Get<CircuitProbe>().TryAsync(world.Tenant, world.Connection, TestConsole.Somebody, default);

        Assert.Equal(state, (await world.FindAsync()).State);
    }

    [Fact]
    public async Task Changing_the_connection_makes_the_next_call_the_probe()
    {
        await using var world = await CircuitWorld.StartAsync();
        await world.OpenAsync();
        world.Server.Faults.Clear();
        Assert.NotNull((await world.CallAsync(world.One))?.Hold);
        var heard = world.One.NextChangeAsync(CircuitStore.Topic);

        var connections = world.One.Get<ConnectionStore>();
        var now = (await connections.FindAsync(world.Tenant, world.Connection, default))!;
        await connections.UpdateAsync(world.Tenant, world.Connection, now.Version, new ConnectionDraft("erp 2", now.Kind, now.Settings, null), TestConsole.Somebody, default);
        await heard;

        Assert.Null(await world.CallAsync(world.One));
    }

    /// <summary>A single failure opens nothing.</summary>
    private static async Task<Failure?> OneFailureAsync(CircuitWorld world)
    {
        world.GoDown();
        var failure = await world.CallAsync(world.Other);
        world.Server.Faults.Clear();
        Assert.Null(await world.CallAsync(world.Other));
        return failure;
    }
}
