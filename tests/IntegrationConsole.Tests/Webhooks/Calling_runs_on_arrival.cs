using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Webhooks;

public sealed class Calling_runs_on_arrival
{
    private static readonly TimeSpan Gathered = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_delivery_calls_a_run_and_only_one()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        var sync = await world.GivenASyncAsync(onArrival: true);
        Assert.Equal(0, await CallAsync(world));

        await world.StatusAsync(LetterboxWorld.Record(1));
        await world.StatusAsync(LetterboxWorld.Record(2));

        Assert.Equal(1, await CallAsync(world));
        Assert.Equal(0, await CallAsync(world));
        var run = Assert.Single(await RunsAsync(world));
        Assert.Equal((RunTrigger.Arrival, "webhook"), (run.Trigger, run.RequestedBy));
        Assert.Equal(2, (await world.MoveAsync(sync, run.Id)).RecordsRead);
        clock.Advance(Gathered);
        Assert.Equal(0, await CallAsync(world));
    }

    [Fact]
    public async Task What_arrives_while_a_run_goes_is_left_to_the_next_one()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        var sync = await world.GivenASyncAsync(onArrival: true);
        await world.StatusAsync(LetterboxWorld.Record(1));
        await CallAsync(world);
        var claimed = await world.Console.Get<RunQueue>().ClaimAsync(world.Tenant, sync.Id, (await RunsAsync(world))[0].Id, default);
        Assert.NotNull(claimed);

        await world.StatusAsync(LetterboxWorld.Record(2));
        Assert.Equal(0, await CallAsync(world));
        clock.Advance(Gathered);
        Assert.Equal(1, await CallAsync(world));

        var waiting = (await RunsAsync(world))[0];
        Assert.Equal((RunState.Queued, "Waits for run 1 to end"), (waiting.State, waiting.Reason));
    }

    [Fact]
    public async Task A_paused_integration_is_called_when_it_is_resumed()
    {
        await using var world = await LetterboxWorld.StartAsync();
        var sync = await world.GivenASyncAsync(onArrival: true);
        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, sync.Id, "a pause", TestConsole.Somebody, default);
        await world.StatusAsync(LetterboxWorld.Record(1));
        Assert.Equal(0, await CallAsync(world));

        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, sync.Id, null, TestConsole.Somebody, default);

        Assert.Equal(1, await CallAsync(world));
    }

    [Fact]
    public async Task After_a_run_that_failed_there_is_a_rest_and_what_is_unread_is_called_for_again()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        var sync = await world.GivenASyncAsync(onArrival: true);
        await world.StatusAsync(LetterboxWorld.Record(1));
        await CallAsync(world);
        await SetAsync(world, "update run set state = 'Failed', finished_at = @now, needs_person = false");

        await world.StatusAsync(LetterboxWorld.Record(2));
        clock.Advance(Gathered);
        Assert.Equal(0, await CallAsync(world));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await CallAsync(world));
        await SetAsync(world, "update run set state = 'Failed', finished_at = @now, needs_person = false");

        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(0, await CallAsync(world));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await CallAsync(world));
        await SetAsync(world, "update run set state = 'Failed', finished_at = @now, needs_person = true");

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await CallAsync(world));
        Assert.Equal(sync.Id, (await RunsAsync(world))[0].SyncId);
    }

    [Fact]
    public async Task An_integration_that_does_not_want_it_is_not_called()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.GivenASyncAsync(onArrival: false);
        await world.StatusAsync(LetterboxWorld.Record(1));

        Assert.Equal(0, await CallAsync(world));
    }

    private static async Task<int> CallAsync(LetterboxWorld world)
    {
        using var calls = ActivatorUtilities.CreateInstance<ArrivalCalls>(world.Console.Get<IServiceProvider>());
        return await calls.CallAsync(default);
    }

    private static Task<IReadOnlyList<Run>> RunsAsync(LetterboxWorld world) => RunsOfAsync(world.Console.Get<RunStore>(), world);

    private static async Task<IReadOnlyList<Run>> RunsOfAsync(RunStore runs, LetterboxWorld world) => (await runs.ListAsync(world.Tenant, new RunFilter(), null, 100, default)).Items;

    private static async Task SetAsync(LetterboxWorld world, string sql)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync(sql, new { now = world.Console.Get<TimeProvider>().GetUtcNow() }, default);
        await session.CommitAsync(default);
    }
}
