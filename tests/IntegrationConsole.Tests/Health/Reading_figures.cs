using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Health;

public sealed class Reading_figures
{
    [Fact]
    public void Percentiles_are_read_inside_the_bucket_that_holds_them()
    {
        // A thousand calls of 1 to 1,000 ms: the real percentiles are 500, 950 and 990 ms.
        var counts = new long[DurationBuckets.Count];
        for (var milliseconds = 1; milliseconds <= 1_000; milliseconds++)
        {
            counts[DurationBuckets.Of(milliseconds / 1_000.0)]++;
        }

        Assert.Equal(500, DurationBuckets.Percentile(counts, 0.50)!.Value.TotalMilliseconds, 3.0);
        Assert.Equal(950, DurationBuckets.Percentile(counts, 0.95)!.Value.TotalMilliseconds, 3.0);
        Assert.Equal(990, DurationBuckets.Percentile(counts, 0.99)!.Value.TotalMilliseconds, 3.0);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.005, 0)]
    [InlineData(0.0051, 1)]
    [InlineData(120.0, 20)]
    [InlineData(121.0, 21)]
    public void A_duration_on_a_bound_belongs_below_it(double seconds, int bucket) => Assert.Equal(bucket, DurationBuckets.Of(seconds));

    [Fact]
    public void Too_few_calls_have_no_percentile_and_endless_ones_have_the_last_bound()
    {
        var counts = new long[DurationBuckets.Count];
        counts[^1] = 19;
        Assert.Null(DurationBuckets.Percentile(counts, 0.5));

        counts[^1] = 20;
        Assert.Equal(TimeSpan.FromSeconds(120), DurationBuckets.Percentile(counts, 0.5));
    }

    [Theory]
    [InlineData(RangePreset.Hour, 60, 1)]
    [InlineData(RangePreset.Day, 96, 15)]
    [InlineData(RangePreset.Week, 84, 120)]
    [InlineData(RangePreset.Month, 90, 480)]
    [InlineData(RangePreset.Quarter, 90, 1440)]
    [InlineData(RangePreset.Year, 52, 10080)]
    public void A_range_ends_on_a_whole_step_and_holds_this_moment(RangePreset preset, int steps, int minutes)
    {
        var now = new DateTimeOffset(2026, 3, 2, 8, 7, 30, TimeSpan.Zero);
        var range = FigureRange.Last(preset, now);

        Assert.Equal((steps, TimeSpan.FromMinutes(minutes)), (range.Steps, range.Step));
        Assert.True(range.StartOf(steps - 1) <= now && now < range.To);
        Assert.Equal(0, range.To.UtcTicks % range.Step.Ticks);
    }

    [Fact]
    public async Task Records_are_added_up_by_step_and_gaps_stay_gaps()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(10);
        health.World.System.Records[4] = """{"id":"five","name":"bad"}""";
        await health.World.RunAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(10));
        await health.World.RunAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(5));
        var figures = Figures(health);

        var hour = await figures.RecordsAsync(health.World.Tenant, health.World.Sync.Id, FigureRange.Last(RangePreset.Hour, health.Clock.GetUtcNow()), default);
        var all = await figures.RecordsAsync(health.World.Tenant, null, FigureRange.Last(RangePreset.Day, health.Clock.GetUtcNow()), default);

        Assert.Equal(new RecordFigures(20, 9, 9, 0, 2, 0, 0, 2, 0), hour.Total);
        Assert.Equal(0.1, hour.Total.ErrorRate);
        Assert.Equal([44, 54], hour.Points.Select((point, step) => (point, step)).Where(pair => pair.point.Figures is not null).Select(pair => pair.step));
        Assert.Equal(9 / 60.0, hour.Points[44].Throughput);
        Assert.Equal(18 / 3600.0, hour.Throughput, 6);
        Assert.Equal(hour.Total, all.Total);
    }

    [Fact]
    public async Task Percentiles_over_a_range_come_from_all_its_calls_and_never_from_percentiles()
    {
        await using var health = await HealthWorld.StartAsync();
        var now = health.Clock.GetUtcNow();

        // One busy quick minute and one slow one: the mean of their medians would lie near 15 s.
        await GivenAsync(health, now.AddMinutes(-20), 990, 0, 0.004);
        await GivenAsync(health, now.AddMinutes(-10), 10, 5, 29);
        var figures = Figures(health);

        var calls = await figures.CallsAsync(health.World.Tenant, null, FigureRange.Last(RangePreset.Hour, now), default);

        Assert.Equal((1_000, 5, 0.005), (calls.Total.Calls, calls.Total.Failures, calls.Total.FailureRate));
        Assert.InRange(calls.Total.P50!.Value.TotalSeconds, 0.002, 0.003);
        Assert.InRange(calls.Total.P99!.Value.TotalSeconds, 0.0049, 0.0051);
        var slow = calls.Points[49].Figures!;
        Assert.Equal((10, null), (slow.Calls, slow.P50));
        Assert.Equal(2, calls.Points.Count(point => point.Figures is not null));
    }

    [Fact]
    public async Task The_backlog_counts_what_waits_and_how_long()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("2") ? new Failure(FailureCause.Conflict, "Taken.", "23505") : null;
        await health.World.RunAsync();
        await health.World.RequestAsync();
        var letter = (await health.World.LettersAsync()).Single();
        await health.World.Console.Get<IntegrationConsole.Sync.Replays.ReplayStore>().StartAsync(
            health.World.Tenant, new IntegrationConsole.Sync.Replays.ReplaySelection([letter.Id], new DeadLetterFilter(), false, "one"), "", false, TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromMinutes(7));

        var backlog = await Figures(health).BacklogAsync(health.World.Tenant, null, default);

        Assert.Equal((2, TimeSpan.FromMinutes(7)), (backlog.QueuedRuns, backlog.OldestRun));
        Assert.Equal((1, TimeSpan.FromMinutes(7)), (backlog.QueuedItems, backlog.OldestItem));
        Assert.Equal([new CauseCount(FailureCause.Conflict, 1)], backlog.OpenLetters);
    }

    [Fact]
    public async Task Another_tenant_has_none_of_these_figures()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(10);
        await health.World.RunAsync();
        var other = await health.World.Console.GivenATenantAsync();
        var range = FigureRange.Last(RangePreset.Hour, health.Clock.GetUtcNow());

        Assert.Equal(0, (await Figures(health).RecordsAsync(other, health.World.Sync.Id, range, default)).Total.Read);
        Assert.Equal(0, (await Figures(health).CallsAsync(other, null, range, default)).Total.Calls);
    }

    [Fact]
    public async Task Figures_go_when_they_are_old_and_in_a_sum_and_young_ones_stay()
    {
        await using var health = await HealthWorld.StartAsync();
        var now = health.Clock.GetUtcNow();
        await GivenAsync(health, now.AddDays(-4), 1, 0, 1);
        await GivenAsync(health, now.AddDays(-2), 1, 0, 1);
        await GivenMinutesAsync(health, now.AddDays(-4), now.AddDays(-2));
        await using (var session = await health.World.Console.Database.AcrossTenantsAsync(default))
        {
            await session.RunAsync("""
                insert into health_transition (tenant_id, object_kind, object_id, at, to_state, reason)
                select @tenant, 'Sync', @sync, @now - days * interval '1 day', 'Healthy', '' from unnest(array[366, 364]) days;
                """, new { tenant = health.World.Tenant, sync = health.World.Sync.Id, now }, default);
            await session.CommitAsync(default);
        }

        var retention = new FigureRetention(health.World.Console.Database, health.Clock);

        Assert.Equal(1, await retention.DeleteExpiredAsync(default));
        await SumAsync(health);
        Assert.Equal(2, await retention.DeleteExpiredAsync(default));
        Assert.Equal(0, await retention.DeleteExpiredAsync(default));
    }

    [Theory]
    [InlineData(RangePreset.Week)]
    [InlineData(RangePreset.Month)]
    [InlineData(RangePreset.Quarter)]
    [InlineData(RangePreset.Year)]
    public async Task A_range_shows_the_same_before_its_figures_are_summed_after_it_and_when_the_minutes_are_gone(RangePreset preset)
    {
        await using var health = await HealthWorld.StartAsync();
        var now = health.Clock.GetUtcNow();
        DateTimeOffset[] minutes = [now.AddDays(-6), now.AddDays(-6).AddMinutes(7), now.AddDays(-5), now.AddDays(-1), now.AddHours(-2), now.AddMinutes(-1)];
        await GivenMinutesAsync(health, minutes);
        foreach (var minute in minutes)
        {
            await GivenAsync(health, minute, 30, 3, 0.2);
        }

        var range = FigureRange.Last(preset, now);
        var before = await BothAsync(health, range);
        await SumAsync(health);
        var summed = await BothAsync(health, range);
        await health.ExecuteAsync($"delete from sync_minute where minute < timestamptz '{now.AddHours(-4):O}'; delete from connection_minute where minute < timestamptz '{now.AddHours(-4):O}'");
        var without = await BothAsync(health, range);

        Assert.Equal(6, before.Records.Total.Read);
        Assert.Equal((180L, 18L), (before.Calls.Total.Calls, before.Calls.Total.Failures));
        Assert.Equal(before.Records.Points, summed.Records.Points);
        Assert.Equal(before.Calls.Points, summed.Calls.Points);
        Assert.Equal(before.Records.Points, without.Records.Points);
        Assert.Equal(before.Calls.Points, without.Calls.Points);
        Assert.Equal(before.Calls.Total, without.Calls.Total);
    }

    [Fact]
    public async Task What_a_slow_node_wrote_into_the_last_hour_is_in_its_sum()
    {
        await using var health = await HealthWorld.StartAsync();
        var now = health.Clock.GetUtcNow();
        var hour = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(-1);
        await GivenMinutesAsync(health, hour);
        health.Clock.Advance(TimeSpan.FromMinutes(6));
        await SumAsync(health);
        await GivenMinutesAsync(health, hour.AddMinutes(3));
        await SumAsync(health);

        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        Assert.Equal(2, await session.OneAsync<long>("select records_read from sync_hour where hour = @hour", new { hour }, default));
    }

    private static async Task SumAsync(HealthWorld health)
    {
        var sums = new FigureSums(health.World.Console.Database, health.Clock);
        while (await sums.SumAsync(default))
        {
            // The next portion.
        }
    }

    private static async Task<(RecordSeries Records, CallSeries Calls)> BothAsync(HealthWorld health, FigureRange range) =>
        (await Figures(health).RecordsAsync(health.World.Tenant, null, range, default), await Figures(health).CallsAsync(health.World.Tenant, null, range, default));

    private static async Task GivenMinutesAsync(HealthWorld health, params DateTimeOffset[] minutes)
    {
        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        await session.RunAsync("""
            insert into sync_minute (tenant_id, sync_id, minute, records_read, written) select @tenant, @sync, date_trunc('minute', at), 1, 1 from unnest(@minutes) at
            """, new { tenant = health.World.Tenant, sync = health.World.Sync.Id, minutes }, default);
        await session.CommitAsync(default);
    }

    private static FigureStore Figures(HealthWorld health) => new(health.World.Console.Database, health.World.Console.Get<DeadLetterStore>(), health.Clock);

    private static async Task GivenAsync(HealthWorld health, DateTimeOffset minute, int calls, int failures, double seconds)
    {
        var durations = new int[DurationBuckets.Count];
        durations[DurationBuckets.Of(seconds)] = calls;
        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        await session.RunAsync("""
            insert into connection_minute (tenant_id, connection_id, minute, calls, failures, durations)
            select tenant_id, id, @minute, @calls, @failures, @durations from connection where tenant_id = @tenant
            """, new { tenant = health.World.Tenant, minute, calls, failures, durations }, default);
        await session.CommitAsync(default);
    }
}
