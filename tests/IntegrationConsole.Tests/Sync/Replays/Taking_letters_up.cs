using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Taking_letters_up
{
    [Fact]
    public async Task What_was_taken_up_ahead_is_not_sent_behind_a_stop()
    {
        await using var world = await ReplayWorld.WithLettersAsync(600);
        var id = await world.StartAsync(new ReplayOptions { StopPercent = 10 });
        world.Refuse(_ => true, "E2");

        var stopped = await world.MoveAsync(id);
        Assert.Equal((ReplayState.Stopped, 200, 400), (stopped.State, stopped.Failed, stopped.Left));

        world.Refuse(_ => false);
        await world.Controls.ResumeAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);
        Assert.Equal((ReplayState.Done, 400, 200), (done.State, done.Delivered, done.Failed));
        Assert.Equal(400, world.World.System.Arrivals.Count);
    }

    [Fact]
    public async Task The_next_letters_are_sent_while_those_before_are_recorded()
    {
        await using var world = await ReplayWorld.WithLettersAsync(600);
        var id = await world.StartAsync(new ReplayOptions());
        await world.KeepAsync();
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.World.System.Refuse = keys =>
        {
            if (keys.Contains("201"))
            {
                next.TrySetResult();
            }

            return null;
        };
        Task<Replay> moving;
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await session.OneAsync<Guid>("select id from dead_letter where tenant_id = @tenant and record_key = '1' for update", new { tenant = world.World.Tenant }, default);
            moving = world.MoveAsync(id);
            await next.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(0, (await world.FindAsync(id)).Delivered);
        }

        var done = await moving;
        Assert.Equal((ReplayState.Done, 600), (done.State, done.Delivered));
        Assert.Equal(600, world.World.System.Arrivals.Count);
    }

    [Fact]
    public async Task While_all_arrive_more_go_together_and_behind_one_that_fails_few_again()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3_000);
        var id = await world.StartAsync(new ReplayOptions());
        var (sizes, seen) = (new List<int>(), new HashSet<string>());
        world.World.System.Refuse = keys =>
        {
            if (keys.Any(seen.Add))
            {
                sizes.Add(keys.Count);
            }

            return keys.Contains("1500") ? new Failure(FailureCause.Validation, "Not today.", "E2", "name") : null;
        };

        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Done, 2_999, 1), (done.State, done.Delivered, done.Failed));
        Assert.Equal(200, sizes[0]);
        Assert.Contains(sizes, size => size > 200);
        Assert.Contains(200, sizes.Skip(sizes.FindIndex(size => size > 200)));
    }

    [Fact]
    public async Task An_attempt_that_was_overtaken_takes_up_nothing()
    {
        await using var world = await ReplayWorld.WithLettersAsync(300);
        var id = await world.StartAsync(new ReplayOptions());
        var overtaken = await world.ClaimRunAsync(id);
        var first = await world.TakeUpAsync(overtaken);

        var next = overtaken with { Attempt = overtaken.Attempt + 1 };
        await world.World.Console.Get<ReplayClaims>().BeginAsync(next, id, default);

        Assert.Empty((await world.TakeUpAsync(overtaken)).Letters);
        Assert.Equal(first.Letters.Select(letter => letter.LetterId), (await world.TakeUpAsync(next)).Letters.Select(letter => letter.LetterId));
        Assert.Equal(100, (await world.TakeUpAsync(next)).Letters.Count);
        Assert.Empty((await world.TakeUpAsync(next)).Letters);
    }

    [Fact]
    public async Task Letters_on_the_line_are_left_to_their_run_when_a_replay_is_cancelled()
    {
        await using var world = await ReplayWorld.WithLettersAsync(450);
        var id = await world.StartAsync(new ReplayOptions());
        var run = await world.ClaimRunAsync(id);
        await world.TakeUpAsync(run);

        await world.Controls.CancelAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        Assert.Equal((200, 250, 0), (await CountAsync(ReplayItemState.Claimed), await CountAsync(ReplayItemState.Skipped), await CountAsync(ReplayItemState.Queued)));
        Assert.Equal(250, await WaitingAsync());

        await world.World.Console.Get<SyncRunner>().RunAsync(run, default);
        Assert.Equal((0, 450, 450), (await CountAsync(ReplayItemState.Claimed), await CountAsync(ReplayItemState.Skipped), await WaitingAsync()));
        Assert.Empty(world.World.System.Arrivals);

        async Task<int> CountAsync(ReplayItemState state) => (await world.Replays.ListItemsAsync(world.World.Tenant, id, state, null, 1_000, default)).Count;
        async Task<int> WaitingAsync() =>
            (int)(await world.World.Console.Get<DeadLetterStore>().CountAsync(world.World.Tenant, new DeadLetterFilter(State: LetterState.Waiting), default)).Value;
    }

    [Fact]
    public async Task A_replay_whose_letters_were_removed_meanwhile_is_done_all_the_same()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);
        var id = await world.StartAsync(new ReplayOptions());
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await session.RunAsync("delete from dead_letter where tenant_id = @tenant and record_key in ('1', '2')", new { tenant = world.World.Tenant }, default);
            await session.CommitAsync(default);
        }

        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Done, 3), (done.State, done.Delivered));
    }
}
