using System.Text;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Order;

public sealed class Keeping_records_in_order
{
    [Fact]
    public async Task A_record_that_the_destination_refuses_holds_back_later_ones_of_its_key_in_the_batch()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "b/2", "a/3", "c/4", "a/5", "b/6");
        world.Refuse("3");

        var run = await world.Inner.RunAsync();

        Assert.Equal((RunState.Partial, 4, 1, 1), (run.State, run.Written, run.Rejected, run.Failed));
        Assert.Equal("3 5<", await world.OpenAsync());
        Assert.Equal(["1", "2", "4", "6"], world.System.Arrivals.Order());
    }

    [Fact]
    public async Task A_record_that_cannot_be_mapped_holds_back_later_ones_in_further_batches_and_runs()
    {
        await using var world = await OrderWorld.StartAsync(batchSize: 2);
        world.GivenEvents("a/one", "b/2", "b/3", "a/4", "a/5");
        var first = await world.Inner.RunAsync();
        world.GivenEvents("a/6", "b/7");

        var second = await world.Inner.RunAsync();

        Assert.Equal((2, 1, 2), (first.Written, first.Rejected, first.Failed));
        Assert.Equal((1, 1), (second.Written, second.Failed));
        Assert.Equal(["2", "3", "7"], world.System.Arrivals);
    }

    [Fact]
    public async Task The_replay_of_a_letter_takes_those_that_wait_behind_it_along_in_their_order()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/9", "b/5", "a/3", "a/7");
        world.Refuse("1");
        await world.Inner.RunAsync();
        world.Refuse();
        var head = await world.LetterAsync("1");
        world.System.Arrivals.Clear();

        var replay = await world.Inner.ReplayAsync([head.Id]);

        Assert.Equal(3, head.WaitingBehind);
        Assert.Equal((ReplayState.Done, 4, 4), (replay.State, replay.Total, replay.Delivered));
        Assert.Equal(["1", "9", "3", "7"], world.System.Arrivals);
        Assert.Equal("", await world.OpenAsync());
    }

    [Fact]
    public async Task A_replay_that_fails_again_leaves_everything_behind_it_waiting()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/2", "a/3");
        world.Refuse("1");
        await world.Inner.RunAsync();

        var all = await world.Inner.ReplayAsync();
        var follower = await world.Inner.ReplayAsync([(await world.LetterAsync("3")).Id]);

        Assert.Equal((0, 3), (all.Delivered, all.Failed));
        Assert.Equal((0, 1), (follower.Delivered, follower.Failed));
        Assert.Equal("1 2< 3<", await world.OpenAsync());
        Assert.Equal(0, await world.ReleaseAsync());
        Assert.Empty(world.System.Arrivals);
    }

    [Fact]
    public async Task Discarding_a_letter_sends_those_behind_it_by_themselves()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/3", "a/2", "b/one", "b/5");
        world.Refuse("1");
        await world.Inner.RunAsync();
        world.Refuse();
        await world.Inner.Console.Get<DeadLetterStore>().DiscardAsync(world.Inner.Tenant, [(await world.LetterAsync("1")).Id], "test data", TestConsole.Somebody, default);

        var released = await world.ReleaseAsync();
        var again = await world.ReleaseAsync();

        Assert.Equal((1, 0), (released, again));
        Assert.Equal(["3", "2"], world.System.Arrivals);
        Assert.EndsWith(" 5<", await world.OpenAsync());
    }

    [Fact]
    public async Task One_in_the_middle_that_fails_by_itself_holds_the_rest_in_turn()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/2", "a/3", "a/4");
        world.Refuse("1");
        await world.Inner.RunAsync();
        world.Refuse("3");

        await world.Inner.ReplayAsync([(await world.LetterAsync("1")).Id]);
        var open = await world.OpenAsync();
        world.Refuse();
        await world.Inner.ReplayAsync([(await world.LetterAsync("3")).Id]);

        Assert.Equal("3 4<", open);
        Assert.Equal(["1", "2", "3", "4"], world.System.Arrivals);
    }

    [Fact]
    public async Task A_replay_in_stages_keeps_the_order_and_does_not_count_those_that_wait()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/2", "b/3", "a/4", "b/5");
        world.Refuse("1", "3");
        await world.Inner.RunAsync();
        world.Refuse("3");

        var replays = world.Inner.Console.Get<ReplayStore>();
        var options = new ReplayOptions { IsStaged = true, StopPercent = 60 };
        var (id, _) = (await replays.StartAsync(world.Inner.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), options, "", TestConsole.Somebody, default))!.Value;
        await world.Inner.MoveAsync((await replays.ListRunsAsync(world.Inner.Tenant, id, default)).Single().Id);
        var done = (await replays.FindAsync(world.Inner.Tenant, id, default))!;

        Assert.Equal((ReplayState.Done, 5, 3, 2), (done.State, done.Total, done.Delivered, done.Failed));
        Assert.Equal((3, 1), (done.StageDone, done.StageFailed));
        Assert.Equal(["1", "2", "4"], world.System.Arrivals);
    }

    [Fact]
    public async Task A_record_that_comes_again_takes_the_place_of_its_letter_and_those_behind_it_follow()
    {
        await using var world = await OrderWorld.StartAsync(batchSize: 1);
        world.GivenEvents("a/1", "a/2", "a/3");
        world.Refuse("1");
        await world.Inner.RunAsync();
        world.Refuse();

        var second = await world.Inner.RunAsync();

        Assert.Equal((RunState.Succeeded, 3), (second.State, second.Written));
        Assert.Equal(["1", "2", "3"], world.System.Arrivals);
        Assert.All(await world.Inner.LettersAsync(any: true), letter => Assert.Equal(LetterState.Superseded, letter.State));
    }

    [Fact]
    public async Task Those_that_come_again_stay_behind_a_letter_that_does_not()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/1", "a/2");
        world.Refuse("1");
        await world.Inner.RunAsync();
        world.GivenEvents("a/2", "a/3", "b/4");

        var second = await world.Inner.RunAsync();

        Assert.Equal((1, 2), (second.Written, second.Failed));
        Assert.Equal("1 2< 3<", await world.OpenAsync());
    }

    [Fact]
    public async Task An_edited_letter_keeps_its_place()
    {
        await using var world = await OrderWorld.StartAsync();
        world.GivenEvents("a/one", "a/2");
        await world.Inner.RunAsync();
        var head = (await world.Inner.LettersAsync()).Single(letter => letter.WaitingBehind == 1);
        await world.Inner.Console.Get<DeadLetterStore>().EditAsync(
            world.Inner.Tenant, head.Id, head.Version, Encoding.UTF8.GetBytes("""{"id":1,"order":"other","name":"event"}"""), TestConsole.Somebody, default);

        await world.Inner.ReplayAsync([head.Id]);

        Assert.Equal(["1", "2"], world.System.Arrivals);
    }

    [Fact]
    public async Task The_key_may_be_an_expression_and_a_record_without_one_waits_for_nobody()
    {
        await using var world = await OrderWorld.StartAsync("$uppercase(order)");
        world.System.Records = ["""{"id":1,"order":"a"}""", """{"id":2,"order":"A"}""", """{"id":3}""", """{"id":4}"""];
        world.Refuse("1", "3");

        await world.Inner.RunAsync();

        Assert.Equal("1 2< 3", await world.OpenAsync());
    }

    [Fact]
    public async Task Without_an_order_key_nothing_waits()
    {
        await using var world = await OrderWorld.StartAsync("");
        world.GivenEvents("a/1", "a/2");
        world.Refuse("1");

        await world.Inner.RunAsync();

        Assert.Equal("1", await world.OpenAsync());
    }

    [Theory]
    [InlineData("order..id")]
    [InlineData("$lookup_table('orders', id)")]
    [InlineData("$uppercase(")]
    public void A_key_that_cannot_be_read_is_refused(string key)
    {
        var draft = new SyncDraft(
            "x", Guid.NewGuid(), "s", default, Guid.NewGuid(), "d", default, ["id"], false, IntegrationConsole.Sync.Schedules.Schedule.Manual, default) { OrderKey = key };

        Assert.Contains(nameof(SyncDraft.OrderKey), SyncRules.Check(draft, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch, null).Keys);
    }
}
