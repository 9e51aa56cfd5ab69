using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Sync.Changes;

/// <summary>What stops a change stream and what starts it again, and what its source keeps for it meanwhile.</summary>
public sealed class Keeping_streams_going
{
    [Fact]
    public async Task A_pause_stops_it_and_its_end_starts_it_again_where_it_was()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var first = await world.GoAsync();
        await world.ArriveAsync("1 Ada");
        await world.RecordAsync(first, 1);
        var syncs = world.Console.Get<SyncStore>();
        await syncs.SetPausedAsync(world.Tenant, world.Sync.Id, "maintenance", TestConsole.Somebody, default);
        var stopped = await world.Keeper().KeepAsync(default);
        var paused = await world.EndAsync(first);
        await world.ChangeAsync("update people set name = 'Adele'");
        var during = await world.Keeper().KeepAsync(default);

        await syncs.SetPausedAsync(world.Tenant, world.Sync.Id, null, TestConsole.Somebody, default);
        var resumed = await world.Keeper().KeepAsync(default);
        await world.GoOnWaitingAsync();

        await world.ArriveAsync("1 Adele");
        Assert.Equal(((1, 0), (0, 0), (0, 1)), (stopped, during, resumed));
        Assert.Equal((RunState.Cancelled, "Cancelled by the pause"), (paused.State, paused.Reason));
        Assert.Equal("1", await world.Destination.OneAsync("select count(*)::text from people"));
    }

    [Fact]
    public async Task A_new_version_of_the_mapping_holds_without_anybody_stopping_it()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var first = await world.GoAsync();
        await world.RecordAsync(first, 1);
        var mappings = world.Console.Get<MappingStore>();
        var upper = new MappingDocument([world.Field("id"), world.Field("name") with { Case = LetterCase.Upper }], []);
        var published = (await mappings.FindPublishedAsync(world.Tenant, world.Sync.MappingId, default))!;
        await mappings.SaveDraftAsync(world.Tenant, world.Sync.MappingId, 1, published.EditedAt, upper, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.Tenant, world.Sync.MappingId, 2, "", TestConsole.Somebody, default);

        var stopped = await world.Keeper().KeepAsync(default);
        await world.EndAsync(first);
        var started = await world.Keeper().KeepAsync(default);
        await world.GoOnWaitingAsync();
        await world.ChangeAsync("insert into people values (2, 'Ben')");

        await world.ArriveAsync("1 Ada, 2 BEN");
        Assert.Equal(((1, 0), (0, 1)), (stopped, started));
    }

    [Fact]
    public async Task A_run_that_many_nodes_took_up_makes_way_for_a_fresh_one()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var first = await world.GoAsync();
        await world.RecordAsync(first, 1);
        await world.DrainAsync();
        var young = await world.Keeper().KeepAsync(default);
        await world.TamperAsync($"update run set attempt = 9 where id = '{first}'");
        await world.GoOnAsync(first);

        var stopped = await world.Keeper().KeepAsync(default);
        await world.EndAsync(first);
        var started = await world.Keeper().KeepAsync(default);
        await world.GoOnWaitingAsync();
        await world.ChangeAsync("delete from people");

        await world.ArriveAsync("");
        Assert.Equal(((0, 0), (1, 0), (0, 1)), (young, stopped, started));
    }

    [Fact]
    public async Task What_a_person_stopped_stays_stopped_and_a_second_run_is_refused_while_one_goes()
    {
        await using var world = await ChangeWorld.StartAsync();
        var first = await world.GoAsync();
        await world.UntilAsync(async () => (await world.StatusAsync())?.NotedAt is null ? "nothing noted" : null);

        var second = await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, first, TestConsole.Somebody, default);
        await world.EndAsync(first);

        Assert.Equal((null, "Run 1 is going: a change stream goes on until it is stopped."), (second.RunId, second.Answer));
        Assert.Equal((0, 0), await world.Keeper().KeepAsync(default));
    }

    [Fact]
    public async Task The_slot_is_looked_at_without_a_run_and_dropped_with_the_integration()
    {
        await using var world = await ChangeWorld.StartAsync();
        await world.GoAsync();
        await world.UntilAsync(async () => (await world.StatusAsync())?.NotedAt is null ? "nothing noted" : null);
        await world.DrainAsync();
        var watch = new SlotWatch(
            world.Console.Database, world.Console.Get<ConnectionOpener>(), world.Console.Get<ConnectorCatalog>(), world.Console.Get<ThisNode>(), new ManualClock(TimeProvider.System.GetUtcNow().AddMinutes(2)), NullLogger<SlotWatch>.Instance);
        await watch.LookAsync(default);
        var idle = (await world.StatusAsync())!;
        await world.Console.Get<SyncStore>().DeleteAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        var later = new SlotWatch(
            world.Console.Database, world.Console.Get<ConnectionOpener>(), world.Console.Get<ConnectorCatalog>(), world.Console.Get<ThisNode>(), new ManualClock(TimeProvider.System.GetUtcNow().AddMinutes(5)), NullLogger<SlotWatch>.Instance);

        var looked = await later.LookAsync(default);

        Assert.Equal((SlotState.Idle, 1), (idle.State, looked));
        Assert.Equal("0", await world.AskSourceAsync($"select (select count(*) from pg_replication_slots where slot_name = '{world.Slot}') + (select count(*) from pg_publication)"));
        Assert.Equal(0, await later.LookAsync(default));
    }

    [Fact]
    public async Task A_slot_that_was_dropped_by_hand_is_made_anew_by_the_next_run()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada'), (2, 'Ben')");
        var first = await world.GoAsync();
        await world.ArriveAsync("1 Ada, 2 Ben");
        await world.RecordAsync(first, 2);
        var streams = world.Console.Get<ChangeStreamStore>();
        var refused = await streams.ReleaseAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, first, TestConsole.Somebody, default);
        await world.EndAsync(first);

        await streams.ReleaseAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        await world.ChangeAsync("delete from people where id = 1");
        await world.GoAsync();

        Assert.StartsWith("A run is using it", refused);
        await world.ArriveAsync("2 Ben");
    }
}
