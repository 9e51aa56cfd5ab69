using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Going_on_after_unfinished_runs
{
    [Theory]
    [InlineData(WriteMode.Append, 10, 30)]
    [InlineData(WriteMode.Upsert, 30, 30)]
    public async Task What_was_appended_is_not_read_again_and_what_has_a_key_is(WriteMode mode, int read, int arrivals)
    {
        await using var world = await GivenAFailedRunAsync(mode);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, read), (run.State, run.RecordsRead));
        Assert.Equal(arrivals, world.System.Arrivals.Count);
    }

    [Fact]
    public async Task After_a_run_that_read_to_its_end_the_next_one_begins_anew()
    {
        await using var world = await GivenAFailedRunAsync(WriteMode.Append);
        await world.RunAsync();

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 30), (run.State, run.RecordsRead));
    }

    [Fact]
    public async Task Whoever_wants_it_from_the_start_gets_it_from_the_start()
    {
        await using var world = await GivenAFailedRunAsync(WriteMode.Append);
        await world.Console.Get<SyncStore>().ForgetCursorAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Equal(30, (await world.RunAsync()).RecordsRead);
    }

    [Fact]
    public async Task Another_destination_gets_everything()
    {
        await using var world = await GivenAFailedRunAsync(WriteMode.Append);
        var sync = (await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default))!;
        var draft = new SyncDraft(
            sync.Name, sync.SourceConnectionId, sync.SourceStream, sync.ReadMode, sync.DestinationConnectionId, "others", sync.WriteMode, sync.KeyFields, false, sync.When, sync.Overlap);
        await world.Console.Get<SyncStore>().UpdateAsync(world.Tenant, sync.Id, sync.Version, draft, TestConsole.Somebody, default);

        Assert.Equal(30, (await world.RunAsync()).RecordsRead);
    }

    [Fact]
    public async Task A_place_that_the_source_does_not_know_any_more_is_tried_once()
    {
        await using var world = await GivenAFailedRunAsync(WriteMode.Append);
        world.System.BeforeRead = (_, _) => throw new FailureException(new Failure(FailureCause.Configuration, "Not this place.", ReadRequest.MisplacedCode));
        await world.RunAsync();
        world.System.BeforeRead = (_, _) => Task.CompletedTask;

        Assert.Equal(30, (await world.RunAsync()).RecordsRead);
    }

    /// <summary>Two of three batches arrived, then the source turned it away.</summary>
    private static async Task<SyncWorld> GivenAFailedRunAsync(WriteMode mode)
    {
        var world = await SyncWorld.StartAsync(mode);
        world.GivenRecords(30);
        world.System.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.Auth, "No.")) : Task.CompletedTask;
        var run = await world.RunAsync();
        Assert.Equal((RunState.Failed, 20), (run.State, run.RecordsRead));
        world.System.BeforeRead = (_, _) => Task.CompletedTask;
        return world;
    }
}
