using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Metrics;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

public sealed class Reading_metrics
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 7, 30, TimeSpan.Zero);

    [Fact]
    public async Task Figures_are_kept_apart_by_integration_and_add_up_to_the_whole()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        await GivenMinuteAsync(world, Now.AddMinutes(-40), read: 100, written: 60, unchanged: 20, filtered: 10, rejected: 10);
        await GivenMinuteAsync(world, Now.AddMinutes(-2), read: 10, written: 10, unchanged: 0, filtered: 0, rejected: 0);
        var reader = new MetricReader(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

        var whole = await reader.ReadAsync(Ask(world, MetricGrouping.None), default);
        var apart = await reader.ReadAsync(Ask(world, MetricGrouping.Integration), default);

        Assert.Equal(MetricReader.Charts.Select(chart => chart.Key), whole.Select(chart => chart.Key));
        var errors = whole.Single(chart => chart.Key == "errors").Points.Select(point => point.Values[0]).ToList();
        Assert.Equal([100.0 * 10 / 90, 0], errors.OfType<double>());
        Assert.Equal([80 / 60.0, 10 / 60.0], whole.Single(chart => chart.Key == "throughput").Points.Select(point => point.Values[0]).OfType<double>());
        Assert.Equal(world.Sync.Name, apart.Single(chart => chart.Key == "throughput").Series.Single().Name);
        Assert.Equal([10, 0], apart.Single(chart => chart.Key == "dead").Points.Select(point => point.Values[0]).OfType<double>());
    }

    [Fact]
    public async Task What_was_set_aside_is_kept_apart_by_the_stage_at_which_it_was()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        world.System.Records = ["""{"id":1}""", """{"id":"bad"}""", """{"id":"worse"}""", """{"id":4}"""];
        world.System.Refuse = keys => keys.Contains("4") ? new Failure(FailureCause.Validation, "No.", "422") : null;
        await world.RunAsync();
        var reader = new MetricReader(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

        var chart = (await reader.ReadAsync(Ask(world, MetricGrouping.Stage) with { Charts = ["dead"] }, default)).Single();

        var last = chart.Points.Last(point => point.Values.Any(value => value is not null));
        Assert.Equal([(LetterStage.Map.Words, 2.0), (LetterStage.Write.Words, 1.0)], chart.Series.Select((series, index) => (series.Name, last.Values[index]!.Value)));
    }

    [Fact]
    public async Task What_is_compared_is_the_same_step_of_the_time_before()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        await GivenMinuteAsync(world, Now.AddMinutes(-70), read: 6, written: 6, unchanged: 0, filtered: 0, rejected: 0);
        await GivenMinuteAsync(world, Now.AddMinutes(-10), read: 12, written: 12, unchanged: 0, filtered: 0, rejected: 0);
        var reader = new MetricReader(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

        var chart = (await reader.ReadAsync(Ask(world, MetricGrouping.None) with { Charts = ["throughput"], CompareBy = TimeSpan.FromHours(1) }, default)).Single();

        var step = chart.Points.ToList().FindIndex(point => point.Values[0] is not null);
        Assert.Equal((0.2, 0.1), (chart.Points[step].Values[0], chart.Before[step]));
        Assert.Single(chart.Before.OfType<double>());
    }

    [Fact]
    public async Task Fewer_than_twenty_calls_have_no_percentile()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        await GivenCallsAsync(world, Now.AddMinutes(-20), 19);
        await GivenCallsAsync(world, Now.AddMinutes(-10), 20);
        var reader = new MetricReader(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

        var chart = (await reader.ReadAsync(Ask(world, MetricGrouping.None) with { Charts = ["p95"] }, default)).Single();

        Assert.Single(chart.Points, point => point.Values[0] is not null);
    }

    [Fact]
    public async Task Several_tenants_together_are_as_far_behind_as_when_the_last_good_run_of_the_last_of_them_began_and_their_open_letters_add_up()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        var other = await world.Console.GivenATenantAsync();
        await ExecuteAsync(world, """
            update sync_definition set schedule = '{"kind":"Interval","minutes":60}';
            insert into connection select (jsonb_populate_record(null::connection, to_jsonb(c) || jsonb_build_object('tenant_id', @other))).* from connection c;
            insert into mapping select (jsonb_populate_record(null::mapping, to_jsonb(m) || jsonb_build_object('tenant_id', @other))).* from mapping m;
            insert into sync_definition select (jsonb_populate_record(null::sync_definition, to_jsonb(s) || jsonb_build_object('tenant_id', @other))).* from sync_definition s;
            """, other);
        await GivenRunAsync(world, world.Tenant, 1, "a", Now.AddMinutes(-30), Now.AddMinutes(-20.5));
        await GivenRunAsync(world, other, 1, "a", Now.AddHours(-3), Now.AddHours(-2));
        await GivenRunAsync(world, other, 2, "a", Now.AddMinutes(-12), Now.AddMinutes(-10.5));
        await GivenLettersAsync(world, world.Tenant, 3, Now.AddMinutes(-20), closed: 1);
        await GivenLettersAsync(world, other, 2, Now.AddDays(-2), closed: 0);

        var whole = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.None) with { Tenants = [world.Tenant, other] }, default);
        var apart = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.Tenant) with { Tenants = [world.Tenant, other], Charts = ["lag", "backlog"] }, default);
        var alone = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.None) with { Charts = ["lag", "backlog"] }, default);

        // At the end of a minute: 40 minutes ago, 15 minutes ago, and now.
        Assert.Equal([140.5, 165.5, 30], At(whole, "lag", 40, 15, 0).Select(value => value / 60));
        Assert.Equal([2, 5, 4], At(whole, "backlog", 40, 15, 0));
        Assert.Equal([null, 15.5, 30], At(alone, "lag", 40, 15, 0).Select(value => value / 60));
        Assert.Equal([0, 3, 2], At(alone, "backlog", 40, 15, 0));
        Assert.All(apart, chart => Assert.Equal(2, chart.Series.Count));
        Assert.Equal(4, apart[1].Points[^1].Values.Sum());
    }

    [Fact]
    public async Task What_is_paused_or_runs_only_when_somebody_asks_is_behind_nobody()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        await GivenRunAsync(world, world.Tenant, 1, "a", Now.AddMinutes(-30), Now.AddMinutes(-20));
        async Task<bool> IsBehindAsync(string how, Guid? sync = null)
        {
            await ExecuteAsync(world, $"update sync_definition set paused_at = null, paused_by = null, pause_reason = null, schedule = '{{\"kind\":\"Interval\",\"minutes\":60}}'; update sync_definition set {how}");
            var chart = (await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.None) with { Charts = ["lag"], SyncId = sync }, default)).Single();
            return chart.Points.Any(point => point.Values[0] is not null);
        }

        Assert.True(await IsBehindAsync("name = name"));
        Assert.False(await IsBehindAsync("paused_at = now(), paused_by = 'x', pause_reason = ''"));
        Assert.False(await IsBehindAsync("schedule = '{\"kind\":\"Manual\"}'"));
        Assert.True(await IsBehindAsync("schedule = '{\"kind\":\"Manual\"}'", world.Sync.Id));
        Assert.False(await IsBehindAsync("read_mode = 'ChangeStream'"));
    }

    [Fact]
    public async Task Records_are_kept_apart_by_node_each_runs_spread_over_the_time_it_took()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        var hour = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
        await GivenRunAsync(world, world.Tenant, 1, "long", hour.AddHours(-1), hour.AddMinutes(-51), written: 540);
        await GivenRunAsync(world, world.Tenant, 2, "a", hour.AddSeconds(30), hour.AddSeconds(150), written: 90, rejected: 30);
        await GivenRunAsync(world, world.Tenant, 3, "b", hour.AddSeconds(310), hour.AddSeconds(320), written: 60);
        await GivenRunAsync(world, world.Tenant, 4, "b", hour.AddMinutes(7), null, written: 15);
        await GivenRunAsync(world, world.Tenant, 5, "whole", hour.AddMinutes(2), hour.AddMinutes(3), written: 999);
        await ExecuteAsync(world, "update run set is_split = true where node = 'whole'");

        var charts = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.Node), default);

        var throughput = charts.Single(chart => chart.Key == "throughput");
        double?[] Of(string node) => [.. throughput.Points.Select(point => point.Values[throughput.Series.ToList().FindIndex(series => series.Name == node)] * 60).Where(value => value is not null)];
        Assert.Equal(["a", "b", "long"], throughput.Series.Select(series => series.Name).Order());
        Assert.Equal([22.5, 45, 22.5], Of("a"));
        Assert.Equal([60, 30], Of("b"));
        Assert.Equal([60], Of("long"));
        var errors = charts.Single(chart => chart.Key == "errors");
        Assert.Equal([25.0, 25, 25], errors.Points.Select(point => point.Values[errors.Series.ToList().FindIndex(series => series.Name == "a")]).OfType<double>());
        Assert.Equal(["p95", "lag", "backlog"], charts.Where(chart => !MetricReader.KeepsApart(chart.Key, MetricGrouping.Node)).Select(chart => chart.Key));
        Assert.All(charts.Where(chart => !MetricReader.KeepsApart(chart.Key, MetricGrouping.Node)), chart => Assert.Single(chart.Series));
    }

    [Fact]
    public async Task What_was_set_aside_stays_with_the_version_that_set_it_aside_first_and_what_is_open_goes_with_the_last()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        world.System.Records = ["""{"id":1}""", """{"id":"bad"}""", """{"id":"worse"}""", """{"id":4}"""];
        await world.RunAsync();
        await ExecuteAsync(world, "update dead_letter set mapping_version = 2 where record_key = (select min(record_key) from dead_letter)");

        var all = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.Version), default);
        var one = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.Version) with { SyncId = world.Sync.Id }, default);
        var nodes = await ReaderOf(world).ReadAsync(Ask(world, MetricGrouping.Node) with { Charts = ["dead"] }, default);

        Assert.Equal([$"{world.Sync.Name} v1"], all.Single(chart => chart.Key == "dead").Series.Select(series => series.Name));
        Assert.Equal([$"{world.Sync.Name} v1", $"{world.Sync.Name} v2"], all.Single(chart => chart.Key == "backlog").Series.Select(series => series.Name).Order());
        Assert.Equal(["v1"], one.Single(chart => chart.Key == "throughput").Series.Select(series => series.Name));
        Assert.Equal((1, 2.0), (nodes.Single().Series.Count, nodes.Single().Points.Sum(point => point.Values[0] ?? 0)));
        Assert.Equal(world.Console.Get<IOptions<DatabaseOptions>>().Value.NodeName, nodes.Single().Series[0].Name);
    }

    [Theory]
    [InlineData(1, 1, 60)]
    [InlineData(24, 15, 96)]
    [InlineData(24 * 7, 120, 84)]
    [InlineData(24 * 30, 480, 90)]
    public void A_range_between_two_moments_has_about_a_hundred_steps(int hours, int minutes, int steps)
    {
        var range = FigureRange.Between(Now.AddHours(-hours), Now);

        Assert.Equal(TimeSpan.FromMinutes(minutes), range.Step);
        Assert.InRange(range.Steps, steps, steps + 1);
        Assert.True(range.From <= Now.AddHours(-hours) && range.To >= Now);
    }

    private static MetricQuestion Ask(SyncWorld world, MetricGrouping grouping) =>
        new([world.Tenant], FigureRange.Last(RangePreset.Hour, Now), grouping, [], null, null);

    private static MetricReader ReaderOf(SyncWorld world) => new(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

    /// <summary>A chart's only line at the ends of the minutes so long ago.</summary>
    private static double?[] At(IReadOnlyList<MetricChart> charts, string key, params int[] minutesAgo)
    {
        var points = charts.Single(chart => chart.Key == key).Points;
        return [.. minutesAgo.Select(ago => points[points.Count - 1 - ago].Values.Single())];
    }

    private static Task GivenRunAsync(
        SyncWorld world, TenantId tenant, int number, string node, DateTimeOffset from, DateTimeOffset? to, int written = 0, int rejected = 0) => ExecuteAsync(world, $"""
        insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, mapping_version, records_read, written, rejected, node, queued_at, start_after, started_at, finished_at)
        values ('{tenant}', gen_random_uuid(), '{world.Sync.Id}', {number}, 'Schedule', '', '{(to is null ? "Running" : "Succeeded")}', 1, {written + rejected}, {written}, {rejected}, '{node}',
            '{from:O}', '{from:O}', '{from:O}', {(to is { } end ? $"'{end:O}'" : "null")})
        """);

    private static Task GivenLettersAsync(SyncWorld world, TenantId tenant, int count, DateTimeOffset at, int closed) => ExecuteAsync(world, $"""
        insert into dead_letter (tenant_id, id, sync_id, record_key, stage, cause, outcome, code, field, message, state, attempts, mapping_version, payload, payload_size, payload_print,
            first_run_id, last_run_id, first_failed_at, last_failed_at, version, closed_at)
        select '{tenant}', gen_random_uuid(), '{world.Sync.Id}', n::text, 'Map', 'Mapping', 'Rejected', '', '', '', case when n > {closed} then 'Waiting' else 'Discarded' end, 1, 1, '', 0, '',
            gen_random_uuid(), gen_random_uuid(), '{at:O}', '{at:O}', 1, case when n <= {closed} then timestamptz '{Now.AddMinutes(-5):O}' end
        from generate_series(1, {count}) n
        """);

    private static async Task ExecuteAsync(SyncWorld world, string sql, TenantId? other = null)
    {
        await using var session = await world.Console.Database.AcrossTenantsAsync(default);
        await session.RunAsync(sql, new { other }, default);
        await session.CommitAsync(default);
    }

    private static async Task GivenMinuteAsync(SyncWorld world, DateTimeOffset at, int read, int written, int unchanged, int filtered, int rejected)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into sync_minute (tenant_id, sync_id, minute, records_read, written, unchanged, filtered, rejected)
            values (@tenant, @sync, date_trunc('minute', @at::timestamptz), @read, @written, @unchanged, @filtered, @rejected)
            """, new { tenant = world.Tenant, sync = world.Sync.Id, at, read, written, unchanged, filtered, rejected }, default);
        await session.CommitAsync(default);
    }

    private static async Task GivenCallsAsync(SyncWorld world, DateTimeOffset at, int calls)
    {
        var durations = new int[DurationBuckets.Count];
        durations[3] = calls;
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into connection_minute (tenant_id, connection_id, minute, calls, failures, durations) values (@tenant, @connection, date_trunc('minute', @at::timestamptz), @calls, 0, @durations)
            """, new { tenant = world.Tenant, connection = world.Sync.SourceConnectionId, at, calls, durations }, default);
        await session.CommitAsync(default);
    }
}
