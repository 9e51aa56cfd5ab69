using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants.Maintenance;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Sync;

public sealed class Holding_runs_in_maintenance
{
    [Theory]
    [InlineData(MaintenanceScope.Tenant)]
    [InlineData(MaintenanceScope.Connection)]
    [InlineData(MaintenanceScope.Integration)]
    public async Task A_run_that_falls_due_waits_and_says_why(MaintenanceScope scope)
    {
        await using var health = await HealthWorld.StartAsync();
        await PlanAsync(health, scope, minutes: 120);
        var run = (await health.World.RequestAsync()).RunId!.Value;

        var claimed = await health.World.ClaimAsync(run);
        var waiting = await health.World.FindAsync(run);

        Assert.Null(claimed);
        Assert.Equal(RunState.Queued, waiting.State);
        Assert.Equal($"Waits for the maintenance{(scope is MaintenanceScope.Connection ? " of fake" : "")} to end at 2 Mar 11:00, planned by somebody@example.com: vendor update. It then runs once.", waiting.Reason);
    }

    [Fact]
    public async Task However_often_the_schedule_came_round_one_run_catches_up()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(3);
        await PlanAsync(health, MaintenanceScope.Connection, minutes: 120);
        for (var time = 0; time < 3; time++)
        {
            await health.World.Console.Get<RunQueue>().FallDueAsync(health.World.Tenant, health.World.Sync.Id, default);
            var queued = Assert.Single(await RunsAsync(health));
            Assert.Null(await health.World.ClaimAsync(queued.Id));
            health.Clock.Advance(TimeSpan.FromMinutes(30));
        }

        health.Clock.Advance(TimeSpan.FromMinutes(31));
        var run = Assert.Single(await RunsAsync(health));
        var moved = await health.World.MoveAsync(run.Id);
        var time1 = Assert.Single(await TimesAsync(health));

        Assert.Equal(RunState.Succeeded, moved.State);
        Assert.Equal(1, time1.RunsHeld);
        Assert.Equal(3, health.World.System.Held.Count);
    }

    [Fact]
    public async Task Runs_go_on_when_the_maintenance_is_ended_before_its_time()
    {
        await using var health = await HealthWorld.StartAsync();
        var window = await PlanAsync(health, MaintenanceScope.Connection, minutes: 120);
        var run = (await health.World.RequestAsync()).RunId!.Value;
        await health.World.ClaimAsync(run);
        health.Clock.Advance(TimeSpan.FromMinutes(10));

        await health.World.Console.Get<MaintenanceStore>().EndAsync(health.World.Tenant, window, TestConsole.Somebody, default);
        await RecoverAsync(health);

        Assert.NotNull(await health.World.ClaimAsync(run));
    }

    [Fact]
    public async Task A_maintenance_that_only_masks_holds_no_run()
    {
        await using var health = await HealthWorld.StartAsync();
        await PlanAsync(health, MaintenanceScope.Connection, minutes: 120, holds: false);

        Assert.NotNull(await health.World.ClaimAsync((await health.World.RequestAsync()).RunId!.Value));
    }

    [Fact]
    public async Task Health_says_maintenance_and_what_would_be_wrong_otherwise()
    {
        await using var health = await HealthWorld.StartAsync();
        await health.GivenCallsAsync(health.Clock.GetUtcNow(), calls: 20, failures: 20);
        await PlanAsync(health, MaintenanceScope.Connection, minutes: 120);

        await health.LookAsync();
        var connection = await health.FindConnectionAsync();

        Assert.Equal(HealthState.Maintenance, connection.State);
        Assert.Equal("Maintenance until 11:00 (Europe/Berlin), planned by somebody@example.com: vendor update. Runs wait for its end. It would be failing otherwise.", connection.Reason);
        Assert.Equal(HealthState.Maintenance, (await health.LookAsync()).State);
    }

    [Fact]
    public async Task After_its_end_trouble_is_put_down_to_it_for_the_grace_and_no_longer()
    {
        await using var health = await HealthWorld.StartAsync();
        await PlanAsync(health, MaintenanceScope.Connection, minutes: 60);
        health.Clock.Advance(TimeSpan.FromMinutes(61));
        await health.GivenCallsAsync(health.Clock.GetUtcNow(), calls: 20, failures: 20);
        await health.LookAsync();
        var grace = await health.FindConnectionAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(15));
        await health.GivenCallsAsync(health.Clock.GetUtcNow(), calls: 20, failures: 20);

        await health.LookAsync();

        Assert.Equal((HealthState.Maintenance, HealthState.Failing), (grace.State, (await health.FindConnectionAsync()).State));
    }

    [Fact]
    public async Task Time_in_which_runs_were_held_does_not_make_them_late()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 30));
        health.World.GivenRecords(1);
        await health.World.RunAsync();
        await health.LookAsync();
        await PlanAsync(health, MaintenanceScope.Connection, minutes: 180);
        health.Clock.Advance(TimeSpan.FromMinutes(170));
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(26));

        Assert.Equal(HealthState.Healthy, (await health.LookAsync()).State);
    }

    private static Task<Guid> PlanAsync(HealthWorld health, MaintenanceScope scope, int minutes, bool holds = true)
    {
        Guid? of = scope switch { MaintenanceScope.Tenant => null, MaintenanceScope.Connection => health.World.Sync.SourceConnectionId, _ => health.World.Sync.Id };
        var draft = new MaintenanceDraft(scope, of, "vendor update", holds, new Recurrence(Repeats.Once, new DateOnly(2026, 3, 2), new TimeOnly(9, 0), minutes, []), 15);
        return health.World.Console.Get<MaintenanceStore>().PlanAsync(health.World.Tenant, draft, TestConsole.Somebody, default);
    }

    private static async Task<IReadOnlyList<Run>> RunsAsync(HealthWorld health) =>
        [.. (await health.World.Console.Get<RunStore>().ListAsync(health.World.Tenant, new RunFilter(), null, 10, default)).Items.Where(run => run.State is RunState.Queued)];

    private static Task<IReadOnlyList<MaintenanceTime>> TimesAsync(HealthWorld health) =>
        health.World.Console.Get<MaintenanceStore>().ListTimesAsync(health.World.Tenant, health.Clock.GetUtcNow().AddDays(-1), health.Clock.GetUtcNow().AddDays(1), default);

    private static Task<int> RecoverAsync(HealthWorld health) => new RunRecovery(
        health.World.Console.Database, health.World.Console.Get<ClaimedRuns>(), Options.Create(new DatabaseOptions()), health.Clock, NullLogger<RunRecovery>.Instance).RecoverAsync(false, default);
}
