using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Quotas;

namespace IntegrationConsole.Tests.Sync.Partitions;

public sealed class Working_in_parts
{
    [Fact]
    public async Task Two_nodes_read_the_parts_of_one_run_at_the_same_time_and_it_balances_as_one()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, parts) = await SplitAsync(world, 100, 4);
        var (met, count) = (new TaskCompletionSource(), 0);
        world.System.BeforeRead = (_, token) =>
        {
            if (Interlocked.Increment(ref count) == 2)
            {
                met.TrySetResult();
            }

            return met.Task.WaitAsync(token);
        };

        await Task.WhenAll(MoveAsync(world.One, tenant, parts[0]), MoveAsync(world.Other, tenant, parts[1]));
        var between = await tenant.FindAsync(run);
        await MoveAsync(world.Other, tenant, parts[2]);
        await MoveAsync(world.One, tenant, parts[3]);
        var whole = await tenant.FindAsync(run);

        Assert.Equal((RunState.Running, 50), (between.State, between.RecordsRead));
        Assert.Equal((RunState.Succeeded, "100 records read in 4 partitions, all accounted for."), (whole.State, whole.Reason));
        Assert.Equal(new RunCounts(100, 100, 0, 0, 0, 0, 0), whole.Counts);
        Assert.Equal((100, 100), (world.System.Held.Count, world.System.Arrivals.Count));
    }

    [Fact]
    public async Task A_part_whose_node_dies_is_taken_over_from_its_checkpoint_and_the_dead_node_saves_nothing_more()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (tenant, run, parts) = await SplitAsync(world, 120, 2);
        var (reached, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        var isFirst = true;
        world.System.BeforeRead = async (position, _) =>
        {
            if (position == 100 && isFirst)
            {
                isFirst = false;
                reached.SetResult();
                await released.Task;
            }
        };
        await MoveAsync(world.One, tenant, parts[0]);

        var dying = MoveAsync(world.Other, tenant, parts[1]);
        await reached.Task;
        await RecordedAsync(tenant, run, 100);
        await SilenceAsync(world, clock);
        await world.RecoverAsync();
        await MoveAsync(world.One, tenant, parts[1]);
        released.SetResult();
        await dying;
        var whole = await tenant.FindAsync(run);
        var log = (await world.One.Get<RunStore>().ReadLogAsync(tenant.Id, run, null, 100, default)).Lines;

        Assert.Equal((RunState.Succeeded, new RunCounts(120, 120, 0, 0, 0, 0, 0)), (whole.State, whole.Counts));
        Assert.Equal(120, world.System.Held.Count);
        Assert.Contains(log, line => line is { Level: RunLogLevel.Warning } && line.Message.StartsWith("Partition 2: Node ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelling_the_whole_reaches_every_part()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, parts) = await SplitAsync(world, 100, 4);
        world.System.BeforeRead = async (position, token) =>
        {
            if (position == 10)
            {
                await RecordedAsync(tenant, run, 10);
                await world.One.Get<RunQueue>().CancelAsync(tenant.Id, run, TestConsole.Somebody, default);
                await Task.Delay(Timeout.Infinite, token);
            }
        };

        await MoveAsync(world.Other, tenant, parts[0]);
        var whole = await tenant.FindAsync(run);
        var progress = await world.One.Get<RunStore>().ListPartitionsAsync(tenant.Id, run, default);

        Assert.Equal((RunState.Cancelled, "Cancelled by somebody@example.com", 10), (whole.State, whole.Reason, whole.RecordsRead));
        Assert.True(whole.Counts.Balances);
        Assert.All(progress, part => Assert.Equal(RunState.Cancelled, part.State));
        Assert.Equal("The run starts now.", (await tenant.RequestAsync(1)).Answer);
    }

    [Fact]
    public async Task A_part_that_fails_fails_the_whole_by_name_after_the_others_have_gone_through()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, parts) = await SplitAsync(world, 100, 4);
        world.System.BeforeRead = (position, _) => position == 35 ? throw new FailureException(new Failure(FailureCause.Auth, "The login was refused.")) : Task.CompletedTask;

        foreach (var part in parts)
        {
            await MoveAsync(world.One, tenant, part);
        }

        var whole = await tenant.FindAsync(run);

        Assert.Equal((RunState.Failed, FailureCause.Auth, "Partition 2 of 4: The login was refused.", true), (whole.State, whole.Cause, whole.Reason, whole.NeedsPerson));
        Assert.Equal((75, true), (whole.RecordsRead - whole.RecordsRead % 25, whole.Counts.Balances));
    }

    [Fact]
    public async Task Letters_of_a_part_are_those_of_the_whole()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, parts) = await SplitAsync(world, 40, 2);
        world.System.RefuseRow = text => text.StartsWith("33|", StringComparison.Ordinal) ? new Failure(FailureCause.Validation, "No.") : null;

        foreach (var part in parts)
        {
            await MoveAsync(world.One, tenant, part);
        }

        var letter = Assert.Single((await world.One.Get<DeadLetterStore>().ListAsync(tenant.Id, new DeadLetterFilter(), null, 10, default)).Items);
        var whole = await tenant.FindAsync(run);
        Assert.Equal(run, letter.LastRunId);
        Assert.Equal((RunState.Partial, "40 records read in 2 partitions, 1 of them set aside.", 1), (whole.State, whole.Reason, whole.Rejected));
    }

    [Fact]
    public async Task Parts_take_the_tenants_places_the_whole_takes_none_and_the_next_run_waits_for_it()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, parts) = await SplitAsync(world, 100, 4, new QuotaSettings(2, null, null, null));
        var called = await tenant.CalledAsync();

        var next = await tenant.RequestAsync(1);
        var first = await tenant.ClaimAsync(1, parts[0].Id);
        var second = await tenant.ClaimAsync(1, parts[1].Id, world.Other);
        var third = await tenant.ClaimAsync(1, parts[2].Id);

        Assert.Equal(2, called.Count(id => id != run));
        Assert.Equal("Queued: it starts when run 1 ends.", next.Answer);
        Assert.Equal((1, 2), (first!.Partition!.Number, second!.Partition!.Number));
        Assert.Null(third);
        Assert.Single((await world.One.Get<RunStore>().ListAsync(tenant.Id, new RunFilter(State: RunState.Running), null, 10, default)).Items);
    }

    [Fact]
    public async Task A_part_in_which_half_fails_alike_stops_and_its_whole_can_be_let_go_on()
    {
        await using var world = await QuotaWorld.StartAsync();
        world.System.Refuse = keys => keys.Any(key => int.Parse(key, System.Globalization.CultureInfo.InvariantCulture) > 50) ? new Failure(FailureCause.Validation, "Not today.") : null;
        var (tenant, run, parts) = await SplitAsync(world, 100, 2);
        await MoveAsync(world.One, tenant, parts[0]);
        await MoveAsync(world.Other, tenant, parts[1]);
        var stopped = await tenant.FindAsync(run);
        var again = (await world.One.Get<RunQueue>().RequestWithoutBreakerAsync(tenant.Id, stopped.SyncId, TestConsole.Somebody, default)).RunId!.Value;
        await world.One.Get<SyncRunner>().RunAsync((await tenant.ClaimAsync(1, again))!, default);
        foreach (var part in await PartsAsync(world, tenant, again))
        {
            await MoveAsync(world.One, tenant, part);
        }

        var whole = await tenant.FindAsync(again);

        Assert.Equal((RunState.Failed, FailureCause.Validation, true), (stopped.State, stopped.Cause, stopped.IsBroken));
        Assert.StartsWith("Partition 2 of 2: 20 of 20 records failed alike.", stopped.Reason);
        Assert.Equal((RunState.Partial, false, 50), (whole.State, whole.IsBroken, whole.Rejected));
    }

    [Fact]
    public async Task A_whole_whose_last_part_died_for_good_is_ended_by_whoever_looks_after_runs()
    {
        await using var world = await QuotaWorld.StartAsync();
        var (tenant, run, _) = await SplitAsync(world, 20, 2);
        await using (var session = await world.One.Database.InTenantAsync(tenant.Id, default))
        {
            await session.RunAsync("update run set state = 'Failed', reason = 'Every node that took this run up stopped', cause = 'Bug' where parent_id = @run", new { run }, default);
            await session.CommitAsync(default);
        }

        await world.RecoverAsync();

        var whole = await tenant.FindAsync(run);
        Assert.Equal((RunState.Failed, "Partition 1 of 2: Every node that took this run up stopped. 1 more failed."), (whole.State, whole.Reason));
    }

    private static async Task<(QuotaTenant Tenant, Guid Run, IReadOnlyList<Queued> Parts)> SplitAsync(QuotaWorld world, int records, int parts, QuotaSettings? quota = null)
    {
        var tenant = await world.GivenATenantAsync(1, quota, parts);
        world.System.Records = [.. Enumerable.Range(1, records).Select(id => $$"""{"id":{{id}},"name":"name {{id}}"}""")];
        var run = (await tenant.RequestAsync(1)).RunId!.Value;
        await world.One.Get<SyncRunner>().RunAsync((await tenant.ClaimAsync(1, run))!, default);
        return (tenant, run, await PartsAsync(world, tenant, run));
    }

    private static async Task<IReadOnlyList<Queued>> PartsAsync(QuotaWorld world, QuotaTenant tenant, Guid run)
    {
        await using var session = await world.One.Database.InTenantAsync(tenant.Id, default);
        return await session.ListAsync<Queued>("select id, partition from run where parent_id = @run order by partition", new { run }, default);
    }

    private static async Task MoveAsync(TestConsole node, QuotaTenant tenant, Queued part) =>
        await node.Get<SyncRunner>().RunAsync((await tenant.ClaimAsync(1, part.Id, node))!, default);

    private static async Task RecordedAsync(QuotaTenant tenant, Guid run, int records)
    {
        while ((await tenant.FindAsync(run)).RecordsRead < records)
        {
            await Task.Yield();
        }
    }

    /// <summary>As if the node had not been heard of for longer than it may be silent.</summary>
    private static async Task SilenceAsync(QuotaWorld world, ManualClock clock)
    {
        await using var session = await world.One.Database.AcrossTenantsAsync(default);
        await session.RunAsync("update run set lease_until = @past where state = 'Running' and lease_until is not null", new { past = clock.GetUtcNow() - TimeSpan.FromSeconds(1) }, default);
        await session.CommitAsync(default);
    }

    private sealed record Queued(Guid Id, int Partition);
}
