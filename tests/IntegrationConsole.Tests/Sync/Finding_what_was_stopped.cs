using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync;

public sealed class Finding_what_was_stopped
{
    [Fact]
    public async Task An_integration_whose_last_run_was_refused_waits_for_a_new_secret_until_one_runs_well()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(3);
        world.System.Refuse = _ => new Failure(FailureCause.Auth, "It does not accept the credential (401).", "401");
        await world.RunAsync();

        var stopped = Assert.Single(await ListAsync(world, world.Sync.DestinationConnectionId));
        Assert.Equal((world.Sync.Name, true, 0), (stopped.Name, stopped.IsStopped, stopped.Letters));
        Assert.Empty(await ListAsync(world, Guid.NewGuid()));
        Assert.Empty(await ListAsync(world));
        Assert.Empty(await world.Console.Get<StoppedSyncs>().ListAsync(world.Tenant, [world.Sync.DestinationConnectionId], FailureCause.TargetDown, default));

        world.System.Refuse = _ => null;
        await world.RunAsync();
        Assert.Empty(await ListAsync(world, world.Sync.DestinationConnectionId));
    }

    [Fact]
    public async Task A_run_is_compared_with_the_last_one_that_brought_something_and_ended_well()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(3);
        var good = await world.RunAsync();
        world.GivenRecords(0);
        var empty = await world.RunAsync();
        world.GivenRecords(3);
        world.System.Refuse = _ => new Failure(FailureCause.Validation, "Not today.", "E1", "name");
        var spoilt = await world.RunAsync();

        var runs = world.Console.Get<RunStore>();
        Assert.Equal((null, good.Id, good.Id), ((await runs.FindLastGoodAsync(good, default))?.Id, (await runs.FindLastGoodAsync(empty, default))?.Id, (await runs.FindLastGoodAsync(spoilt, default))?.Id));
    }

    private static Task<IReadOnlyList<StoppedSync>> ListAsync(SyncWorld world, params Guid[] connections) =>
        world.Console.Get<StoppedSyncs>().ListAsync(world.Tenant, connections, FailureCause.Auth, default);
}
