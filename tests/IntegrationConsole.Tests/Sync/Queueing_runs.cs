using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Queueing_runs
{
    [Fact]
    public async Task A_second_run_waits_for_the_first_and_a_third_is_refused_with_the_reason()
    {
        await using var world = await SyncWorld.StartAsync();
        var first = await world.RequestAsync();
        await world.ClaimAsync(first.RunId!.Value);

        var second = await world.RequestAsync();
        var third = await world.RequestAsync();

        Assert.Equal("Queued: it starts when run 1 ends.", second.Answer);
        Assert.Null(await world.ClaimAsync(second.RunId!.Value));
        Assert.Null(third.RunId);
        Assert.Equal("Run 2 is waiting already, asked for by somebody@example.com.", third.Answer);
    }

    [Fact]
    public async Task Twenty_requests_at_once_make_one_run_that_goes_and_none_that_is_lost()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(5);

        var requests = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.RequestAsync()));
        var run = await world.MoveAsync(requests.Single(request => request.RunId is not null).RunId!.Value);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.All(requests, request => Assert.NotEmpty(request.Answer));
    }

    [Fact]
    public async Task Of_two_nodes_that_claim_the_same_run_one_gets_it()
    {
        await using var world = await SyncWorld.StartAsync();
        var request = await world.RequestAsync();

        var claims = await Task.WhenAll(world.ClaimAsync(request.RunId!.Value), world.ClaimAsync(request.RunId!.Value));

        Assert.Single(claims, claim => claim is not null);
    }

    [Theory]
    [InlineData(OverlapRule.Queue, RunState.Queued, "Waits for run 1 to end")]
    [InlineData(OverlapRule.Skip, RunState.Skipped, "Run 1 is still going.")]
    public async Task A_schedule_that_comes_round_during_a_run_queues_or_says_why_not(OverlapRule overlap, RunState state, string reason)
    {
        await using var world = await SyncWorld.StartAsync(overlap: overlap);
        await world.ClaimAsync((await world.RequestAsync()).RunId!.Value);

        await world.Console.Get<RunQueue>().FallDueAsync(world.Tenant, world.Sync.Id, default);
        var runs = await world.Console.Get<RunStore>().ListAsync(world.Tenant, new RunFilter(Trigger: RunTrigger.Schedule), null, 10, default);

        Assert.Equal((state, reason), (runs.Items.Single().State, runs.Items.Single().Reason));
    }

    [Fact]
    public async Task A_paused_integration_and_a_paused_tenant_refuse_with_who_and_why()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, world.Sync.Id, "vendor asked", TestConsole.Somebody, default);
        var paused = await world.RequestAsync();
        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, world.Sync.Id, null, TestConsole.Somebody, default);
        await world.Console.Get<TenantStore>().SetPausedAsync(world.Tenant, "contract ended", TestConsole.Somebody, default);
        var tenant = await world.RequestAsync();

        Assert.Equal("Paused by somebody@example.com: vendor asked.", paused.Answer);
        Assert.Equal("The tenant is paused by somebody@example.com: contract ended.", tenant.Answer);
    }

    [Fact]
    public async Task A_waiting_run_that_is_cancelled_ends_at_once()
    {
        await using var world = await SyncWorld.StartAsync();
        var request = await world.RequestAsync();

        var answer = await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, request.RunId!.Value, TestConsole.Somebody, default);

        Assert.Equal("The run is cancelled.", answer);
        Assert.Equal(RunState.Cancelled, (await world.FindAsync(request.RunId.Value)).State);
    }

    [Fact]
    public async Task A_running_run_that_is_cancelled_stops_after_the_batch_in_hand_and_balances()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(200);
        var request = await world.RequestAsync();
        world.System.BeforeRead = async (position, token) =>
        {
            if (position == 50)
            {
                await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, request.RunId!.Value, TestConsole.Somebody, default);
                await Task.Delay(Timeout.Infinite, token);
            }
        };

        var ended = await world.MoveAsync(request.RunId!.Value);

        Assert.Equal(RunState.Cancelled, ended.State);
        Assert.Equal("Cancelled by somebody@example.com", ended.Reason);
        Assert.True(ended.Counts.Balances);
        Assert.True(ended.RecordsRead < 200);
    }

    [Fact]
    public async Task A_run_whose_node_died_goes_on_from_its_checkpoint_with_another_node()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(40);
        using var killed = new CancellationTokenSource();
        var request = await world.RequestAsync();
        var claimed = await world.ClaimAsync(request.RunId!.Value);
        world.System.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.TargetDown, "x")) : Task.CompletedTask;
        await world.Console.Get<SyncRunner>().RunAsync(claimed!, default);
        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await session.RunAsync("update run set state = 'Running', node = 'dead-node', lease_until = @until", new { until = clock.GetUtcNow() }, default);
            await session.CommitAsync(default);
        }

        world.System.BeforeRead = (_, _) => Task.CompletedTask;
        clock.Advance(TimeSpan.FromSeconds(1));
        var recovered = await Recovery(world).RecoverAsync(mine: false, default);
        var run = await world.MoveAsync(request.RunId.Value);

        var log = (await world.Console.Get<RunStore>().ReadLogAsync(world.Tenant, run.Id, null, 100, default)).Lines;
        Assert.Equal(1, recovered);
        Assert.Contains(log, line => line is { Level: RunLogLevel.Warning, Message: "Node dead-node stopped; goes on from where it was" });
        Assert.Equal(new RunCounts(40, 40, 0, 0, 0, 0, 0), run.Counts);
        Assert.Equal(40, world.System.Arrivals.Count);
    }

    [Fact]
    public async Task A_node_that_lost_its_run_saves_nothing_more_of_it()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(40);
        var request = await world.RequestAsync();
        var claimed = await world.ClaimAsync(request.RunId!.Value);
        world.System.BeforeRead = async (position, _) =>
        {
            if (position == 20)
            {
                await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
                await session.RunAsync("update run set attempt = attempt + 1, node = 'another'", null, default);
                await session.CommitAsync(default);
            }
        };

        await world.Console.Get<SyncRunner>().RunAsync(claimed!, default);
        var run = await world.FindAsync(request.RunId.Value);

        Assert.Equal((RunState.Running, "another"), (run.State, run.Node));
        Assert.True(run.RecordsRead <= 20);
    }

    private static RunRecovery Recovery(SyncWorld world) => new(
        world.Console.Database, world.Console.Get<ClaimedRuns>(), Microsoft.Extensions.Options.Options.Create(new DatabaseOptions()),
        world.Console.Get<TimeProvider>(), Microsoft.Extensions.Logging.Abstractions.NullLogger<RunRecovery>.Instance);
}
