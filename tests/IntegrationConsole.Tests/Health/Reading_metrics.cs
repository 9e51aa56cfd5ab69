using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Metrics;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

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
    public async Task Several_tenants_together_have_neither_lag_nor_open_letters()
    {
        await using var world = await SyncWorld.StartAsync(clock: new ManualClock(Now));
        var other = await world.Console.GivenATenantAsync();
        await GivenMinuteAsync(world, Now.AddMinutes(-2), read: 10, written: 10, unchanged: 0, filtered: 0, rejected: 0);
        var reader = new MetricReader(new MetricStore(world.Console.Database, new ManualClock(Now)), new ManualClock(Now));

        var charts = await reader.ReadAsync(Ask(world, MetricGrouping.Tenant) with { Tenants = [world.Tenant, other], IsFleet = true }, default);

        Assert.Equal(["throughput", "errors", "p95", "dead"], charts.Select(chart => chart.Key));
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
