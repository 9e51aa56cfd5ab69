using System.Text.Json;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Telling_people
{
    [Fact]
    public async Task Who_was_told_that_it_broke_is_told_that_it_works_how_long_it_took_and_what_fixed_it()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenAHookAsync("boss", after: 15);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.GivenSyncAsync(HealthState.Healthy, reason: "Last good run just now, 12 records.");
        await world.LookAsync(2);
        var tooEarly = await world.HeardAsync("team");
        await world.LookAsync();
        await world.SendAsync();

        Assert.True(world.Outside.Hooks["team"].TryDequeue(out var recovery));
        using var body = JsonDocument.Parse(recovery.Body);
        Assert.Equal(["alert: Runs fail: integration Orders 1"], tooEarly);
        Assert.Equal("Recovered: integration Orders 1", body.RootElement.GetProperty("title").GetString());
        Assert.Equal("Last good run just now, 12 records.", body.RootElement.GetProperty("why").GetString());
        Assert.Equal("09:00 (Europe/Berlin), for 12 minutes", body.RootElement.GetProperty("since").GetString());
        Assert.Empty(world.Outside.Hooks["boss"]);
    }

    [Fact]
    public async Task The_chain_goes_on_while_nobody_acknowledges()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("first");
        await world.GivenAHookAsync("second", after: 15);
        await world.GivenAHookAsync("third", after: 45);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        await world.LookAfterAsync(TimeSpan.FromMinutes(14));
        var early = await world.HeardAsync("second");
        await world.LookAfterAsync(TimeSpan.FromMinutes(2));
        var second = await world.HeardAsync("second");

        await world.Incidents.AcknowledgeAsync(world.Tenant, (await world.IncidentAsync()).Incident.Id, TestConsole.Somebody, default);
        await world.LookAfterAsync(TimeSpan.FromHours(1));

        Assert.Single(await world.HeardAsync("first"));
        Assert.Empty(early);
        Assert.Equal(["escalation: Not acknowledged: Runs fail: integration Orders 1"], second);
        Assert.Empty(await world.HeardAsync("third"));
    }

    [Fact]
    public async Task A_channel_hears_only_what_presses_enough()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("pager", least: Severity.Urgent);
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Degraded, HealthDimension.Completeness, "Both sides differ.");

        await world.LookAsync(6);

        Assert.Empty(await world.HeardAsync("pager"));
        Assert.Equal(["alert: Both sides differ: integration Orders 1"], await world.HeardAsync("team"));
    }

    [Fact]
    public async Task A_channel_of_the_working_hours_hears_of_the_night_in_the_morning()
    {
        // Sunday evening in Berlin.
        await using var world = await AlertWorld.StartAsync(at: new DateTimeOffset(2026, 3, 1, 21, 0, 0, TimeSpan.Zero));
        await world.GivenAHookAsync("office", workingHours: true);
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(6);
        var night = await world.HeardAsync("office");

        await world.LookAfterAsync(TimeSpan.FromHours(10.1));

        Assert.Empty(night);
        Assert.Single(await world.HeardAsync("office"));
    }

    [Fact]
    public async Task The_working_hours_are_those_of_the_tenant()
    {
        // Sunday evening in Berlin, and somebody works then.
        await using var world = await AlertWorld.StartAsync(at: new DateTimeOffset(2026, 3, 1, 21, 0, 0, TimeSpan.Zero));
        var tenants = world.Console.Get<TenantStore>();
        var tenant = (await tenants.FindAsync(world.Tenant, default))!;
        var settings = new TenantSettings(tenant.Name, tenant.Slug, tenant.TimeZone, "", WorkingHours: "Sun 20:00-24:00");
        await tenants.UpdateAsync(world.Tenant, tenant.Version, settings, TestConsole.Somebody, default);
        await world.GivenAHookAsync("office", workingHours: true);
        await world.GivenSyncAsync(HealthState.Failing);

        await world.LookAsync(6);

        Assert.Single(await world.HeardAsync("office"));
    }

    [Fact]
    public async Task A_message_says_what_why_for_whom_since_when_what_comes_next_and_where_to_look()
    {
        await using var world = await AlertWorld.StartAsync(syncs: 2);
        await world.GivenAHookAsync("team");
        await world.GivenConnectionAsync(HealthState.Failing, reason: $"The circuit is open since {Moment.Time(world.Clock.GetUtcNow())}.");
        await world.LookAsync(4);
        await world.SendAsync();

        Assert.True(world.Outside.Hooks["team"].TryDequeue(out var received));
        using var body = JsonDocument.Parse(received.Body);
        string Text(string name) => body.RootElement.GetProperty(name).GetString()!;
        Assert.Equal("The circuit is open since 09:00 (Europe/Berlin).", Text("why"));
        Assert.Equal(["Orders 1", "Orders 2"], body.RootElement.GetProperty("affected").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("09:00 (Europe/Berlin), just now", Text("since"));
        Assert.Equal("It is tried again by itself; nobody has to act.", Text("next"));
        Assert.EndsWith($"/connections/{world.Connection}", Text("link"));
        Assert.StartsWith("https://console.example/t/", Text("link"));
        Assert.EndsWith($"/alerts?incident={(await world.IncidentAsync()).Incident.Id}", Text("acknowledgeLink"));
    }

    [Theory]
    [InlineData(true, 40, "By itself: next probe at 09:40 (Europe/Berlin). Nobody has to act.")]
    [InlineData(true, -1, "It is tried again by itself; nobody has to act.")]
    [InlineData(true, null, "By itself: next probe. Nobody has to act.")]
    [InlineData(false, 40, "By itself: next probe at 09:40 (Europe/Berlin). That does not repair it: somebody has to act.")]
    public async Task What_happens_by_itself_next_is_told_with_its_time(bool healsItself, int? minutes, string next)
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        var step = new NextStep("next probe", minutes is { } later ? world.Clock.GetUtcNow().AddMinutes(later) : null);
        await world.GivenAsync(
            ObjectKind.Connection, world.Connection, HealthState.Failing, new Finding(HealthDimension.Resilience, HealthState.Failing, "The circuit is open.", healsItself, Evidence.None) { Next = step });
        await world.LookAsync(4);
        await world.SendAsync();

        Assert.True(world.Outside.Hooks["team"].TryDequeue(out var received));
        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal(next, body.RootElement.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Two_nodes_that_look_at_the_same_moment_count_one_look_and_tell_once()
    {
        await using var world = await AlertWorld.StartAsync();
        await using var other = await TestConsole.StartAsync(world.Clock, configure: services => services.AddAlerts(isWorker: false), beside: world.Console);
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync();
        await other.Get<AlertEvaluation>().EvaluateAsync(default);
        var after = Assert.Single(await world.AlertsAsync());

        await world.LookAsync(6);
        await Task.WhenAll(world.Console.Get<NoticeSender>().SendSomeAsync(default), other.Get<NoticeSender>().SendSomeAsync(default));

        Assert.Equal(AlertState.Pending, after.State);
        Assert.Single(world.Outside.Hooks["team"]);
    }

    [Fact]
    public async Task What_was_sent_and_not_marked_goes_again_under_the_same_id()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        var claimed = Assert.Single(await world.Console.Get<NoticeBook>().ClaimAsync(8, default));
        await world.Console.Get<ChannelPost>().SendAsync(claimed.TenantId, claimed.ChannelId, claimed.Id, claimed.Message, null, default);
        var meanwhile = await world.Console.Get<NoticeSender>().SendSomeAsync(default);

        world.Clock.Advance(TimeSpan.FromMinutes(7));
        await world.SendAsync();

        Assert.Equal(0, meanwhile);
        var ids = world.Outside.Hooks["team"].Select(hook => hook.Header("Idempotency-Key")).ToList();
        Assert.Equal([claimed.Id.ToString(), claimed.Id.ToString()], ids);
    }

    [Fact]
    public async Task A_channel_that_failed_twice_is_broken_until_it_takes_a_message()
    {
        await using var world = await AlertWorld.StartAsync();
        var id = await world.GivenAHookAsync("team");
        world.Outside.Hooks.Status["team"] = 503;
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        await world.SendAsync();
        var once = (await world.Console.Get<ChannelStore>().FindAsync(world.Tenant, id, default))!;
        world.Clock.Advance(TimeSpan.FromSeconds(13));
        await world.SendAsync();
        var twice = (await world.Console.Get<ChannelStore>().FindAsync(world.Tenant, id, default))!;
        var waiting = Assert.Single(await world.Console.Get<NoticeBook>().ListAsync(world.Tenant, id, null, 10, default));

        world.Outside.Hooks.Status["team"] = 204;
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.SendAsync();
        var sent = Assert.Single(await world.Console.Get<NoticeBook>().ListAsync(world.Tenant, id, null, 10, default));

        Assert.Equal((false, true), (once.IsBroken, twice.IsBroken));
        Assert.Equal("127.0.0.1 is down or overloaded (503).", twice.LastProblem);
        Assert.Equal((NoticeState.Due, 2), (waiting.State, waiting.Tries));
        Assert.Equal((NoticeState.Sent, 3), (sent.State, sent.Tries));
        Assert.False((await world.Console.Get<ChannelStore>().FindAsync(world.Tenant, id, default))!.IsBroken);
    }

    [Fact]
    public async Task What_somebody_has_to_repair_is_given_up_after_four_tries()
    {
        await using var world = await AlertWorld.StartAsync();
        var id = await world.GivenAHookAsync("team");
        world.Outside.Hooks.Status["team"] = 404;
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        for (var time = 0; time < 10; time++)
        {
            await world.SendAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        var notice = Assert.Single(await world.Console.Get<NoticeBook>().ListAsync(world.Tenant, id, null, 10, default));
        Assert.Equal((NoticeState.Failed, 4), (notice.State, notice.Tries));
        Assert.Equal(4, world.Outside.Hooks["team"].Count);
    }

    [Fact]
    public async Task What_was_resolved_by_hand_stays_away_until_it_begins_anew()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenAHookAsync("team");
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(4);
        await world.Incidents.ResolveAsync(world.Tenant, (await world.IncidentAsync()).Incident.Id, "known, fixed tomorrow", TestConsole.Somebody, default);
        await world.LookAsync(6);
        var quiet = await world.AlertsAsync();
        await world.GivenSyncAsync(HealthState.Healthy);
        await world.LookAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(2);

        Assert.Empty(quiet);
        Assert.Equal(["alert: Runs fail: integration Orders 1", "recovery: Recovered: integration Orders 1"], (await world.HeardAsync("team")).Order());
        Assert.Equal(AlertState.Firing, Assert.Single(await world.AlertsAsync()).State);
    }

    [Fact]
    public async Task While_health_is_not_computed_that_is_the_alert_and_the_others_stay_as_they_are()
    {
        await using var world = await AlertWorld.StartAsync();
        await world.GivenSyncAsync(HealthState.Failing);
        await world.LookAsync(3);
        world.Clock.Advance(TimeSpan.FromMinutes(3));

        await world.LookAsync(4, isComputed: false);
        var stale = await world.AlertsAsync();
        await world.LookAsync(3);

        Assert.Equal(["health-unknown", "runs"], stale.Select(alert => alert.Rule).Order());
        Assert.All(stale, alert => Assert.Equal(AlertState.Firing, alert.State));
        Assert.Equal("runs", Assert.Single(await world.AlertsAsync()).Rule);
    }

    [Fact]
    public async Task The_sender_rests_until_somebody_has_something_to_say()
    {
        await using var world = await AlertWorld.StartAsync();
        var id = await world.GivenAHookAsync("team");
        await world.Console.ListenAsync();
        using var sender = world.Console.Get<NoticeSender>();
        await sender.StartAsync(default);
        var settled = world.Console.NextChangeAsync(ChannelStore.Topic);
        var channel = (await world.Console.Get<ChannelStore>().FindAsync(world.Tenant, id, default))!;

        await world.Console.Get<NoticeBook>().TestAsync(
            world.Tenant, channel, new AlertMessage(NoticeKind.Test, "Test", "North", Severity.Low, "", [], "", "", [], "https://console.example", ""), TestConsole.Somebody, default);
        await settled;
        await sender.StopAsync(default);

        Assert.Equal(["test: Test"], await world.HeardAsync("team"));
    }

    [Fact]
    public void The_settings_are_those_that_the_issue_names()
    {
        var options = new AlertOptions();

        Assert.Equal(
            (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(4), 3), (options.GroupWait, options.GroupInterval, options.RepeatAfter, options.MostPerHour));
    }
}
