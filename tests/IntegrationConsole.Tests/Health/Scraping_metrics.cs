using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.Channels;
using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Telemetry;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

public sealed class Scraping_metrics
{
    private const string Token = "a-token-of-enough-length";

    [Fact]
    public async Task A_run_shows_in_the_scrape_under_the_names_that_people_know()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token });
        var sync = await GivenARunAsync(site);
        await site.EvaluateAsync();

        var scrape = await ScrapeAsync(site);

        var labels = $"integration=\"{sync.Slug}\"";
        var tenant = $"tenant=\"scraped\"";
        var node = $"node=\"{site.Get<IOptions<DatabaseOptions>>().Value.NodeName}\"";
        Assert.Equal(1, scrape[$"intconsole_health_state{{{labels},state=\"degraded\",{tenant}}}"]);
        Assert.Equal(0, scrape[$"intconsole_health_state{{{labels},state=\"healthy\",{tenant}}}"]);
        Assert.Equal(4, scrape[$"intconsole_sync_records_total{{{labels},{node},outcome=\"written\",stage=\"load\",{tenant},version=\"1\"}}"]);
        Assert.Equal(1, scrape[$"intconsole_sync_records_total{{{labels},{node},outcome=\"rejected\",stage=\"map\",{tenant},version=\"1\"}}"]);
        Assert.Equal(1, scrape[$"intconsole_sync_run_duration_seconds_count{{{labels},{node},result=\"partial\",{tenant},trigger=\"manual\"}}"]);
        Assert.Equal(1, scrape[$"intconsole_sync_run_duration_seconds_bucket{{{labels},{node},result=\"partial\",{tenant},trigger=\"manual\",le=\"7200\"}}"]);
        Assert.Equal(1, scrape[$"intconsole_deadletter_depth{{cause=\"mapping\",{labels},{tenant}}}"]);
        Assert.Equal(0, scrape[$"intconsole_sync_run_active{{{labels},{tenant}}}"]);
        Assert.Equal(0, scrape[$"intconsole_queue_depth{{queue=\"runs\",{tenant}}}"]);
        Assert.Equal(0, scrape[$"intconsole_queue_oldest_age_seconds{{queue=\"replay\",{tenant}}}"]);
        Assert.InRange(scrape[$"intconsole_sync_last_success_time_seconds{{{labels},{tenant}}}"], 1_750_000_000, 5_000_000_000);
        Assert.Equal(1, scrape[$"intconsole_connection_call_duration_seconds_count{{connection=\"fake \\\"one\\\"\",{node},succeeded=\"true\",{tenant}}}"]);
        Assert.All(["extract", "map", "load"], stage => Assert.InRange(scrape[$"intconsole_sync_stage_duration_seconds_count{{{labels},{node},stage=\"{stage}\",{tenant}}}"], 1, 2));
        Assert.Equal("gauge", scrape.Types["intconsole_node_run_active"]);
        Assert.Equal(("counter", "gauge", "histogram"), (scrape.Types["intconsole_sync_records_total"], scrape.Types["intconsole_health_state"], scrape.Types["intconsole_sync_run_duration_seconds"]));
        Assert.DoesNotContain(scrape.Series, series => series.Contains(sync.Id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_platforms_own_instruments_are_there_too()
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token });
        await site.Client.GetAsync("/health/live");
        await ScrapeAsync(site);

        var scrape = await ScrapeAsync(site);

        Assert.Equal("histogram", scrape.Types["http_server_request_duration_seconds"]);
        Assert.Contains(scrape.Types.Keys, name => name.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        Assert.Contains(scrape.Types.Keys, name => name.StartsWith("db_client_", StringComparison.Ordinal));
        Assert.Contains(scrape.Types.Keys, name => name.StartsWith("kestrel_", StringComparison.Ordinal));
        Assert.DoesNotContain(scrape.Series, series => series.Contains("Host=", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-enough-lengtH", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-enough-length-and-more", HttpStatusCode.Unauthorized)]
    [InlineData("Basic a-token-of-enough-length", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-enough-length", HttpStatusCode.OK)]
    public async Task Only_the_right_token_opens_the_door(string? authorization, HttpStatusCode expected)
    {
        await using var site = await HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = Token }, isWorker: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await site.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData(null)]
    public async Task Where_no_token_is_set_none_opens_the_door(string? authorization)
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await site.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Unauthorized)]
    public async Task Of_the_people_who_sign_in_only_platform_admins_may_scrape(bool admin, HttpStatusCode expected)
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        await site.SignInAsync(admin);

        using var response = await site.Client.GetAsync("/metrics");

        Assert.Equal(expected, response.StatusCode);
        Assert.True(!admin || response.Content.Headers.ContentType!.ToString().StartsWith("text/plain; version=0.0.4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_short_token_stops_the_start_and_names_the_key()
    {
        var problem = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => HealthSite.StartAsync(new() { ["Telemetry:MetricsToken"] = "short" }, isWorker: false));

        Assert.Contains("Telemetry__MetricsToken", problem.Message);
    }

    [Fact]
    public void Above_the_limit_series_are_added_up_as_other_and_moments_are_left_out()
    {
        using var meter = new Meter(TelemetrySources.Own);
        using var book = new MetricsBook(Options.Create(new TelemetryOptions()), Options.Create(new DatabaseOptions { NodeName = "here" }), NullLogger<MetricsBook>.Instance);
        book.StartAsync(default);
        var counter = meter.CreateCounter<long>("test.fold.things", "{thing}");
        meter.CreateObservableGauge("test.fold.depth", () => Many("depth"), "{item}");
        meter.CreateObservableGauge("test.fold.moment", () => Many("moment"), "s");
        for (var tenant = 0; tenant < 2_100; tenant++)
        {
            counter.Add(2, new KeyValuePair<string, object?>("tenant", $"t{tenant}"), new KeyValuePair<string, object?>("outcome", "written"));
        }

        string Text() => book.Scrape(families => PrometheusText.Render(families, new ObjectNames(new LatestHealth(TimeProvider.System))));
        Text();
        var scrape = Scrape.Parse(Text());

        Assert.Equal(2_001, scrape.Series.Count(series => series.StartsWith("test_fold_things_total{", StringComparison.Ordinal)));
        Assert.Equal(200, scrape["test_fold_things_total{node=\"here\",outcome=\"written\",tenant=\"other\"}"]);
        Assert.Equal(100 * 3, scrape["test_fold_depth{tenant=\"other\"}"]);
        Assert.Equal(2_000, scrape.Series.Count(series => series.StartsWith("test_fold_moment_seconds{", StringComparison.Ordinal)));
        Assert.Equal(100, scrape["intconsole_metrics_folded_series{family=\"test_fold_moment_seconds\"}"]);
    }

    [Fact]
    public void Mapping_versions_that_nobody_uses_any_more_make_room_for_the_next()
    {
        using var meter = new Meter(TelemetrySources.Own);
        using var book = new MetricsBook(Options.Create(new TelemetryOptions()), Options.Create(new DatabaseOptions { NodeName = "here" }), NullLogger<MetricsBook>.Instance);
        book.StartAsync(default);
        var counter = meter.CreateCounter<long>("test.versions", "{record}");
        void Goes(int version) => counter.Add(1, new KeyValuePair<string, object?>("integration", "a"), new KeyValuePair<string, object?>("version", version));
        string Text() => book.Scrape(families => PrometheusText.Render(families, new ObjectNames(new LatestHealth(TimeProvider.System))));
        foreach (var version in Enumerable.Range(1, 2_100))
        {
            Goes(version);
        }

        for (var scrape = 0; scrape < 125; scrape++)
        {
            Goes(2_000);
            Text();
        }

        Goes(2_101);
        var after = Scrape.Parse(Text());

        Assert.Equal(["2000", "2101"], after.Series.Where(series => series.StartsWith("test_versions_total{", StringComparison.Ordinal)).Select(series => series.Split('"')[^2]).Order());
        Assert.Equal(126, after["test_versions_total{integration=\"a\",node=\"here\",version=\"2000\"}"]);
    }

    [Fact]
    public void Instruments_of_one_name_share_a_family_and_the_order_of_labels_does_not_matter()
    {
        using var one = new Meter(TelemetrySources.Own);
        using var other = new Meter("Microsoft.AspNetCore.Somewhere");
        using var stranger = new Meter("Somebody.Else");
        using var book = new MetricsBook(Options.Create(new TelemetryOptions()), Options.Create(new DatabaseOptions { NodeName = "here" }), NullLogger<MetricsBook>.Instance);
        book.StartAsync(default);
        KeyValuePair<string, object?> a = new("a", "1"), b = new("b", true);

        one.CreateCounter<int>("test.merged").Add(1, a, b);
        one.CreateCounter<long>("test.merged").Add(4, b, a);
        other.CreateCounter<long>("test.merged").Add(2, b, a);
        stranger.CreateCounter<long>("test.merged").Add(4, a, b);
        one.CreateUpDownCounter<int>("test.level").Add(5);
        one.CreateUpDownCounter<int>("test.level").Add(-2);
        one.CreateHistogram<double>("test.time", "s").Record(0.3);
        var scrape = Scrape.Parse(book.Scrape(families => PrometheusText.Render(families, new ObjectNames(new LatestHealth(TimeProvider.System)))));

        Assert.Equal((5, 2), (scrape["test_merged_total{a=\"1\",b=\"true\",node=\"here\"}"], scrape["test_merged_total{a=\"1\",b=\"true\"}"]));
        Assert.Equal(3, scrape["test_level{node=\"here\"}"]);
        Assert.Equal((0, 1), (scrape["test_time_seconds_bucket{node=\"here\",le=\"0.25\"}"], scrape["test_time_seconds_bucket{node=\"here\",le=\"0.5\"}"]));
    }

    private static IEnumerable<Measurement<int>> Many(string what) =>
        Enumerable.Range(0, 2_100).Select(tenant => new Measurement<int>(what.Length > 0 ? 3 : 0, new KeyValuePair<string, object?>("tenant", $"t{tenant}")));

    private static Task<Scrape> ScrapeAsync(HealthSite site) => Scrape.TakeAsync(site, Token);

    /// <summary>Five records of which one is bad, and one call.</summary>
    private static async Task<SyncDefinition> GivenARunAsync(HealthSite site)
    {
        var tenant = (await site.Get<TenantStore>().CreateAsync(new TenantSettings("Scraped", "scraped", "Europe/Berlin", ""), TestConsole.Somebody, default))!.Value;
        var connection = (await site.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("fake \"one\"", "fake", "{}", null), TestConsole.Somebody, default))!.Value;
        var draft = new SyncDraft(
            "Things", connection, "things", ReadMode.Full, connection, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
        var mapping = new MappingDocument([new() { Name = "id", Type = IntegrationConsole.Connectors.Records.FieldType.Integer, Source = "id" }], []);
        var sync = await site.Get<SyncStore>().CreateAsync(tenant, draft, mapping, TestConsole.Somebody, default);
        await site.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        site.System.Records = ["""{"id":1}""", """{"id":2}""", """{"id":"bad"}""", """{"id":4}""", """{"id":5}"""];
        var meter = site.Get<CallMeter>();
        meter.Record(
            new OpenConnection(tenant, connection, "fake", "fake", System.Text.Json.JsonSerializer.SerializeToElement(new { }), new NoAuthentication()), meter.Start(), succeeded: true);
        var heard = Channel.CreateUnbounded<Change>();
        using var subscription = site.Get<ChangeBroadcaster>().Subscribe(change => heard.Writer.TryWrite(change));
        var request = await site.Get<RunQueue>().RequestAsync(tenant, sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await site.Get<RunStore>().FindAsync(tenant, request.RunId!.Value, limit.Token))!.IsOpen)
        {
            await heard.Reader.ReadAsync(limit.Token);
        }

        return sync;
    }
}
