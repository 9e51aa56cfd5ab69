using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Freezing_and_pacing
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_run_of_a_replay_makes_no_more_calls_at_the_same_time_than_it_may_and_none_more_than_its_connection()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        var run = await world.ClaimRunAsync(await world.StartAsync(new ReplayOptions { Parallel = 2 }));

        async Task<int> AtOnceAsync(int most)
        {
            var rest = (IDestination)world.World.Console.Get<ConnectorCatalog>().Get("rest");
            var settings = JsonSerializer.SerializeToElement(new { baseAddress = "https://shop.example", streams = new[] { new { name = "orders", path = "/orders", canWrite = true, parallelCalls = 3 } } });
            var connection = new OpenConnection(world.World.Tenant, Guid.NewGuid(), "shop", "rest", settings, new NoAuthentication());
            return (await rest.OpenAsync(connection, new WriteRequest("orders", WriteMode.Append, [], [], false) { MostCalls = most }, default)).Terms!.CallsAtOnce;
        }

        var (usual, replayed, above) = (await AtOnceAsync(0), await AtOnceAsync(run.MostCalls), await AtOnceAsync(9));
        Assert.Equal((2, 3, 2, 3), (run.MostCalls, usual, replayed, above));
    }

    [Fact]
    public async Task Many_letters_are_written_down_beside_and_those_that_came_later_are_not_among_them()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4_500);
        var selection = ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() };
        world.World.System.Records.Add("""{"id":9001,"name":"late"}""");
        world.Refuse(_ => true);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.World.RunAsync();
        world.Refuse(_ => false);

        var id = await world.StartAsync(new ReplayOptions(), selection);
        var begun = await world.FindAsync(id);
        await world.KeepAsync();
        var frozen = await world.FindAsync(id);

        Assert.Equal((2_000, null, ReplayState.Waiting), (begun.Total, begun.FrozenAt, begun.State));
        Assert.Equal((4_500, ReplayState.Running), (frozen.Total, frozen.State));
        Assert.Equal("9001", (await world.World.LettersAsync(LetterState.Waiting)).Single().KeyText);
    }

    [Fact]
    public async Task Freezing_goes_on_where_a_node_stopped()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4_500);
        var id = await world.StartAsync(new ReplayOptions());

        // A chunk whose transaction is never committed is what a killed node leaves behind.
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await world.World.Console.Get<ReplayFreeze>().StepAsync(session, world.World.Tenant, id, default);
        }

        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Done, 4_500, 4_500), (done.State, done.Total, done.Delivered));
        Assert.Equal(4_500, world.World.System.Arrivals.Distinct().Count());
        Assert.Equal(4_500, world.World.System.Arrivals.Count);
    }

    [Fact]
    public async Task One_that_is_cancelled_while_it_is_written_down_gives_all_letters_back()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4_500);
        var id = await world.StartAsync(new ReplayOptions());

        await world.Controls.CancelAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var cancelled = await world.MoveAsync(id);
        var waiting = await world.World.Console.Get<DeadLetterStore>().CountAsync(world.World.Tenant, new DeadLetterFilter(State: LetterState.Waiting), default);

        Assert.Equal((ReplayState.Cancelled, 2_000, 0), (cancelled.State, cancelled.Skipped, cancelled.Left));
        Assert.Equal(4_500, waiting.Value);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0.5)]
    [InlineData(40)]
    public async Task Letters_go_at_the_pace_that_was_asked_for(double pace)
    {
        await using var world = await ReplayWorld.WithLettersAsync(1_500);
        var id = await world.StartAsync(new ReplayOptions { Pace = pace });
        var seconds = pace < 1 ? 100 : 30;

        var taken = await world.ClaimForAsync(await world.ClaimRunAsync(id), TimeSpan.FromSeconds(seconds));

        Assert.InRange(taken, pace * seconds * 0.9, (pace * seconds * 1.1) + 0.5);
    }

    [Fact]
    public async Task A_change_of_pace_is_felt_at_once()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1_000);
        var id = await world.StartAsync(new ReplayOptions { Pace = 0.01 });
        var run = await world.ClaimRunAsync(id);

        var slowly = await world.ClaimForAsync(run, TimeSpan.FromSeconds(30));
        await world.Controls.ChangePaceAsync(world.World.Tenant, id, 20, TestConsole.Somebody, default);
        var quickly = await world.ClaimForAsync(run, TimeSpan.FromSeconds(30));

        Assert.Equal(1, slowly);
        Assert.InRange(quickly, 540, 660);
    }

    [Fact]
    public async Task A_run_waits_for_the_pace_and_sends_each_letter_once()
    {
        await using var world = await ReplayWorld.WithLettersAsync(12);
        var id = await world.StartAsync(new ReplayOptions { Pace = 4 });
        var run = await world.ClaimRunAsync(id);

        var moving = world.World.Console.Get<SyncRunner>().RunAsync(run, default);
        while (!moving.IsCompleted)
        {
            world.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await moving;
        Assert.Equal((ReplayState.Done, 12), ((await world.FindAsync(id)).State, world.World.System.Arrivals.Count));
    }

    [Fact]
    public void A_replay_takes_its_share_of_what_is_left_of_a_budget()
    {
        var budget = CallBudget.Fresh(new TenantId(Guid.NewGuid()), Guid.NewGuid(), Noon);
        var perMinute = budget with { PerMinute = 600 };
        var told = budget with { ToldLimit = 1_000, ToldRemaining = 300, ToldResetAt = Noon.AddMinutes(1) };

        Assert.Equal(0, ReplayPace.Of(0, 30, budget, Noon));
        Assert.Equal(3, ReplayPace.Of(50, 30, perMinute, Noon), 3);
        Assert.Equal(1.5, ReplayPace.Of(50, 30, told, Noon), 3);
        Assert.Equal(1, ReplayPace.Of(1, 30, told, Noon), 3);
        Assert.Equal(50, ReplayPace.Of(50, 100, perMinute, Noon), 3);
        Assert.True(ReplayPace.Of(50, 30, told with { ToldRemaining = 0 }, Noon) is > 0 and < 0.1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task One_whose_node_dies_in_any_stage_is_taken_up_and_never_goes_back(int stage)
    {
        await using var world = await ReplayWorld.WithLettersAsync(130);
        var id = await world.StartAsync(new ReplayOptions { IsStaged = true, StopPercent = 10, StopsOnSame = true });
        var (calls, died) = (0, new CancellationTokenSource());
        world.World.System.Refuse = _ =>
        {
            if (++calls == stage)
            {
                died.Cancel();
                throw new OperationCanceledException(died.Token);
            }

            return null;
        };

        var run = (await world.QueuedRunAsync(id))!;
        await world.World.MoveAsync(run.Id, died.Token);
        var halfway = await world.FindAsync(id);
        var done = await world.MoveAsync(id);

        Assert.Equal(stage switch { 1 => 0, 2 => 1, _ => 11 }, halfway.Delivered);
        Assert.Equal((ReplayState.Done, 130, 0), (done.State, done.Delivered, done.Failed));
        Assert.Equal(130, world.World.System.Arrivals.Count);
    }
}
