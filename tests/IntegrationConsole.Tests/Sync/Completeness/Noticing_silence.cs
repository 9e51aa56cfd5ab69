using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Completeness;

/// <summary>What runs usually bring, learned from the runs before them.</summary>
public sealed class Noticing_silence
{
    [Fact]
    public async Task A_run_that_brings_nothing_where_something_is_usual_says_so_and_the_next_one_counts()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(30);
        for (var day = 0; day < 5; day++)
        {
            await RunAsync(world, clock, TimeSpan.FromDays(1));
        }

        world.System.Records = [];
        var first = await RunAsync(world, clock, TimeSpan.FromDays(1));
        var second = await RunAsync(world, clock, TimeSpan.FromDays(1));

        Assert.Equal((RunState.Succeeded, 30L, UsualOf.Runs, 1, VolumeLevel.None), (first.State, first.Usual, first.UsualOf, first.QuietRuns, first.Volume.Level));
        Assert.Equal("2 runs running brought no record, where 30 are usual of late.", second.Volume.Words);
    }

    [Fact]
    public async Task The_same_hour_of_the_week_tells_more_than_the_runs_before()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        for (var week = 0; week < 3; week++)
        {
            world.GivenRecords(100);
            await RunAsync(world, clock, TimeSpan.FromHours(12));
            world.GivenRecords(2);
            await RunAsync(world, clock, TimeSpan.FromHours(12));
            await RunAsync(world, clock, TimeSpan.FromDays(6));
        }

        world.System.Records = [];
        var run = await RunAsync(world, clock, TimeSpan.Zero);

        Assert.Equal((100L, UsualOf.Hour, 1), (run.Usual, run.UsualOf, run.QuietRuns));
        Assert.Equal("It brought no record, where 100 are usual at this hour of the week.", run.Volume.Words);
    }

    [Fact]
    public async Task Silence_that_is_usual_and_little_that_is_usual_are_not_told()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(19);
        for (var day = 0; day < 6; day++)
        {
            await RunAsync(world, clock, TimeSpan.FromDays(1));
        }

        world.System.Records = [];
        var run = await RunAsync(world, clock, TimeSpan.FromDays(1));

        Assert.Equal((19L, 0, VolumeLevel.Unjudged, ""), (run.Usual, run.QuietRuns, run.Volume.Level, run.Volume.Words));
    }

    [Fact]
    public async Task After_a_week_of_silence_nothing_is_what_is_usual()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(30);
        for (var day = 0; day < 5; day++)
        {
            await RunAsync(world, clock, TimeSpan.FromHours(6));
        }

        world.System.Records = [];
        var runs = new List<Run>();
        for (var quarter = 0; quarter < 70; quarter++)
        {
            runs.Add(await RunAsync(world, clock, TimeSpan.FromHours(6)));
        }

        Assert.Equal(20, runs[19].QuietRuns);
        Assert.Equal((0L, 0), (runs[^1].Usual, runs[^1].QuietRuns));
    }

    [Fact]
    public async Task Where_few_are_usual_a_silence_is_told_when_as_long_a_time_usually_brings_something_again_and_again()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(1);
        for (var quarter = 0; quarter < 4 * 25; quarter++)
        {
            await RunAsync(world, clock, TimeSpan.FromHours(6));
        }

        var records = world.System.Records;
        world.System.Records = [];
        var silent = new List<Run>();
        for (var quarter = 0; quarter < 14; quarter++)
        {
            silent.Add(await RunAsync(world, clock, TimeSpan.FromHours(6)));
        }

        world.System.Records = records;
        var after = await RunAsync(world, clock, TimeSpan.FromHours(6));

        var told = silent.First(run => run.Volume.Level is VolumeLevel.None);
        Assert.Equal((10, 10, UsualOf.Span), (silent.IndexOf(told), silent.Count(run => run.Volume.Level is VolumeLevel.Unjudged), told.UsualOf));
        Assert.Equal("11 runs running brought no record, where 10 are usual in as long a time.", told.Volume.Words);
        Assert.Equal("14 runs running brought no record, where 10 are usual in as long a time.", silent[^1].Volume.Words);
        Assert.Equal((0, VolumeLevel.Unjudged), (after.QuietRuns, after.Volume.Level));
    }

    [Fact]
    public void Silence_is_no_chance_where_ten_runs_that_bring_something_are_usual_in_as_long_a_time()
    {
        Assert.Equal(15, LongSilence.Usual([new(10, 14, false), new(12, 15, false), new(11, 40, false)]));
        Assert.Null(LongSilence.Usual([new(9, 900, false), new(9, 900, false), new(30, 900, false)]));
    }

    [Fact]
    public void Silence_that_one_of_the_weeks_nearly_had_as_well_is_not_told() =>
        Assert.Null(LongSilence.Usual([new(20, 20, false), new(20, 20, false), new(4, 4, false), new(20, 20, false)]));

    [Fact]
    public void Weeks_that_were_silent_themselves_are_no_example_and_without_three_nothing_is_known()
    {
        Assert.Equal(20, LongSilence.Usual([new(0, 0, true), new(20, 20, false), new(20, 20, false), new(20, 20, false)]));
        Assert.Null(LongSilence.Usual([new(0, 0, true), new(0, 0, true), new(20, 20, false), new(20, 20, false)]));
        Assert.Null(LongSilence.Usual([]));
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(7, 1)]
    [InlineData(7.1, 2)]
    [InlineData(14, 2)]
    public void A_silence_is_compared_with_weeks_that_it_does_not_reach_into(double days, int weeks) => Assert.Equal(weeks, LongSilence.WeeksOf(TimeSpan.FromDays(days)));

    [Fact]
    public void A_silence_of_many_runs_is_looked_at_now_and_then()
    {
        Assert.Equal([3, 4, 5, 6, 7, 8], Enumerable.Range(1, 8).Where(LongSilence.IsDue));
        Assert.InRange(Enumerable.Range(1, 10_000).Count(LongSilence.IsDue), 30, 120);
    }

    private static async Task<Run> RunAsync(SyncWorld world, ManualClock clock, TimeSpan then)
    {
        var run = await world.RunAsync();
        clock.Advance(then);
        return run;
    }
}
