using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Reading;
using Microsoft.Extensions.Options;
using static IntegrationConsole.Tests.Health.Given;
using Finding = IntegrationConsole.Health.Verdicts.Finding;

namespace IntegrationConsole.Tests.Health;

public sealed class Watching_what_arrives
{
    private static readonly Schedule Hourly = new(ScheduleKind.Interval, 60);

    [Theory]
    [InlineData(2, HealthState.Healthy)]
    [InlineData(2.1, HealthState.Degraded)]
    [InlineData(4, HealthState.Degraded)]
    [InlineData(4.1, HealthState.Failing)]
    public void A_sender_is_silent_when_nothing_came_for_longer_than_is_usual_at_this_hour(double hours, HealthState state)
    {
        var finding = Judge(new ArrivalFact(0, null, Now.AddHours(-hours), IsCalled: true, TimeSpan.FromHours(2)));

        Assert.Equal((state, state is HealthState.Failing), (finding!.State, !finding.HealsItself));
    }

    [Fact]
    public void It_says_since_when_and_what_to_look_at() =>
        Assert.Equal(
            "Nothing has arrived since 04:00; around this hour of the week it was quiet for 2 hours at most. See whether the sender still sends.",
            Words(Judge(new ArrivalFact(0, null, Now.AddHours(-5), IsCalled: true, TimeSpan.FromHours(2)))!.Reason));

    [Fact]
    public void Nothing_is_said_before_it_is_known_what_is_usual_nor_of_time_before_a_pause_ended()
    {
        Assert.Null(Judge(new ArrivalFact(0, null, Now.AddDays(-5), IsCalled: true)));
        Assert.Null(Judge(new ArrivalFact(0, null, null, IsCalled: true, TimeSpan.FromHours(2))));
        Assert.Equal(HealthState.Healthy, Judge(new ArrivalFact(0, null, Now.AddHours(-5), IsCalled: true, TimeSpan.FromHours(2)), promisedMinutesAgo: 60)!.State);
    }

    [Fact]
    public void The_longest_quiet_of_three_weeks_or_more_is_usual()
    {
        IReadOnlyList<DateTimeOffset> Week(params int[] hours) => [.. hours.Select(hour => Now.AddHours(hour))];

        Assert.Equal(TimeSpan.FromHours(5), ArrivalFact.QuietOf([Week(0, 1, 2, 3), Week(0, 4, 5), Week(0, 1, 2)]));
        Assert.Null(ArrivalFact.QuietOf([Week(0, 1, 2, 3), Week(0, 4, 5), Week(1)]));
        Assert.Null(ArrivalFact.QuietOf([]));
    }

