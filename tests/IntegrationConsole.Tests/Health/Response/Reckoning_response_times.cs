using IntegrationConsole.Health.Response;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tests.Alerts;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Health.Response;

public sealed class Reckoning_response_times
{
    [Fact]
    public async Task An_alert_is_measured_from_the_failed_run_to_what_people_did_and_to_its_end()
    {
        await using var world = await AlertWorld.StartAsync();
        await GivenARunAsync(world, "Succeeded");
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await GivenARunAsync(world, "Failed");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await GivenARunAsync(world, "Failed");
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(2);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.Incidents.AcknowledgeAsync(world.Tenant, (await world.IncidentAsync()).Incident.Id, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromMinutes(8));
        await world.GivenSyncAsync(HealthState.Healthy);
        await world.LookAsync(3);

        var figures = await IncidentsAsync(world, 7);

        Assert.Equal(1, figures.Began);
        Assert.Equal(TimeSpan.FromSeconds(120), figures.Noticed.Median);
        Assert.Equal(TimeSpan.FromMinutes(5), figures.Acknowledged.Median);
        Assert.Equal(TimeSpan.FromSeconds(120 + (13 * 60) + 45), figures.Repaired.Median);
        world.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal((0, null, 0), ((await IncidentsAsync(world, 7)).Began, (await IncidentsAsync(world, 7)).Noticed.Median, (await IncidentsAsync(world, 7)).Noticed.Count));
        Assert.Equal(1, (await IncidentsAsync(world, 30)).Began);
    }

    [Fact]
    public async Task Without_a_failed_run_an_alert_begins_with_the_change_of_health_and_what_is_not_over_is_not_measured()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Failing, HealthDimension.Freshness, "Late.");
        await world.LookAsync(12);

        var figures = await IncidentsAsync(world, 7);

        Assert.Equal((1, 0, 0), (figures.Noticed.Count, figures.Acknowledged.Count, figures.Repaired.Count));
        Assert.True(figures.Noticed.Median is { Ticks: > 0 } found && found < TimeSpan.FromMinutes(4), $"{figures.Noticed.Median}");
        Assert.Equal(0, (await new ResponseReader(world.Console.Database, world.Clock).ReadAsync([await world.Console.GivenATenantAsync()], 7, default))[0].Began);
    }

    [Fact]
    public async Task A_group_is_measured_from_its_first_failure_and_anew_when_it_came_back()
    {
        await using var world = await GroupWorld.StartAsync();
        var reader = new ResponseReader(world.Console.Database, world.Clock);
        var began = world.Clock.GetUtcNow();
        var group = await world.GivenAGroupAsync("one thing");
        world.Clock.Advance(TimeSpan.FromSeconds(40));
        await GivenHealthAsync(world, null, "Degraded");
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.Decisions.AcknowledgeAsync(world.Tenant, group, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromMinutes(7));
        await world.Decisions.ResolveAsync(world.Tenant, group, "done", null, TestConsole.Somebody, default);

        Assert.Equal(
            new ResponseMoments(began, began.AddSeconds(40), began.AddSeconds(220), began.AddSeconds(640)), await reader.FindAsync(world.Tenant, group, default));
        var figures = (await reader.ReadAsync([world.Tenant], 7, default))[1];
        Assert.Equal((TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(640)), (figures.Noticed.Median, figures.Acknowledged.P90, figures.Repaired.Median));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.FailAsync("one thing", 1, "later");
        var again = await reader.FindAsync(world.Tenant, group, default);
        Assert.Equal(new ResponseMoments(began.AddSeconds(700), null, null, null), again);
    }

    [Fact]
    public async Task An_acknowledgement_that_was_taken_back_is_none_and_what_was_quiet_for_a_day_was_over_when_the_quiet_began()
    {
        await using var world = await GroupWorld.StartAsync();
        var reader = new ResponseReader(world.Console.Database, world.Clock);
        var began = world.Clock.GetUtcNow();
        var group = await world.GivenAGroupAsync("one thing");
        await world.Decisions.AcknowledgeAsync(world.Tenant, group, TestConsole.Somebody, default);
        var step = (await world.Decisions.ListActivityAsync(world.Tenant, group, default))[0];
        await world.Decisions.UndoAsync(world.Tenant, group, step.Seq, TestConsole.Somebody, default);
        await world.RunAsync("update dead_letter set state = 'Discarded'");
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.Keeper.LookAsync(default);

        var moments = await reader.FindAsync(world.Tenant, group, default);

        Assert.Equal((null, (DateTimeOffset?)began), (moments!.Acknowledged, moments.Repaired));
    }

    private static async Task<ResponseFigures> IncidentsAsync(AlertWorld world, int days) => (await new ResponseReader(world.Console.Database, world.Clock).ReadAsync([world.Tenant], days, default))[0];

    private static Task GivenHealthAsync(GroupWorld world, string? from, string to) => world.RunAsync($"""
        insert into health_transition (tenant_id, object_kind, object_id, at, from_state, to_state, reason)
        values ('{world.Tenant}', 'Sync', '{world.Sync}', '{world.Clock.GetUtcNow():O}', {(from is null ? "null" : $"'{from}'")}, '{to}', '')
        """);

    private static async Task GivenARunAsync(AlertWorld world, string state)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, started_at, finished_at)
            select @tenant, @id, @sync, coalesce((select max(number) from run where sync_id = @sync), 0) + 1, 'Manual', 'somebody', @state, @now, @now, @now, @now
            """, new { tenant = world.Tenant, id = Guid.NewGuid(), sync = world.Sync, state, now = world.Clock.GetUtcNow() }, default);
        await session.CommitAsync(default);
    }
}
