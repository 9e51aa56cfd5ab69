using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Trying_rules_on_what_was
{
    [Fact]
    public async Task It_lists_when_a_rule_would_have_fired_and_for_how_long()
    {
        await using var world = await AlertWorld.StartAsync();
        var start = world.Clock.GetUtcNow();
        await world.GivenSyncAsync(HealthState.Failing, reason: "The first.");
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.GivenSyncAsync(HealthState.Healthy);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.GivenSyncAsync(HealthState.Failing, HealthDimension.Freshness, "Late.");
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.GivenSyncAsync(HealthState.Failing, reason: "The second.");
        await world.GivenSyncAsync(HealthState.Healthy);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.GivenSyncAsync(HealthState.Failing, reason: "The third.");
        world.Clock.Advance(TimeSpan.FromMinutes(10));

        var fired = await RunAsync(world, rule => rule);

        Assert.Equal(["The third.", "The first."], fired.Select(one => one.Reason));
        Assert.Equal((start, start.AddMinutes(20)), (fired[1].From, fired[1].To));
        Assert.Null(fired[0].To);
        Assert.Equal("Orders 1", fired[0].ObjectName);
    }

    [Fact]
    public async Task A_rule_that_waits_longer_would_have_fired_less_often()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.GivenSyncAsync(HealthState.Healthy);
        world.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Single(await RunAsync(world, rule => rule with { AfterMinutes = 20 }));
        Assert.Empty(await RunAsync(world, rule => rule with { AfterMinutes = 21 }));
    }

    [Fact]
    public async Task What_was_only_degraded_counts_for_a_rule_that_fires_early()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Degraded);
        world.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Empty(await RunAsync(world, rule => rule));
        Assert.Single(await RunAsync(world, rule => rule with { State = HealthState.Degraded }));
    }

    [Fact]
    public async Task Calls_that_waited_for_their_budget_and_connections_that_could_not_be_told_are_found()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenConnectionAsync(HealthState.Failing, HealthDimension.Budget, "Its calls wait.");
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.GivenConnectionAsync(HealthState.Unknown, HealthDimension.Connectivity, "Not probed.");
        world.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal("Its calls wait.", Assert.Single(await RunAsync(world, rule => rule, "budget")).Reason);
        Assert.Equal("Not probed.", Assert.Single(await RunAsync(world, rule => rule, "cannot-tell-connection")).Reason);
    }

    private static async Task<IReadOnlyList<WouldHaveFired>> RunAsync(AlertWorld world, Func<AlertRule, AlertRule> change, string template = "runs")
    {
        var rule = (await world.Console.Get<RuleStore>().ListAsync(world.Tenant, default)).Single(rule => rule.Template.Key == template);
        return await world.Console.Get<BackTest>().RunAsync(world.Tenant, change(rule), default);
    }
}
