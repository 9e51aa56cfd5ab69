using IntegrationConsole.Sync.Schedules;
using Quartz;

namespace IntegrationConsole.Tests.Sync;

public sealed class Stopping_a_node
{
    [Fact]
    public async Task Its_runs_have_ended_before_its_scheduler_and_can_still_tell_other_nodes()
    {
        await using var world = await SyncWorld.StartAsync();
        using var drain = new RunDrain(world.Console.Get<ISchedulerFactory>());
        var request = await world.RequestAsync();
        var told = false;
        var run = drain.DoAsync(GoAsync, default);

        await drain.StopAsync(default);

        Assert.True(told);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        async Task GoAsync(CancellationToken stopping)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            }
            finally
            {
                await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
                await world.Console.Get<RunTriggers>().FireAsync(session, world.Tenant, world.Sync.Id, request.RunId!.Value, TimeProvider.System.GetUtcNow(), default);
                await session.CommitAsync(default);
                told = true;
            }
        }
    }
}
