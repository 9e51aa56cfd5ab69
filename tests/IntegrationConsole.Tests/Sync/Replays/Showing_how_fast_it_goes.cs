using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Showing_how_fast_it_goes
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(5, 10)]
    [InlineData(590, 10)]
    [InlineData(600, 60)]
    [InlineData(3_600, 300)]
    [InlineData(86_400, 3_600)]
    [InlineData(8_640_000, 21_600)]
    public void A_longer_replay_is_shown_in_wider_steps(int seconds, int width) =>
        Assert.Equal(TimeSpan.FromSeconds(width), ReplayRate.WidthFor(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Of_a_very_long_one_the_end_is_shown()
    {
        var width = ReplayRate.WidthFor(TimeSpan.FromDays(100));

        var first = ReplayRate.FirstOf(Noon - TimeSpan.FromDays(100), Noon, width);
        var rate = ReplayRate.Of(first, Noon, width, []);

        Assert.Equal(60, rate.Stretches.Count);
        Assert.Equal(Noon, rate.Stretches[^1].At);
    }

    [Fact]
    public void Steps_in_which_nothing_came_are_shown_as_none()
    {
        var width = TimeSpan.FromSeconds(10);

        var rate = ReplayRate.Of(Noon, Noon + (3 * width), width, [new ReplayStretch(Noon, 2, 1), new ReplayStretch(Noon + (3 * width), 1, 0)]);

        Assert.Equal([(2, 1), (0, 0), (0, 0), (1, 0)], rate.Stretches.Select(stretch => (stretch.Delivered, stretch.Failed)));
        Assert.Equal(12, rate.PerMinute(2));
    }

    [Fact]
    public async Task All_that_was_recorded_of_a_replay_stands_in_its_chart()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4);
        world.Refuse(key => key == 3);

        var done = await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        var rate = await world.World.Console.Get<ReplayProgress>().RateAsync(done, default);

        Assert.Equal((ReplayState.Done, 3, 1), (done.State, done.Delivered, done.Failed));
        Assert.Equal((3, 1), (rate.Stretches.Sum(stretch => stretch.Delivered), rate.Stretches.Sum(stretch => stretch.Failed)));
        Assert.Empty(await world.World.Console.Get<ReplayProgress>().ListUnderWayAsync(world.World.Tenant, default));
    }

    [Fact]
    public async Task A_replay_is_under_way_while_it_runs_and_while_somebody_has_paused_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(12);
        var progress = world.World.Console.Get<ReplayProgress>();
        var id = await world.StartAsync(new ReplayOptions());
        await world.KeepAsync();

        var running = Assert.Single(await progress.ListUnderWayAsync(world.World.Tenant, default));
        await world.Controls.PauseAsync(world.World.Tenant, id, Support.TestConsole.Somebody, default);
        var paused = Assert.Single(await progress.ListUnderWayAsync(world.World.Tenant, default));

        Assert.Equal((id, ReplayState.Running, 12, 12), (running.Id, running.State, running.Total, running.Left));
        Assert.Equal((id, ReplayState.Paused), (paused.Id, paused.State));
    }

    [Fact]
    public void How_long_it_takes_is_told_from_the_last_minute_while_it_runs()
    {
        var running = new ReplayUnderWay(Guid.NewGuid(), "all", ReplayState.Running, Total: 100, Delivered: 35, Failed: 4, Skipped: 1, LastMinute: 20);

        Assert.Equal((60, TimeSpan.FromMinutes(3)), (running.Left, running.ToGo));
        Assert.Null((running with { State = ReplayState.Paused }).ToGo);
        Assert.Null((running with { LastMinute = 0 }).ToGo);
    }
}
