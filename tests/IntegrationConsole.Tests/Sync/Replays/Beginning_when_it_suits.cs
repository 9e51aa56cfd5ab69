using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Maintenance;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Beginning_when_it_suits
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(MaintenanceScope.Tenant)]
    [InlineData(MaintenanceScope.Connection)]
    [InlineData(MaintenanceScope.Integration)]
    public async Task After_the_maintenance_it_begins_by_itself(MaintenanceScope scope)
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await PlanAsync(world, scope, world.Clock.GetUtcNow() - Hour, hours: 2);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.MaintenanceOver });
        var before = await world.MoveAsync(id);
        world.Clock.Advance(Hour);
        var after = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Waiting, 0), (before.State, before.Delivered));
        Assert.Equal((ReplayState.Done, 3), (after.State, after.Delivered));
    }

    [Fact]
    public async Task Where_no_maintenance_is_it_begins_at_once_whatever_is_planned()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await PlanAsync(world, MaintenanceScope.Connection, world.Clock.GetUtcNow() + Hour, hours: 2);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.MaintenanceOver });

        Assert.Equal(ReplayState.Done, (await world.MoveAsync(id)).State);
    }

    [Fact]
    public async Task When_the_budget_resets_it_begins_though_the_next_period_is_told_by_then()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await TellAsync(world, resetIn: Hour);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.BudgetResets });
        var before = await world.MoveAsync(id);
        world.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        var still = await world.MoveAsync(id);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await TellAsync(world, resetIn: Hour);
        var after = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Waiting, ReplayState.Waiting), (before.State, still.State));
        Assert.NotNull(before.Options.StartAt);
        Assert.Equal((ReplayState.Done, 3), (after.State, after.Delivered));
    }

    [Fact]
    public async Task Where_nothing_limits_the_calls_it_begins_at_once()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.BudgetResets });

        Assert.Equal(ReplayState.Done, (await world.MoveAsync(id)).State);
    }

    [Fact]
    public async Task What_is_looked_at_before_names_the_maintenance()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var none = await CheckAsync(world, new ReplayOptions());
        await PlanAsync(world, MaintenanceScope.Connection, world.Clock.GetUtcNow() + Hour, hours: 2);
        var planned = await CheckAsync(world, new ReplayOptions());
        world.Clock.Advance(Hour + Hour);

        var open = await CheckAsync(world, new ReplayOptions { Start = ReplayStart.MaintenanceOver });

        Assert.Equal((CheckResult.Good, "None holds these letters now, and none begins in the next 8 hours."), (none.Result, none.Sentence));
        Assert.Equal(CheckResult.Warning, planned.Result);
        Assert.StartsWith("The maintenance of fake, planned by somebody@example.com (vendor update), begins at ", planned.Sentence);
        Assert.Equal(CheckResult.Warning, open.Result);
        Assert.EndsWith("The replay begins when it is over.", open.Sentence);
    }

    private static Task<Guid> PlanAsync(ReplayWorld world, MaintenanceScope scope, DateTimeOffset from, int hours)
    {
        Guid? of = scope switch { MaintenanceScope.Tenant => null, MaintenanceScope.Connection => world.World.Sync.DestinationConnectionId, _ => world.World.Sync.Id };
        var begin = TimeZoneInfo.ConvertTime(from, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var times = new Recurrence(Repeats.Once, DateOnly.FromDateTime(begin.DateTime), new TimeOnly(begin.Hour, begin.Minute), hours * 60, []);
        return world.World.Console.Get<MaintenanceStore>().PlanAsync(world.World.Tenant, new MaintenanceDraft(scope, of, "vendor update", true, times, 15), TestConsole.Somebody, default);
    }

    private static Task<CallBudget?> TellAsync(ReplayWorld world, TimeSpan resetIn) => world.World.Console.Get<BudgetStore>().HearAsync(
        world.World.Tenant, world.World.Sync.DestinationConnectionId, new ToldLimit(1_000, 10, world.Clock.GetUtcNow() + resetIn), default);

    private static async Task<ReplayCheck> CheckAsync(ReplayWorld world, ReplayOptions options)
    {
        var (console, tenant) = (world.World.Console, world.World.Tenant);
        var count = await console.Get<SelectedLetters>().CountAsync(tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }, default);
        var found = await console.Get<ReplayChecks>().CheckAsync((await console.Get<TenantStore>().FindAsync(tenant, default))!, count, options, false, default);
        return found.Single(check => check.Name == "Maintenance");
    }
}
