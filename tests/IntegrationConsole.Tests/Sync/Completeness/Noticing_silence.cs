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

    private static async Task<Run> RunAsync(SyncWorld world, ManualClock clock, TimeSpan then)
    {
        var run = await world.RunAsync();
        clock.Advance(then);
        return run;
    }
}
