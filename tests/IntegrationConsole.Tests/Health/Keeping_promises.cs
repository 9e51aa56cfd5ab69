using IntegrationConsole.Access;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Health;

public sealed class Keeping_promises
{
    private static readonly Objective Promised = Objective.None with { Delivery = 0.9, Freshness = 0.9 };

    [Fact]
    public async Task Records_that_fail_use_up_what_is_allowed()
    {
        await using var health = await HealthWorld.StartAsync();
        await PromiseAsync(health);
        health.World.GivenRecords(200);
        for (var bad = 0; bad < 10; bad++)
        {
            health.World.System.Records[bad] = $$"""{"id":"bad{{bad}}","name":"bad"}""";
        }

        await health.World.RunAsync();
        var errors = (await health.LookAsync()).Findings.Single(finding => finding.Dimension is HealthDimension.Errors);

        Assert.Equal((HealthState.Healthy, 0.5, "90 % arrive"), (errors.State, errors.Left, errors.Threshold));
        Assert.Equal("90 % of its records are to arrive: 10 of 20 allowed bad records used in 30 days; at this pace gone 5 Mar, 09:00 (Europe/Berlin).", errors.Reason);
    }

    [Fact]
    public async Task Minutes_in_which_it_is_late_are_counted_once_each_and_not_while_it_is_paused()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 30));
        await PromiseAsync(health);
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await health.LookAsync();
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromHours(2));
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();
        await health.World.Console.Get<IntegrationConsole.Sync.SyncStore>().SetPausedAsync(health.World.Tenant, health.World.Sync.Id, "why", TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();

        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        var counted = await session.OneAsync<(long Seen, long Late)>("select sum(bit_count(seen::bit(64)))::bigint, sum(bit_count(late::bit(64)))::bigint from sync_freshness", null, default);
        Assert.Equal((3, 2), counted);
    }

    [Fact]
    public async Task Of_two_who_change_an_objective_at_once_one_is_told()
    {
        await using var health = await HealthWorld.StartAsync();

        await PromiseAsync(health);
        var second = await Store(health).SaveAsync(health.World.Tenant, health.World.Sync.Id, Objective.None, 0, TestConsole.Somebody, default);
        var third = await Store(health).SaveAsync(health.World.Tenant, health.World.Sync.Id, Objective.None, 1, TestConsole.Somebody, default);

        Assert.Equal((Saved.Outdated, Saved.Done), (second, third));
        Assert.Equal(2, (await Store(health).FindAsync(health.World.Tenant, health.World.Sync.Id, default)).Version);
    }

    [Fact]
    public async Task The_board_shows_the_sides_and_finds_by_them()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 30));
        health.World.GivenRecords(5);
        health.World.System.Records[1] = """{"id":"two","name":"bad"}""";
        await health.World.RunAsync();
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromSeconds(66));
        var reader = new HealthReader(health.World.Console.Database, health.Store, health.Clock);
        Task<HealthList> ListAsync(string? state = null, string? side = null, string? text = null) => reader.ListAsync([health.World.Tenant], HealthFilter.From(state, side, text, null, null), default);

        var row = (await ListAsync()).Rows.Single();

        Assert.Equal((HealthState.Degraded, 1, 5), (row.Of(HealthSide.DeadLetters)!.State, row.Day.Bad, row.Day.Attempted));
        Assert.NotNull(row.NextRun);
        Assert.InRange(row.Lateness!.Value, 0.03, 0.05);
        Assert.Equal((1, 1, 0, 0), ((await ListAsync(side: "deadLetters")).Total, (await ListAsync(state: "degraded")).Total, (await ListAsync(side: "latency")).Total, (await ListAsync(text: "no such name")).Total));
        Assert.Equal(HealthState.Degraded, (await reader.StripsAsync([row], default))[row.Health.Id].Blocks[^1]);
        Assert.Equal(0, (await reader.ListAsync([], HealthFilter.From(null, null, null, null, null), default)).All);
    }

    private static ObjectiveStore Store(HealthWorld health) => new(health.World.Console.Database, health.World.Console.Get<AuditTrail>(), health.Clock);

    private static async Task PromiseAsync(HealthWorld health) =>
        Assert.Equal(Saved.Done, await Store(health).SaveAsync(health.World.Tenant, health.World.Sync.Id, Promised, 0, TestConsole.Somebody, default));
}
