using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Shell;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Shell;

public sealed class Counting_for_the_rail
{
    [Fact]
    public async Task Only_alerts_and_failures_that_need_somebody_and_replays_that_run_are_counted()
    {
        await using var world = await GroupWorld.StartAsync();
        var known = await world.GivenAGroupAsync("known");
        await world.Decisions.AcknowledgeAsync(world.Tenant, known, TestConsole.Somebody, default);
        await world.FailAsync("down", 1, FailureCause.TargetDown, ("a", null));
        await world.FailAsync("new", 1, "b");
        await world.FailAsync("over", 1, "c");
        await world.RunAsync("update dead_letter set state = 'Resolved', closed_at = now() where record_key = 'c'");
        await world.RunAsync($"""
            insert into replay (tenant_id, id, scope, reason, requested_by, requested_at, use_original_mapping, state, total, state_by, state_at)
            select '{world.Tenant}', gen_random_uuid(), 'x', '', 'x', now(), false, state, 1, 'x', now() from unnest(array['Running', 'Paused', 'Done']) state
            """);
        await world.RunAsync($"""
            insert into alert (tenant_id, id, object_kind, object_id, object_name, rule, cause, severity, state, overlay, reason, heals_itself, evidence_kind, pending_since, seen, missed)
            select '{world.Tenant}', gen_random_uuid(), 'Sync', gen_random_uuid(), 'x', 'runs', '', 'Urgent', state, overlay, 'x', false, 'None', now(), 2, 0
            from (values ('Firing', 'None'), ('Firing', 'Silenced'), ('Acknowledged', 'None'), ('Pending', 'None'), ('Resolved', 'None')) known (state, overlay)
            """);
        var stranger = await world.Console.GivenATenantAsync();
        var counts = new RailCounts(world.Console.Database, TimeProvider.System);

        Assert.Equal(new RailCount(1, 1, 1), await counts.ReadAsync([world.Tenant], default));
        Assert.Equal(new RailCount(1, 1, 1), await counts.ReadAsync([world.Tenant, stranger], default));
        Assert.Equal(RailCount.None, await counts.ReadAsync([stranger], default));
        Assert.Equal(RailCount.None, await counts.ReadAsync([], default));
    }
}
