using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants.Maintenance;
using IntegrationConsole.Tests.Support;
using Finding = IntegrationConsole.Health.Verdicts.Finding;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Summing_maintenance_up
{
    [Fact]
    public async Task After_the_grace_it_is_told_once_what_was_held_back_and_what_is_wrong_now()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        var draft = new MaintenanceDraft(
            MaintenanceScope.Connection, world.Connection, "vendor update", true, new Recurrence(Repeats.Once, new DateOnly(2026, 3, 2), new TimeOnly(9, 0), 60, []), 15);
        await world.Console.Get<MaintenanceStore>().PlanAsync(world.Tenant, draft, TestConsole.Somebody, default);
        await world.GivenAsync(
            ObjectKind.Sync, world.Sync, HealthState.Maintenance, new Finding(HealthDimension.Maintenance, HealthState.Maintenance, "Planned.", true, Evidence.None),
            new Finding(HealthDimension.Runs, HealthState.Failing, "The last run failed.", false, Evidence.None));
        await world.LookAsync(4);
        await world.LookAfterAsync(TimeSpan.FromMinutes(70));
        var grace = await world.HeardAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAfterAsync(TimeSpan.FromMinutes(5));
        await world.LookAsync(2);

        var time = Assert.Single(await world.Console.Get<MaintenanceStore>().ListTimesAsync(world.Tenant, world.Clock.GetUtcNow().AddDays(-1), world.Clock.GetUtcNow(), default));
        Assert.Empty(grace);
        Assert.Equal("It took 60 minutes. No run waited for its end, and 1 alert was held back. 1 alert fires now.", time.Summary);
        Assert.Equal(["alert: Runs fail: integration Orders 1", "maintenance: Maintenance over: vendor update"], (await world.HeardAsync("team")).Order());
    }
}
