using System.Text.Json.Nodes;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Tests.Connectors.Circuits;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Budgets;

public sealed class Holding_backfills_to_a_share
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Two_nodes_together_get_no_more_than_their_share()
    {
        await using var world = await CircuitWorld.StartAsync(new JsonObject { ["callsPerMinute"] = 600 });
        Assert.Null(await world.CallAsync(world.One));
        var (here, there) = (world.One.Get<CallShares>(), world.Other.Get<CallShares>());
        Assert.True(await here.ApplyAsync(world.Tenant, world.Connection, 30, 60, null, TestConsole.Somebody, default));

        var moment = world.Clock.GetUtcNow();
        var calls = 0;
        for (CallLease? lease; (lease = await (calls % 2 == 0 ? here : there).LeaseAsync(world.Tenant, world.Connection, 64, moment, default))!.From < moment + TimeSpan.FromMinutes(1); calls += lease.Count)
        {
        }

        Assert.InRange(calls, 178, 183);
    }

    [Fact]
    public async Task Where_nothing_limits_the_calls_the_share_is_of_what_is_usual()
    {
        await using var world = await CircuitWorld.StartAsync();
        var shares = world.One.Get<CallShares>();
        await shares.ApplyAsync(world.Tenant, world.Connection, 50, 120, null, TestConsole.Somebody, default);

        var lease = await shares.LeaseAsync(world.Tenant, world.Connection, 64, world.Clock.GetUtcNow(), default);

        Assert.Equal(TimeSpan.FromSeconds(1), lease?.Spacing);
    }

    [Fact]
    public async Task A_share_that_is_over_or_ended_holds_nobody()
    {
        await using var world = await CircuitWorld.StartAsync();
        var shares = world.One.Get<CallShares>();
        await shares.ApplyAsync(world.Tenant, world.Connection, 30, 60, world.Clock.GetUtcNow() + TimeSpan.FromHours(1), TestConsole.Somebody, default);
        Assert.Single(await shares.ListAsync(world.Tenant, default));

        Assert.Null(await shares.LeaseAsync(world.Tenant, world.Connection, 64, world.Clock.GetUtcNow() + TimeSpan.FromHours(2), default));
        Assert.True(await shares.EndAsync(world.Tenant, world.Connection, TestConsole.Somebody, default));
        Assert.Null(await shares.LeaseAsync(world.Tenant, world.Connection, 64, world.Clock.GetUtcNow(), default));
        Assert.False(await shares.EndAsync(world.Tenant, world.Connection, TestConsole.Somebody, default));
    }

    [Theory]
    [InlineData(100, 10, 40, 9 * 60, "12:06")]
    [InlineData(100, 10, 40, 5, null)]
    [InlineData(100, 0, 40, 9 * 60, null)]
    [InlineData(100, 10, 100, 9 * 60, "12:00")]
    public void A_budget_runs_out_at_its_pace_unless_there_is_more_before(int limit, double perMinute, int used, int resetsInMinutes, string? runsOut)
    {
        var budget = CallBudget.Fresh(new TenantId(Guid.Empty), Guid.Empty, Now) with { ToldLimit = limit, ToldRemaining = limit - used, ToldResetAt = Now.AddMinutes(resetsInMinutes) };

        Assert.Equal(runsOut, BudgetForecast.Of(budget, perMinute, Now)!.RunsOutAt?.ToString("HH:mm"));
    }

    [Fact]
    public void A_pace_has_no_forecast() =>
        Assert.Null(BudgetForecast.Of(CallBudget.Fresh(new TenantId(Guid.Empty), Guid.Empty, Now) with { PerSecond = 10 }, 5, Now));
}
