using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Reading_triage
{
    [Fact]
    public async Task What_is_wrong_is_shown_with_its_letters_to_those_who_may_see_the_tenant_and_to_nobody_else()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        await health.LookAsync();
        var other = await health.World.Console.GivenATenantAsync();
        await health.Evaluation.EvaluateAsync([other], default);
        var triage = new TriageReader(health.World.Console.Database, health.Clock);

        var seen = await triage.ReadAsync([health.World.Tenant, other], default);
        var others = await triage.ReadAsync([other], default);

        var cause = Assert.Single(seen.Causes);
        Assert.Equal(("Not accepted", "The shop wants a name.", 1, false), (cause.Title, cause.Evidence, cause.Letters, cause.HealsItself));
        Assert.Equal((health.World.Tenant, health.World.Sync.Name), (cause.Tenants.Single().Id, cause.Integrations.Single().Name));
        Assert.Equal(1, seen.Inflow[health.World.Sync.Id].Sum());
        Assert.Equal((1, 1, null), (seen.Integrations, seen.States[HealthState.Degraded], seen.StaleSince));
        Assert.Empty(others.Causes);
        Assert.Equal(0, others.Integrations);
    }

    [Fact]
    public async Task A_card_names_the_runbook_of_its_largest_group_or_of_what_health_says()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        await health.LookAsync();
        var triage = new TriageReader(health.World.Console.Database, health.Clock);
        var runbooks = health.World.Console.Get<RunbookStore>();
        var draft = new RunbookDraft("Name it", "Ask the shop.", "", "", null, "422", "fake", "wants a name", true);

        await runbooks.SaveAsync(null, draft with { Code = "423" }, null, TestConsole.Somebody, default);
        Assert.Null((await triage.ReadAsync([health.World.Tenant], default)).Causes.Single().Runbook);
        await runbooks.SaveAsync(null, draft, null, TestConsole.Somebody, default);
        var named = (await triage.ReadAsync([health.World.Tenant], default)).Causes.Single();

        Assert.Equal("Name it", named.Runbook!.Title);
        Assert.StartsWith($"/t/{named.Tenants.Single().Slug}/runbooks?runbook=", named.Runbook.Href, StringComparison.Ordinal);
        var bare = CauseRunbooks.Find(named with { Groups = [], Connector = "fake", Cause = FailureCause.TargetDown, Evidence = "The shop wants a name." },
            new RunbookShelf([.. (await runbooks.ReadAsync([], default)).All.Select(one => one with { Code = "" })]));
        Assert.Equal("Name it", bare!.Title);
    }

    [Theory]
    [InlineData(2, 2, true, 1)]
    [InlineData(2, 1, true, 0)]
    [InlineData(2, 0, false, 1)]
    public async Task A_tenant_of_whose_alerts_nobody_hears_is_named(int one, int other, bool isOtherOn, int unheard)
    {
        await using var health = await HealthWorld.StartAsync();
        await health.ExecuteAsync($"""
            insert into alert_channel (tenant_id, id, name, kind, settings, sealed, least_severity, after_minutes, working_hours_only, is_on, console_address, changed_at, version, failures_in_a_row)
            select id, gen_random_uuid(), c.name, 'Webhook', '{"{}"}', '', 'Low', 0, false, c.is_on, '', now(), 1, c.failures
            from tenant cross join (values ('one', true, {one}), ('other', {isOtherOn}, {other})) c (name, is_on, failures) where id = '{health.World.Tenant.Value}'
            """);

        var aside = (await health.Triage().ReadAsync([health.World.Tenant], default)).Aside;

        Assert.Equal(unheard, aside.Unheard.Count);
        Assert.All(aside.Unheard, tenant => Assert.Equal((health.World.Tenant, isOtherOn ? 2 : 1, null), (tenant.TenantId, tenant.Channels, tenant.Since)));
    }

    [Fact]
    public async Task A_group_that_was_put_to_sleep_is_no_trouble_until_it_wakes()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        await health.LookAsync();
        var triage = new TriageReader(health.World.Console.Database, health.Clock);
        var group = (await triage.ReadAsync([health.World.Tenant], default)).Causes.Single().Groups.Single();
        var decisions = health.World.Console.Get<GroupDecisions>();

        await decisions.SnoozeAsync(health.World.Tenant, group.GroupId, new Snooze(health.Clock.GetUtcNow().AddHours(1)), "for an hour", TestConsole.Somebody, default);
        var asleep = await health.LookAsync();
        var quiet = await triage.ReadAsync([health.World.Tenant], default);
        await decisions.ReopenAsync(health.World.Tenant, group.GroupId, TestConsole.Somebody, default);
        var awake = await health.LookAsync();

        Assert.Equal((HealthState.Healthy, HealthState.Degraded), (asleep.State, awake.State));
        Assert.Empty(quiet.Causes);
    }

    [Fact]
    public async Task A_connection_that_is_isolated_is_the_cause_and_closing_it_ends_the_trouble()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        var circuits = health.World.Console.Get<CircuitStore>();
        var triage = new TriageReader(health.World.Console.Database, health.Clock);
        var connection = (await health.FindConnectionAsync()).Id;

        await circuits.IsolateAsync(health.World.Tenant, connection, "the vendor asked", null, TestConsole.Somebody, default);
        await health.LookAsync();
        var isolated = await triage.ReadAsync([health.World.Tenant], default);
        await circuits.CloseAsync(health.World.Tenant, connection, TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();
        var closed = await triage.ReadAsync([health.World.Tenant], default);

        var cause = Assert.Single(isolated.Causes);
        Assert.Equal(("Stopped by hand", "Open the circuit", 1), (cause.Title, cause.Remedy.Words, cause.Integrations.Count));
        Assert.Empty(closed.Causes);
        Assert.Equal(health.Clock.GetUtcNow(), closed.LastTrouble);
    }

    [Fact]
    public async Task A_node_that_does_not_get_through_is_shown_to_those_whom_it_concerns_until_it_is_on_standby()
    {
        await using var health = await HealthWorld.StartAsync();
        var console = health.World.Console;
        await using var b = await TestConsole.StartAsync(health.Clock, configure: services => services.PostConfigure<DatabaseOptions>(node => node.NodeName = "b"), beside: console);
        var connection = health.World.Sync.DestinationConnectionId;
        var (here, there) = (console.Get<CircuitStore>(), b.Get<CircuitStore>());
        for (var time = 0; time < 2; time++)
        {
            await there.TripAsync(health.World.Tenant, connection, new CircuitTrip("No answer.", FailureCause.Timeout, null), default);
            health.Clock.Advance(TimeSpan.FromMinutes(1));
            await here.SucceedAsync(health.World.Tenant, connection, (await here.ClaimAsync(health.World.Tenant, connection, byHand: false, null, default))!.Value, null, default);
        }

        var other = await console.GivenATenantAsync();
        var triage = new TriageReader(console.Database, health.Clock);
        var nodes = console.Get<WorkerNodes>();
        var seen = await triage.ReadAsync([health.World.Tenant], default);
        var others = await triage.ReadAsync([other], default);
        await nodes.StandbyAsync("b", "its network", TestConsole.Somebody, default);
        var asleep = await triage.ReadAsync([health.World.Tenant], default);
        await nodes.WakeAsync("b", TestConsole.Somebody, default);
        var awake = await triage.ReadAsync([health.World.Tenant], default);

        Assert.Equal(("One node", "node b"), (seen.Causes.Single().Title, seen.Causes.Single().Subject));
        Assert.Empty(others.Causes);
        Assert.Empty(asleep.Causes);
        Assert.Empty(awake.Causes);
    }

    [Fact]
    public async Task When_nobody_looks_any_more_that_is_said()
    {
        await using var health = await HealthWorld.StartAsync();
        await health.LookAsync();
        var looked = health.Clock.GetUtcNow();
        health.Clock.Advance(TimeSpan.FromMinutes(3));

        var picture = await new TriageReader(health.World.Console.Database, health.Clock).ReadAsync([health.World.Tenant], default);

        Assert.Equal((looked, looked, "a"), (picture.StaleSince, picture.EvaluatedAt, picture.Node));
        Assert.Equal((1, 0, 1), (picture.States[HealthState.Unknown], picture.States[HealthState.Pending], picture.TenantStates[HealthState.Unknown]));
    }

    [Fact]
    public async Task What_was_wrong_when_it_was_looked_at_last_is_shown_as_unknown_and_as_no_longer_healing()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await health.World.Console.Get<CircuitStore>().TripAsync(
            health.World.Tenant, health.World.Sync.DestinationConnectionId, new CircuitTrip("No answer.", FailureCause.TargetDown, null), default);
        await health.LookAsync();
        var triage = new TriageReader(health.World.Console.Database, health.Clock);

        var known = (await triage.ReadAsync([health.World.Tenant], default)).Causes.Single();
        health.Clock.Advance(TimeSpan.FromMinutes(3));
        var stale = (await triage.ReadAsync([health.World.Tenant], default)).Causes.Single();

        Assert.Equal((HealthState.Failing, true), (known.State, known.HealsItself));
        Assert.Equal((known.Key, HealthState.Unknown, false, null), (stale.Key, stale.State, stale.HealsItself, stale.Next));
    }

    [Fact]
    public async Task A_tenant_that_was_made_a_moment_ago_is_no_sign_that_nobody_looks()
    {
        await using var health = await HealthWorld.StartAsync();
        await health.LookAsync();
        var made = await health.World.Console.GivenATenantAsync();
        var triage = new TriageReader(health.World.Console.Database, health.Clock);

        var now = await triage.ReadAsync([health.World.Tenant, made], default);
        health.Clock.Advance(TimeSpan.FromMinutes(3));
        await health.LookAsync();
        var later = await triage.ReadAsync([health.World.Tenant, made], default);

        Assert.Null(now.StaleSince);
        Assert.Equal(health.Clock.GetUtcNow().AddMinutes(-3), later.StaleSince);
    }
}
