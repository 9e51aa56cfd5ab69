using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Letting_held_runs_go
{
    [Fact]
    public async Task Runs_that_waited_for_a_connection_start_one_after_the_other_and_those_of_others_stay()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        var elsewhere = Guid.NewGuid();
        await GivenAsync(world, 1, world.Sync.SourceConnectionId, clock.GetUtcNow().AddMinutes(-5));
        await GivenAsync(world, 2, world.Sync.SourceConnectionId, clock.GetUtcNow().AddMinutes(-9));
        await GivenAsync(world, 3, world.Sync.SourceConnectionId, clock.GetUtcNow().AddMinutes(-1));
        await GivenAsync(world, 4, elsewhere, clock.GetUtcNow().AddMinutes(-9));

        var spread = await new PacedRelease(world.Console.Database, clock).SpreadAsync(world.Tenant, world.Sync.SourceConnectionId, TimeSpan.FromMinutes(1), default);

        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var runs = await session.ListAsync<Row>("select number, start_after, held_by from run where tenant_id = @tenant order by number", new { tenant = world.Tenant }, default);
        Assert.Equal(3, spread);
        Assert.Equal([1.0, 0.0, 2.0], runs.Take(3).Select(run => (run.StartAfter - clock.GetUtcNow()).TotalMinutes));
        Assert.Equal([null, null, null, elsewhere], runs.Select(run => run.HeldBy));
    }

    [Fact]
    public async Task What_is_kept_held_outlives_the_closing_of_the_circuit_and_the_schedule_until_somebody_lets_it_go()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        var (connection, kept) = (world.Sync.SourceConnectionId, world.Console.Get<KeptRuns>());
        await GivenAsync(world, 1, connection, clock.GetUtcNow().AddMinutes(-5));
        await GivenAsync(world, 2, connection, clock.GetUtcNow().AddMinutes(-9));
        await GivenAsync(world, 3, Guid.NewGuid(), clock.GetUtcNow().AddMinutes(-9));

        var marked = await kept.KeepAsync(world.Tenant, connection, TestConsole.Somebody, default);
        var released = await ReleaseAsync(world, clock);
        clock.Advance(TimeSpan.FromDays(400));
        await ReleaseAsync(world, clock);
        var held = await world.Console.Get<RunStore>().ListHeldAsync(world.Tenant, default);
        var gone = await kept.LetGoAsync(world.Tenant, connection, TimeSpan.FromMinutes(1), TestConsole.Somebody, default);
        var again = await kept.LetGoAsync(world.Tenant, connection, TimeSpan.Zero, TestConsole.Somebody, default);

        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var runs = await session.ListAsync<Row>("select number, start_after, held_by from run where tenant_id = @tenant order by number", new { tenant = world.Tenant }, default);
        Assert.Equal((2, 1, 2, 0), (marked, released, gone, again));
        Assert.Equal([(2L, "somebody@example.com"), (1L, "somebody@example.com")], held.Select(run => (run.Number, run.KeptBy!)));
        Assert.Equal([1.0, 0.0], runs.Take(2).Select(run => (run.StartAfter - clock.GetUtcNow()).TotalMinutes));
        Assert.All(runs, run => Assert.Null(run.HeldBy));
    }

    [Fact]
    public async Task A_run_that_is_kept_held_is_not_hurried_when_the_schedule_comes_round()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        await GivenAsync(world, 900, world.Sync.SourceConnectionId, clock.GetUtcNow().AddMinutes(-5));
        await world.Console.Get<KeptRuns>().KeepAsync(world.Tenant, world.Sync.SourceConnectionId, TestConsole.Somebody, default);

        await world.Console.Get<RunQueue>().FallDueAsync(world.Tenant, world.Sync.Id, default);

        Assert.NotEmpty(await world.Console.Get<RunStore>().ListHeldAsync(world.Tenant, default));
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        Assert.Equal(0, await session.OneAsync<int>("select count(*)::int from run where tenant_id = @tenant and kept_by is not null and start_after <= @now", new { tenant = world.Tenant, now = clock.GetUtcNow() }, default));
    }

    private static async Task<int> ReleaseAsync(SyncWorld world, ManualClock clock)
    {
        await using var session = await world.Console.Database.AcrossTenantsAsync(default);
        var released = await RunHolds.ReleaseAsync(session, clock.GetUtcNow(), default);
        await session.CommitAsync(default);
        return released;
    }

    private static async Task GivenAsync(SyncWorld world, long number, Guid heldBy, DateTimeOffset since)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync("""
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, held_by, held_since)
            values (@tenant, @id, @sync, @number, 'Backfill', 'somebody', 'Queued', @since, @since::timestamptz + interval '1 hour', @heldBy, @since)
            """, new { tenant = world.Tenant, id = Guid.NewGuid(), sync = world.Sync.Id, number, heldBy, since }, default);
        await session.CommitAsync(default);
    }

    private sealed record Row(long Number, DateTimeOffset StartAfter, Guid? HeldBy);
}
