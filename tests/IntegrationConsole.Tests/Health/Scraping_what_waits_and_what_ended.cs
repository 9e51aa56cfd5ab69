using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

public sealed class Scraping_what_waits_and_what_ended
{
    private const string Token = "a-token-of-enough-length";
    private const string Tenant = "tenant=\"waiting\"";

    [Fact]
    public async Task Deliveries_that_wait_are_counted_for_each_endpoint_without_asking_the_database_at_the_scrape()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site);
        await ExecuteAsync(site, tenant, """
            insert into webhook_delivery (tenant_id, endpoint_id, seq, group_seq, id, delivery_id, received_at, size, content_type, trial, sealed)
            select e.tenant_id, e.id, n, n, gen_random_uuid(), n::text, now() - interval '100 seconds' + n * interval '10 seconds', 2, 'application/json', n > 8, ''
            from webhook_endpoint e cross join generate_series(1, 10) n;
            update sync_definition set cursor = '3'
            """);
        await site.EvaluateAsync();
        await ExecuteAsync(site, tenant, "delete from webhook_delivery");

        var scrape = await Scrape.TakeAsync(site, Token);
        await site.EvaluateAsync();
        var later = await Scrape.TakeAsync(site, Token);

        const string waiting = $"{{endpoint=\"orders\",queue=\"deliveries\",{Tenant}}}";
        Assert.Equal((5, 0), (scrape[$"intconsole_queue_depth{waiting}"], later[$"intconsole_queue_depth{waiting}"]));
        Assert.InRange(scrape[$"intconsole_queue_oldest_age_seconds{waiting}"], 60, 600);
        Assert.Equal(0, later[$"intconsole_queue_oldest_age_seconds{waiting}"]);
        Assert.InRange(scrape["intconsole_fleet_backlog{queue=\"deliveries\"}"], 5, double.MaxValue);
        Assert.False(scrape.Has($"intconsole_sync_lag_seconds{{integration=\"{sync.Slug}\",{Tenant}}}"));
    }

    [Fact]
    public async Task Messages_to_alert_channels_that_are_still_to_be_sent_are_counted_without_asking_the_database_at_the_scrape()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        var (tenant, _) = await GivenAReaderAsync(site);
        await ExecuteAsync(site, tenant, """
            insert into alert_channel (tenant_id, id, name, kind, settings, sealed, least_severity, after_minutes, working_hours_only, is_on, console_address, changed_at, version)
            select id, gen_random_uuid(), 'night shift', 'Webhook', '{}', '', 'Warning', 0, false, true, '', now(), 1 from tenant where slug = 'waiting';
            insert into alert_notice (tenant_id, id, channel_id, kind, subject, message, state, created_at, due_at)
            select tenant_id, gen_random_uuid(), id, 'Test', '', '{}', case when n < 4 then 'Due' else 'Sent' end, now() - n * interval '100 seconds', now() + interval '1 hour' from alert_channel, generate_series(1, 5) n
            """);
        await site.EvaluateAsync();
        await ExecuteAsync(site, tenant, "delete from alert_notice");

        var scrape = await Scrape.TakeAsync(site, Token);
        await site.EvaluateAsync();
        var later = await Scrape.TakeAsync(site, Token);

        const string waiting = $"{{queue=\"notices\",{Tenant}}}";
        Assert.Equal((3, 0), (scrape[$"intconsole_queue_depth{waiting}"], later[$"intconsole_queue_depth{waiting}"]));
        Assert.InRange(scrape[$"intconsole_queue_oldest_age_seconds{waiting}"], 300, 900);
        Assert.Equal(0, later[$"intconsole_queue_oldest_age_seconds{waiting}"]);
        Assert.InRange(scrape["intconsole_fleet_backlog{queue=\"notices\"}"], 3, double.MaxValue);
    }

    [Fact]
    public async Task The_fleet_is_as_far_behind_as_the_last_of_those_that_run_by_themselves_counted_from_when_its_last_good_run_began()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        var (tenant, _) = await GivenAReaderAsync(site);
        await ExecuteAsync(site, tenant, """
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, started_at, finished_at)
            select tenant_id, gen_random_uuid(), id, 1, 'Schedule', '', 'Succeeded', now(), now(), now() - interval '20 days', now() - interval '19 days' from sync_definition;
            update sync_definition set created_at = now() - interval '30 days', last_run_number = 1
            """);
        await site.EvaluateAsync();
        var going = await Scrape.TakeAsync(site, Token);
        await ExecuteAsync(site, tenant, "update sync_definition set paused_at = now(), paused_by = 'x', pause_reason = ''");
        await site.EvaluateAsync();
        var paused = await Scrape.TakeAsync(site, Token);

        Assert.InRange(going["intconsole_fleet_lag_seconds"], 20 * 86_400, 21 * 86_400);
        Assert.True(!paused.Has("intconsole_fleet_lag_seconds") || paused["intconsole_fleet_lag_seconds"] < 20 * 86_400);
    }

    [Fact]
    public async Task Runs_whose_node_was_lost_are_measured_when_others_end_them()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site);
        await ExecuteAsync(site, tenant, """
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, attempt, node, lease_until, queued_at, start_after, started_at)
            select tenant_id, gen_random_uuid(), id, 1, 'Manual', '', 'Running', 20, 'lost', now() - interval '1 minute', now(), now(), now() - interval '90 seconds' from sync_definition;
            """);
        await RecoverAsync(site);
        await ExecuteAsync(site, tenant, """
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, attempt, node, lease_until, queued_at, start_after, started_at)
            select tenant_id, gen_random_uuid(), id, 2, 'Schedule', '', 'Running', 1, 'lost', now() - interval '1 minute', now(), now(), now() - interval '40 seconds' from sync_definition;
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after)
            select tenant_id, gen_random_uuid(), id, 3, 'Schedule', '', 'Queued', now(), now() from sync_definition;
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, attempt, queued_at, start_after, started_at, is_split)
            select tenant_id, '00000000-0000-0000-0000-000000000001', id, 4, 'Backfill', '', 'Running', 1, now(), now(), now() - interval '30 seconds', true from sync_definition;
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, attempt, queued_at, start_after, started_at, parent_id, partition)
            select tenant_id, gen_random_uuid(), id, 4, 'Backfill', '', 'Succeeded', 1, now(), now(), now() - interval '30 seconds', '00000000-0000-0000-0000-000000000001', 1 from sync_definition;
            """);
        await RecoverAsync(site);
        await site.EvaluateAsync();

        var scrape = await Scrape.TakeAsync(site, Token);

        var node = $"node=\"{site.Get<IOptions<DatabaseOptions>>().Value.NodeName}\"";
        double Of(string what, string error, string result, string trigger) =>
            scrape[$"intconsole_sync_run_duration_seconds_{what}{{{error}integration=\"{sync.Slug}\",{node},result=\"{result}\",{Tenant},trigger=\"{trigger}\"}}"];
        Assert.Equal(1, Of("count", "error_type=\"bug\",", "failed", "manual"));
        Assert.InRange(Of("sum", "error_type=\"bug\",", "failed", "manual"), 90, 200);
        Assert.Equal(1, Of("count", "", "failed", "schedule"));
        Assert.Equal(1, Of("count", "", "succeeded", "backfill"));
        Assert.InRange(Of("sum", "", "succeeded", "backfill"), 30, 140);
    }

    [Fact]
    public async Task Runs_that_end_while_they_wait_to_go_on_are_measured_too()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site);
        var (replaced, cancelled) = (Guid.NewGuid(), Guid.NewGuid());
        await ExecuteAsync(site, tenant, $"""
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, attempt, node, lease_until, queued_at, start_after, started_at)
            select tenant_id, '{replaced}', id, 1, 'Schedule', '', 'Running', 1, 'x', now() + interval '1 minute', now(), now(), now() - interval '50 seconds' from sync_definition;
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, started_at)
            select tenant_id, '{cancelled}', id, 2, 'Manual', '', 'Queued', now(), now(), now() - interval '70 seconds' from sync_definition;
            """);
        var run = new ClaimedRun(tenant, replaced, sync.Id, 1, null, RunTrigger.Schedule, "", null, null, 1, 0, RunCounts.Zero, default);

        await site.Get<ClaimedRuns>().PutBackAsync(run, "", TimeSpan.FromMinutes(1), new Failure(FailureCause.TargetDown, "It is down."), default);
        await site.Get<RunQueue>().CancelAsync(tenant, cancelled, TestConsole.Somebody, default);
        await site.EvaluateAsync();
        var scrape = await Scrape.TakeAsync(site, Token);

        var node = $"node=\"{site.Get<IOptions<DatabaseOptions>>().Value.NodeName}\"";
        double Of(string error, string result, string trigger) =>
            scrape[$"intconsole_sync_run_duration_seconds_sum{{{error}integration=\"{sync.Slug}\",{node},result=\"{result}\",{Tenant},trigger=\"{trigger}\"}}"];
        Assert.InRange(Of("error_type=\"target-down\",", "failed", "schedule"), 50, 160);
        Assert.InRange(Of("", "cancelled", "manual"), 70, 180);
    }

    /// <summary>A sync that reads an endpoint every hour.</summary>
    private static async Task<(TenantId Tenant, SyncDefinition Sync)> GivenAReaderAsync(HealthSite site)
    {
        var tenant = (await site.Get<TenantStore>().CreateAsync(new TenantSettings("Waiting", "waiting", "Europe/Berlin", ""), TestConsole.Somebody, default))!.Value;
        await site.Get<WebhookSecretStore>().CreateAsync(tenant, new WebhookDraft("orders", "", WebhookSettings.Usual, Enabled: true), "whsec_c2VjcmV0LW9mLXRoZS1zZW5kZXI=", TestConsole.Somebody, default);
        var source = (await site.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("hooks", WebhookConnector.Kind, "{}", null), TestConsole.Somebody, default))!.Value;
        var draft = new SyncDraft(
            "Arrivals", source, "orders", ReadMode.Incremental, source, "things", WriteMode.Append, [], false, new Schedule(ScheduleKind.Interval, 60), OverlapRule.Queue);
        var sync = await site.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument([new() { Name = "id", Source = "body.id" }], []), TestConsole.Somebody, default);
        return (tenant, sync);
    }

    private static async Task RecoverAsync(HealthSite site) => await new RunRecovery(
        site.Database, site.Get<ClaimedRuns>(), site.Get<IOptions<DatabaseOptions>>(), TimeProvider.System, NullLogger<RunRecovery>.Instance).RecoverAsync(mine: false, default);

    private static async Task ExecuteAsync(HealthSite site, TenantId tenant, string sql)
    {
        await using var session = await site.Database.InTenantAsync(tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }
}