    [Fact]
    public async Task A_sender_that_came_every_hour_for_weeks_and_went_silent_fails_what_reads_it()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site, Schedule.Manual);
        await ExecuteAsync(site, tenant, $"""
            update sync_definition set created_at = now() - interval '60 days';
            {Came("now() - interval '5 hours'")}
            """);
        await ExecuteAsync(site, tenant, Deliveries(1, 1, "5 hours"));

        var silent = await LookAsync(site, sync);
        await ExecuteAsync(site, tenant, Deliveries(2, 2, "5 minutes"));
        var again = await LookAsync(site, sync);

        Assert.Equal((HealthState.Failing, "2 hours"), (Of(silent, HealthDimension.Freshness)!.State, Of(silent, HealthDimension.Freshness)!.Threshold));
        Assert.Equal(HealthState.Healthy, Of(again, HealthDimension.Freshness)!.State);
    }

    [Fact]
    public async Task A_night_in_which_nothing_ever_came_is_no_silence()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site, Schedule.Manual);
        await ExecuteAsync(site, tenant, $"""
            update sync_definition set created_at = now() - interval '60 days';
            {Came("now() - interval '5 hours'")};
            delete from sync_hour where mod((extract(epoch from now() - hour) / 3600)::int, 168) < 5 or mod((extract(epoch from now() - hour) / 3600)::int, 168) > 160;
            """);
        await ExecuteAsync(site, tenant, Deliveries(1, 1, "5 hours"));

        var finding = Of(await LookAsync(site, sync), HealthDimension.Freshness);

        Assert.Equal(HealthState.Healthy, finding!.State);
    }

    [Fact]
    public async Task Deliveries_that_wait_to_be_read_are_the_backlog_of_who_reads_them()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site, Hourly);
        await ExecuteAsync(site, tenant, $"update sync_definition set cursor = '3'; {Deliveries(1, 300, "90 minutes")}");

        var finding = Of(await LookAsync(site, sync), HealthDimension.Backlog);

        Assert.Equal((HealthState.Degraded, "297 items wait"), (finding!.State, finding.Value));
    }

    [Fact]
    public async Task More_of_them_than_are_counted_are_reckoned_by_their_numbers()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site, Hourly);
        await ExecuteAsync(site, tenant, $"update sync_definition set cursor = '3'; {Deliveries(4, 10_100, "90 minutes")}");
        await ExecuteAsync(site, tenant, Deliveries(300_000, 300_003, "1 minute"));

        Assert.Equal("300,000 items wait", Of(await LookAsync(site, sync), HealthDimension.Backlog)!.Value);
    }

    [Theory]
    [InlineData(65, 40, HealthState.Healthy)]
    [InlineData(67, 40, HealthState.Failing)]
    public void What_piles_up_until_the_next_run_reads_it_is_no_backlog_that_grows(int oldest, int growsFor, HealthState state)
    {
        var facts = ASync(Hourly) with { Arrivals = new ArrivalFact(900, Minutes(oldest), Minutes(1), IsCalled: false), Backlog = new BacklogFact(900, Minutes(oldest), -5, Minutes(growsFor)) };

        Assert.Equal(state, SyncVerdicts.Judge(facts, [], Now).Findings.Single(finding => finding.Dimension is HealthDimension.Backlog).State);
    }

    [Fact]
    public async Task Deliveries_that_somebody_reads_only_when_asked_wait_for_nobody()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var (tenant, sync) = await GivenAReaderAsync(site, Schedule.Manual);
        await ExecuteAsync(site, tenant, Deliveries(1, 300, "90 minutes"));

        Assert.Null(Of(await LookAsync(site, sync), HealthDimension.Backlog));
    }

    private static Finding? Judge(ArrivalFact arrivals, double promisedMinutesAgo = 100_000) => Of(
        SyncVerdicts.Judge(ASync(Schedule.Manual, promisedMinutesAgo: promisedMinutesAgo) with { Arrivals = arrivals }, [], Now), HealthDimension.Freshness);

    private static Finding? Of(Verdict verdict, HealthDimension dimension) => verdict.Findings.FirstOrDefault(finding => finding.Dimension == dimension);

    private static async Task<Verdict> LookAsync(HealthSite site, SyncDefinition sync)
    {
        await using var evaluation = new FreshEvaluation(site);
        await evaluation.Of.EvaluateAsync(null, default);
        return evaluation.Latest.Current.SelectMany(tenant => tenant.Syncs).Single(one => one.Facts.Id == sync.Id).Verdict;
    }

    private static string Came(string until) => $"""
        insert into sync_hour (tenant_id, sync_id, hour, records_read, written, unchanged, filtered, rejected, failed, unknown, runs_good, runs_bad, durations)
        select tenant_id, id, hour, 7, 7, 0, 0, 0, 0, 0, 1, 0, '{"{}"}' from sync_definition
        cross join generate_series(date_trunc('hour', now() - interval '40 days'), {until} - interval '1 hour', interval '1 hour') hour
        """;

    private static string Deliveries(int from, int to, string ago) => $"""
        insert into webhook_delivery (tenant_id, endpoint_id, seq, group_seq, id, delivery_id, received_at, size, content_type, trial, sealed)
        select e.tenant_id, e.id, n, n, gen_random_uuid(), n::text, now() - interval '{ago}', 2, 'application/json', false, ''
        from webhook_endpoint e cross join generate_series({from}, {to}) n
        """;

    private static async Task<(TenantId Tenant, SyncDefinition Sync)> GivenAReaderAsync(HealthSite site, Schedule schedule)
    {
        var tenant = (await site.Get<TenantStore>().CreateAsync(new TenantSettings("Fed", "fed", "Europe/Berlin", ""), TestConsole.Somebody, default))!.Value;
        await site.Get<WebhookSecretStore>().CreateAsync(tenant, new WebhookDraft("orders", "", WebhookSettings.Usual, Enabled: true), "whsec_c2VjcmV0LW9mLXRoZS1zZW5kZXI=", TestConsole.Somebody, default);
        var source = (await site.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("hooks", WebhookConnector.Kind, "{}", null), TestConsole.Somebody, default))!.Value;
        var draft = new SyncDraft("Arrivals", source, "orders", ReadMode.Incremental, source, "things", WriteMode.Append, [], false, schedule, OverlapRule.Queue);
        return (tenant, await site.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument([new() { Name = "id", Source = "body.id" }], []), TestConsole.Somebody, default));
    }

    private static async Task ExecuteAsync(HealthSite site, TenantId tenant, string sql)
    {
        await using var session = await site.Database.InTenantAsync(tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }

    /// <summary>One that has looked at nothing before: what is usual is read anew.</summary>
    private sealed class FreshEvaluation : IAsyncDisposable
    {
        public FreshEvaluation(HealthSite site)
        {
            Latest = new LatestHealth(TimeProvider.System);
            Of = new HealthEvaluation(site.Database, Latest, Options.Create(new DatabaseOptions()), TimeProvider.System);
        }

        public LatestHealth Latest { get; }

        public HealthEvaluation Of { get; }

        public ValueTask DisposeAsync()
        {
            Of.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
