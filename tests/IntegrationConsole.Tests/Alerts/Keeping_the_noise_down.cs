using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Alerts.Silences;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Keeping_the_noise_down
{
    [Fact]
    public async Task One_look_is_no_alert_and_two_in_a_row_are()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync();
        var first = Assert.Single(await world.AlertsAsync());

        await world.LookAsync();

        Assert.Equal((AlertState.Pending, AlertState.Firing), (first.State, Assert.Single(await world.AlertsAsync()).State));
    }

    [Fact]
    public async Task A_node_that_gets_no_answer_is_told_once_with_all_that_follows_beneath_it()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("hook");
        foreach (var (node, opens) in new[] { ("b", true), ("a", false), ("b", true), ("a", false), ("b", true) })
        {
            await GivenACircuitAsync(world, node, opens);
        }

        await world.GivenConnectionAsync(HealthState.Failing);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(6);

        Assert.Equal(["alert: One node gets no answer"], await world.HeardAsync("hook"));
        var incident = await world.IncidentAsync();
        Assert.Equal(["one-node"], incident.Loud.Select(alert => alert.Rule));
        Assert.Equal(
            [("circuit", Overlay.Inhibited), ("runs", Overlay.Inhibited)], incident.Alerts.Where(alert => !alert.IsLoud).Select(alert => (alert.Rule, alert.Overlay)).Order());
        Assert.All(incident.Alerts.Where(alert => !alert.IsLoud), alert => Assert.Equal("Follows from the node b: other nodes get through.", alert.OverlayReason));

        await StandbyAsync(world, "b");
        await world.LookAsync(4);

        Assert.DoesNotContain(await world.AlertsAsync(), alert => alert.Rule == "one-node");
        Assert.Equal(["circuit"], (await world.AlertsAsync()).Where(alert => alert.IsLoud).Select(alert => alert.Rule));
    }

    private static async Task GivenACircuitAsync(AlertWorld world, string node, bool opens)
    {
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into circuit_event (tenant_id, connection_id, at, from_state, to_state, reason, actor, node, cause) values (@tenant, @connection, @now, @from, @to, '', 'automatic', @node, @cause)
            """,
            new { tenant = world.Tenant, connection = world.Connection, now = world.Clock.GetUtcNow(), from = opens ? "Closed" : "HalfOpen", to = opens ? "Open" : "Closed", node, cause = opens ? "TargetDown" : null }, default);
        await session.CommitAsync(default);
    }

    private static async Task StandbyAsync(AlertWorld world, string node)
    {
        await using var session = await world.Console.Database.AcrossTenantsAsync(default);
        await session.RunAsync("insert into node_standby (node, since, asked_by, reason) values (@node, @now, 'somebody', '')", new { node, now = world.Clock.GetUtcNow() }, default);
        await session.CommitAsync(default);
    }

    [Fact]
    public async Task What_is_gone_at_the_second_look_leaves_nothing_behind()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync();
        await world.GivenSyncAsync(HealthState.Healthy);
        await world.LookAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync();

        Assert.Equal(AlertState.Pending, Assert.Single(await world.AlertsAsync()).State);
    }

    [Fact]
    public async Task An_unusual_volume_takes_three_looks()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Degraded, HealthDimension.Volume, "It brought nothing.");
        await world.LookAsync(2);
        var second = Assert.Single(await world.AlertsAsync());

        await world.LookAsync();

        Assert.Equal((AlertState.Pending, AlertState.Firing), (second.State, Assert.Single(await world.AlertsAsync()).State));
    }

    [Fact]
    public async Task Nobody_is_told_within_half_a_minute_and_then_once()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(3);
        var early = await world.HeardAsync("team");

        await world.LookAsync(8);

        Assert.Empty(early);
        Assert.Equal(["alert: Runs fail: integration Orders 1"], await world.HeardAsync("team"));
    }

    [Fact]
    public async Task A_dead_connection_is_one_message_that_names_its_nine_integrations()
    {
        await using var world = await AlertWorld.StartAsync(syncs: 9);
        await world.GivenAHookAsync("team");
        await world.GivenConnectionAsync(HealthState.Failing);
        for (var number = 1; number <= 9; number++)
        {
            await world.GivenSyncAsync(HealthState.Failing, number: number);
        }

        await world.LookAsync(12);
        var incident = await world.IncidentAsync();
        var counts = await world.Incidents.CountAsync(world.Tenant, default);

        Assert.Equal(["alert: No calls are made: connection Shop API (9 integrations)"], await world.HeardAsync("team"));
        Assert.Equal((1, 9), (counts.Firing, counts.Inhibited));
        Assert.Equal("Follows from the connection Shop API.", incident.Alerts[9].OverlayReason);
        Assert.Equal("Shop API", incident.Incident.RootName);
    }

    [Fact]
    public async Task A_connection_whose_calls_wait_for_their_budget_is_told_and_what_follows_is_beneath_it()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenConnectionAsync(HealthState.Failing, HealthDimension.Budget, "Its calls wait for their budget until noon.");
        await world.GivenSyncAsync(HealthState.Failing, HealthDimension.Freshness, "Last good run 3 h ago.");

        await world.LookAsync(12);

        Assert.Equal(["alert: Calls wait for their budget: connection Shop API (1 integration)"], await world.HeardAsync("team"));
        Assert.Equal([("budget", Overlay.None), ("late", Overlay.Inhibited)], (await world.AlertsAsync()).Select(alert => (alert.Rule, alert.Overlay)).OrderBy(alert => alert.Rule));
    }

    [Fact]
    public async Task A_connection_that_cannot_be_told_is_told_softly_after_five_minutes()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenConnectionAsync(HealthState.Unknown, HealthDimension.Connectivity, "It was not probed since noon.");

        await world.LookAsync(4);
        Assert.Equal(AlertState.Pending, Assert.Single(await world.AlertsAsync()).State);
        await world.LookAsync(20);

        var alert = Assert.Single(await world.AlertsAsync());
        Assert.Equal(("cannot-tell-connection", AlertState.Firing, Severity.Low), (alert.Rule, alert.State, alert.Severity));
    }

    [Fact]
    public async Task A_circuit_that_is_only_tried_has_not_recovered()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenConnectionAsync(HealthState.Failing);
        await world.LookAsync(2);
        await world.GivenAsync(
            ObjectKind.Connection, world.Connection, HealthState.Failing,
            new Finding(HealthDimension.Resilience, HealthState.Failing, "The circuit is half-open.", true, Evidence.None) { Seen = HealthState.Degraded });

        await world.LookAsync(6);

        Assert.Equal(AlertState.Firing, Assert.Single(await world.AlertsAsync()).State);
    }

    [Fact]
    public async Task A_freshness_budget_that_burns_fast_is_urgent_and_one_that_burns_slowly_is_not()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Degraded, HealthDimension.FreshnessBudget, "Slowly.");
        await world.LookAsync(2);
        var slow = Assert.Single(await world.AlertsAsync()).Severity;
        await world.GivenSyncAsync(HealthState.Failing, HealthDimension.FreshnessBudget, "Fast.");
        await world.LookAsync();

        Assert.Equal((Severity.Normal, Severity.Urgent), (slow, Assert.Single(await world.AlertsAsync()).Severity));
    }

    [Fact]
    public async Task A_mapping_that_fails_is_told_beside_a_dead_connection()
    {
        await using var world = await AlertWorld.StartAsync();
        var run = await GivenARunAsync(world, "Mapping");
        await world.GivenConnectionAsync(HealthState.Failing);
        await world.GivenSyncAsync(HealthState.Failing, evidence: new Evidence(EvidenceKind.Run, run));

        await world.LookAsync(2);

        var alerts = await world.AlertsAsync();
        Assert.Equal(["", "mapping"], alerts.Select(alert => alert.Cause).Order());
        Assert.All(alerts, alert => Assert.Equal(Overlay.None, alert.Overlay));
        Assert.Equal(2, (await world.Incidents.ListOpenAsync(world.Tenant, default)).Count);
    }

    [Fact]
    public async Task What_comes_on_top_is_told_after_five_minutes()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        await world.HeardAsync("team");
        Finding[] both = [new(HealthDimension.Runs, HealthState.Failing, "The last run failed.", false, Evidence.None), new(HealthDimension.Freshness, HealthState.Failing, "Late.", false, Evidence.None)];
        await world.GivenAsync(ObjectKind.Sync, world.Sync, HealthState.Failing, both);

        await world.LookAsync(4);
        var early = await world.HeardAsync("team");
        await world.LookAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Empty(early);
        Assert.Equal(["update: Runs fail: integration Orders 1, and 1 more"], await world.HeardAsync("team"));
    }

    [Fact]
    public async Task It_is_told_again_after_four_hours_unless_somebody_knows_of_it()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        await world.HeardAsync("team");
        await world.LookAfterAsync(TimeSpan.FromHours(3.9));
        var early = await world.HeardAsync("team");
        await world.LookAfterAsync(TimeSpan.FromHours(0.2));
        var reminded = await world.HeardAsync("team");

        await world.Incidents.AcknowledgeAsync(world.Tenant, (await world.IncidentAsync()).Incident.Id, TestConsole.Somebody, default);
        await world.LookAfterAsync(TimeSpan.FromHours(5));

        Assert.Empty(early);
        Assert.Equal(["reminder: Still: Runs fail: integration Orders 1"], reminded);
        Assert.Empty(await world.HeardAsync("team"));
    }

    [Fact]
    public async Task After_three_messages_in_an_hour_the_rest_is_told_together()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        for (var time = 0; time < 4; time++)
        {
            await world.GivenSyncAsync(HealthState.Failing);
            await world.LookAsync(4);
            await world.GivenSyncAsync(HealthState.Healthy);
            await world.LookAsync(3);
            world.Clock.Advance(TimeSpan.FromMinutes(14.25));
        }

        var hour = await world.HeardAsync("team");
        await world.LookAsync(2);

        Assert.Equal(3, hour.Count(told => told.StartsWith("alert", StringComparison.Ordinal)));
        Assert.Equal(3, hour.Count(told => told.StartsWith("recovery", StringComparison.Ordinal)));
        Assert.Equal(["digest: 1 change held back: integration Orders 1"], await world.HeardAsync("team"));
    }

    [Fact]
    public async Task What_comes_and_goes_is_told_once_and_neither_recovers_nor_fires_again_until_it_calms_down()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        for (var time = 0; time < 4; time++)
        {
            await world.GivenSyncAsync(HealthState.Healthy);
            await world.LookAsync(4);
            await world.GivenSyncAsync(HealthState.Failing);
            await world.LookAsync(4);
        }

        var heard = await world.HeardAsync("team");
        var flapping = Assert.Single(await world.AlertsAsync());
        await world.GivenSyncAsync(HealthState.Healthy);
        await world.LookAfterAsync(TimeSpan.FromMinutes(31));
        await world.LookAsync(3);

        Assert.Equal((AlertState.Firing, Overlay.Flapping), (flapping.State, flapping.Overlay));

        // Two times like anything else; the fifth change within half an hour is one too many, and told as such.
        string[] once = ["alert: Runs fail: integration Orders 1", "recovery: Recovered: integration Orders 1"];
        Assert.Equal([.. once, .. once, "alert: Runs fail: integration Orders 1"], heard);
        Assert.Equal(["recovery: Recovered: integration Orders 1"], await world.HeardAsync("team"));
    }

    [Fact]
    public async Task A_silence_keeps_the_alert_and_lets_it_be_told_when_it_ends()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        var matcher = new AlertMatcher(ObjectKind.Sync, world.Sync, "runs", null);
        var id = await world.Console.Get<SilenceStore>().CreateAsync(world.Tenant, new SilenceDraft(matcher, "known", SilenceDraft.Usual), TestConsole.Somebody, default);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(12);
        var silenced = Assert.Single(await world.AlertsAsync());
        var meanwhile = await world.HeardAsync("team");

        await world.Console.Get<SilenceStore>().EndAsync(world.Tenant, id, TestConsole.Somebody, default);
        await world.LookAsync();

        Assert.Equal((AlertState.Firing, Overlay.Silenced), (silenced.State, silenced.Overlay));
        Assert.Empty(meanwhile);
        Assert.Equal(["alert: Runs fail: integration Orders 1"], await world.HeardAsync("team"));
    }

    [Theory]
    [InlineData("Auth", true)]
    [InlineData("TargetDown", false)]
    public async Task A_silence_of_one_cause_lets_another_be_told(string cause, bool isSilent)
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        var matcher = new AlertMatcher(ObjectKind.Connection, null, null, "auth");
        var id = await world.Console.Get<SilenceStore>().CreateAsync(world.Tenant, new SilenceDraft(matcher, "the login is being renewed", SilenceDraft.Usual), TestConsole.Somebody, default);
        await world.GivenConnectionAsync(HealthState.Failing);
        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await session.RunAsync("""
                insert into circuit (tenant_id, connection_id, state, since, reason, actor, node, breaks, cause) values (@tenant, @connection, 'Open', now(), '', 'automatic', 'node', 1, @cause)
                """, new { tenant = world.Tenant, connection = world.Connection, cause }, default);
            await session.CommitAsync(default);
        }

        await world.LookAsync(6);

        Assert.Equal("All connections, with the cause Sign-in refused", (await world.Console.Get<SilenceStore>().ListAsync(world.Tenant, default)).Single(silence => silence.Id == id).Words);
        Assert.Equal(isSilent ? 0 : 1, (await world.HeardAsync("team")).Count);
    }

    [Fact]
    public async Task What_a_maintenance_kept_quiet_is_not_told_on_its_way_out()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenAsync(ObjectKind.Sync, world.Sync, HealthState.Maintenance, new Finding(HealthDimension.Runs, HealthState.Failing, "The last run failed.", false, Evidence.None));
        await world.LookAsync(6);
        await world.GivenSyncAsync(HealthState.Healthy);

        await world.LookAsync(2);
        var going = Assert.Single(await world.AlertsAsync());
        await world.LookAsync(6);

        Assert.Equal((AlertState.Firing, Overlay.Maintenance), (going.State, going.Overlay));
        Assert.Empty(await world.AlertsAsync());
        Assert.Empty(await world.HeardAsync("team"));
    }

    [Theory]
    [InlineData(HealthState.Maintenance, Overlay.Maintenance)]
    [InlineData(HealthState.Paused, Overlay.Paused)]
    public async Task In_a_maintenance_and_a_pause_nobody_is_told(HealthState state, Overlay overlay)
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenAsync(
            ObjectKind.Sync, world.Sync, state, new Finding(HealthDimension.Maintenance, state, "Planned.", true, Evidence.None),
            new Finding(HealthDimension.Runs, HealthState.Failing, "The last run failed.", false, Evidence.None));

        await world.LookAsync(12);

        Assert.Equal(overlay, Assert.Single(await world.AlertsAsync()).Overlay);
        Assert.Empty(await world.HeardAsync("team"));
        Assert.Equal("No active alerts; 1 masked by maintenance or a pause", (await world.Incidents.CountAsync(world.Tenant, default)).QuietWords);
    }

    [Fact]
    public async Task A_rule_that_is_off_or_waits_longer_does_so()
    {
        await using var world = await AlertWorld.StartAsync();
        var rules = world.Console.Get<RuleStore>();
        var runs = (await rules.ListAsync(world.Tenant, default)).Single(rule => rule.Template.Key == "runs");
        await rules.SaveAsync(world.Tenant, runs with { AfterMinutes = 10 }, TestConsole.Somebody, default);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(20);
        var early = Assert.Single(await world.AlertsAsync()).State;
        await world.LookAfterAsync(TimeSpan.FromMinutes(6));
        var late = Assert.Single(await world.AlertsAsync()).State;

        await rules.SaveAsync(world.Tenant, runs with { IsOn = false, Version = 1 }, TestConsole.Somebody, default);
        await world.LookAsync(3);

        Assert.Equal((AlertState.Pending, AlertState.Firing), (early, late));
        Assert.Empty(await world.AlertsAsync());
    }

    private static async Task<Guid> GivenARunAsync(AlertWorld world, string cause)
    {
        var id = Guid.CreateVersion7();
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, reason, cause, queued_at, start_after, finished_at)
            values (@tenant, @id, @sync, 1, 'Manual', 'somebody', 'Failed', '', @cause, @now, @now, @now)
            """, new { tenant = world.Tenant, id, sync = world.Sync, cause, now = world.Clock.GetUtcNow() }, default);
        await session.CommitAsync(default);
        return id;
    }
}
