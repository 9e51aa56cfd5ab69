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
