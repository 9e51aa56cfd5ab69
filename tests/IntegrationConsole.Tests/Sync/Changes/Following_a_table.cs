using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Changes;

/// <summary>What was there, and what changes while and after it is read, as the source's own server tells of it.</summary>
public sealed class Following_a_table
{
    [Fact]
    public async Task What_was_there_arrives_and_then_every_change()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada'), (2, 'Ben'), (3, 'Cem')");
        var run = await world.GoAsync();
        await world.ArriveAsync("1 Ada, 2 Ben, 3 Cem");

        await world.ChangeAsync("insert into people values (4, 'Dora'); update people set name = 'Benno' where id = 2; delete from people where id = 1");

        await world.ArriveAsync("2 Benno, 3 Cem, 4 Dora");
        await world.RecordAsync(run, 6);
        await world.DrainAsync();
        var stopped = await world.FindAsync(run);
        Assert.Equal((RunState.Queued, 6L, 5L, 1L, 1L, true), (stopped.State, stopped.RecordsRead, stopped.Written, stopped.Filtered, stopped.Deleted, stopped.Counts.Balances));
    }

    [Fact]
    public async Task What_changed_while_nobody_listened_is_told_by_the_run_that_goes_on()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var run = await world.GoAsync();
        await world.ArriveAsync("1 Ada");
        await world.DrainAsync();
        await world.ChangeAsync("update people set name = 'Adele'");
        await world.ChangeAsync("insert into people values (2, 'Ben'); update people set id = 3 where id = 1");

        await world.GoOnAsync(run);

        await world.ArriveAsync("2 Ben, 3 Adele");
    }

    [Fact]
    public async Task A_row_that_changes_its_key_leaves_its_old_one()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        await world.GoAsync();
        await world.ArriveAsync("1 Ada");

        await world.ChangeAsync("update people set id = 7, name = 'Adele' where id = 1");

        await world.ArriveAsync("7 Adele");
    }

    [Fact]
    public async Task Where_rows_tell_all_of_themselves_the_key_may_be_another_than_theirs()
    {
        FieldRule[] byName = [new() { Name = "id", Type = FieldType.Integer, Source = "number", Required = true }, new() { Name = "name", Source = "name" }];
        await using var world = await ChangeWorld.StartAsync(
            "create table people (pk int primary key, number int, name text); alter table people replica identity full; insert into people values (1, 10, 'Ada'), (2, 20, 'Ben')", byName);
        await world.GoAsync();
        await world.ArriveAsync("10 Ada, 20 Ben");

        await world.ChangeAsync("update people set number = 11 where pk = 1; delete from people where pk = 2");

        await world.ArriveAsync("11 Ada");
    }

    [Fact]
    public async Task A_large_value_that_did_not_change_stays()
    {
        FieldRule[] fields = [new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }, new() { Name = "life", Source = "life" }];
        const string Lives = "create table people (id int primary key, name text, life text)";
        await using var world = await ChangeWorld.StartAsync($"{Lives}; alter table people alter life set storage external; insert into people values (1, 'Ada', repeat('x', 50000)), (2, 'Ben', repeat('y', 50000))", fields, Lives);
        await world.GoAsync();
        await world.ArriveAsync("1 Ada, 2 Ben");

        await world.ChangeAsync("update people set name = 'Adele' where id = 1");
        await world.ChangeAsync("update people set name = 'gone soon' where id = 2; delete from people where id = 2");

        await world.ArriveAsync("1 Adele");
        Assert.Equal("50000", await world.Destination.OneAsync("select length(life)::text from people"));
    }

    [Fact]
    public async Task A_transaction_larger_than_many_batches_arrives_whole_and_goes_on_where_it_was_broken_off()
    {
        await using var world = await ChangeWorld.StartAsync(deletes: new DeleteRules(DeletePolicy.Hard) { Signal = DeleteSignal.Changes, Share = 100 });
        var run = await world.GoAsync();
        await world.UntilAsync(async () => (await world.StatusAsync())?.NotedAt is null ? "nothing noted" : null);
        await world.ChangeAsync("insert into people select n, 'name ' || n from generate_series(1, 30000) n; delete from people where id % 3 = 0");
        await world.RecordAsync(run, 1);
        await world.DrainAsync();
        var halfway = await world.FindAsync(run);

        await world.GoOnAsync(run);

        await world.UntilAsync(async () => await world.Destination.OneAsync("select count(*)::text from people") is var count && count == "20000" ? null : count);
        await world.UntilAsync(async () => (await world.FindAsync(run)).Deleted is var deleted && deleted == 10_000 ? null : $"{deleted} deleted");
        await world.DrainAsync();
        var done = await world.FindAsync(run);
        Assert.Contains("inside", halfway.Checkpoint);
        Assert.Equal((40000L, true, 10000L), (done.RecordsRead, done.Counts.Balances, done.Deleted));
        Assert.Equal("0", await world.Destination.OneAsync("select count(*)::text from people where id % 3 = 0 or name <> 'name ' || id"));
    }

    [Fact]
    public async Task What_was_written_and_not_recorded_is_told_again_and_confirmed_only_then()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var run = await world.GoAsync();
        await world.ArriveAsync("1 Ada");
        await world.UntilAsync(async () => (await world.StatusAsync())?.AsOf is null ? "not level" : null);
        await world.TamperAsync($"update run set attempt = attempt + 1 where id = '{run}'");
        await world.ChangeAsync("insert into people values (2, 'Ben'); delete from people where id = 1");
        await world.EndAsync(run);
        var taken = await world.Destination.OneAsync("select string_agg(name, ' ') from people");
        await world.TamperAsync($"update run set state = 'Queued', start_after = now() - interval '1 second' where id = '{run}'");
        await world.ChangeAsync("insert into people values (3, 'Cem')");

        await world.GoOnAsync(run);

        await world.ArriveAsync("2 Ben, 3 Cem");
        await world.RecordAsync(run, 4);
        await world.DrainAsync();
        var done = await world.FindAsync(run);
        Assert.Equal("Ben", taken);
        Assert.Equal((4L, 2L, 1L), (done.RecordsRead, done.Written, done.Unchanged));
    }

    [Fact]
    public async Task The_place_behind_which_the_server_need_not_keep_anything_follows_what_is_recorded()
    {
        await using var world = await ChangeWorld.StartAsync();
        await world.GoAsync();
        await world.ChangeAsync("create table others (id int); insert into people values (1, 'Ada'); insert into others select * from generate_series(1, 20000)");
        await world.ArriveAsync("1 Ada");

        await world.UntilAsync(async () => await world.AskSourceAsync(
            $"select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) < 10000 from pg_replication_slots where slot_name = '{world.Slot}'") == "True" ? null : "much is kept");
        await world.UntilAsync(async () => (await world.StatusAsync()) is { BytesBehind: < 10_000, AsOf: not null } ? null : "it looks far behind");
    }

    [Fact]
    public async Task A_connection_that_breaks_is_opened_again_and_nothing_is_missed()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada')");
        var run = await world.GoAsync();
        await world.ArriveAsync("1 Ada");
        await world.UntilAsync(async () => await world.AskSourceAsync($"select active from pg_replication_slots where slot_name = '{world.Slot}'") == "True" ? null : "nobody listens");

        await world.AdministerAsync($"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{world.Slot}'");
        await world.ChangeAsync("insert into people values (2, 'Ben')");

        await world.ArriveAsync("1 Ada, 2 Ben");
        Assert.Equal((RunState.Running, 1), ((await world.FindAsync(run)).State, (await world.FindAsync(run)).Attempt));
    }

    [Fact]
    public async Task Deleted_rows_are_marked_or_left_where_that_is_wanted()
    {
        const string Marked = "create table people (id int primary key, name text, deleted_at timestamptz)";
        await using var marking = await ChangeWorld.StartAsync(
            $"{ChangeWorld.Table}; insert into people values (1, 'Ada'), (2, 'Ben')", to: Marked, deletes: new DeleteRules(DeletePolicy.Soft) { Signal = DeleteSignal.Changes });
        await using var leaving = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada'), (2, 'Ben')", deletes: DeleteRules.None);
        foreach (var world in (ChangeWorld[])[marking, leaving])
        {
            await world.GoAsync();
            await world.ArriveAsync("1 Ada, 2 Ben");
            await world.ChangeAsync("delete from people where id = 1; insert into people values (3, 'Cem')");
            await world.ArriveAsync("1 Ada, 2 Ben, 3 Cem");
        }

        await marking.UntilAsync(async () => await marking.Destination.OneAsync("select string_agg(id::text, ' ') from people where deleted_at is not null") is "1" ? null : "not marked");
    }

    [Fact]
    public async Task More_than_the_share_waits_for_somebody_and_the_stream_goes_on_behind_it()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people select n, 'x' from generate_series(1, 100) n");
        var first = await world.GoAsync();
        await world.UntilAsync(async () => await world.Destination.OneAsync("select count(*)::text from people") is "100" ? null : "not there");
        await world.ChangeAsync("delete from people where id <= 40; insert into people values (200, 'new')");
        var held = await world.EndAsync(first);
        var before = await world.Destination.OneAsync("select count(*)::text from people");
        var deletions = world.Console.Get<DeletionStore>();
        var waiting = (await deletions.FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;
        var keeper = world.Keeper();
        var early = await keeper.KeepAsync(default);

        var approval = await deletions.ApproveAsync(world.Tenant, waiting.Id, "they moved", TestConsole.Somebody, default);
        var claimed = await world.Console.Get<RunQueue>().ClaimAsync(world.Tenant, world.Sync.Id, approval!.RunId!.Value, default);
        await world.Console.Get<SyncRunner>().RunAsync(claimed!, default);
        var after = await keeper.KeepAsync(default);

        Assert.Equal((RunState.Held, "101", 0, 1), (held.State, before, early.Started, after.Started));
        Assert.Equal("61", await world.Destination.OneAsync("select count(*)::text from people"));
        await world.GoOnWaitingAsync();
        await world.ChangeAsync("delete from people where id = 200");
        await world.UntilAsync(async () => await world.Destination.OneAsync("select count(*)::text from people") is "60" ? null : "not deleted");
    }

    [Fact]
    public async Task After_a_slot_was_lost_everything_is_read_and_what_is_gone_is_found()
    {
        await using var world = await ChangeWorld.StartAsync($"{ChangeWorld.Table}; insert into people values (1, 'Ada'), (2, 'Ben')");
        var run = await world.GoAsync();
        await world.ArriveAsync("1 Ada, 2 Ben");
        await world.RecordAsync(run, 2);
        await world.DrainAsync();
        await world.AdministerAsync($"select pg_drop_replication_slot('{world.Slot}')");
        await world.ChangeAsync("delete from people where id = 1; insert into people values (3, 'Cem')");
        await world.GoOnAsync(run);
        var lost = await world.EndAsync(run);

        await world.GoAsync();

        Assert.Equal((RunState.Failed, FailureCause.Configuration, true), (lost.State, lost.Cause, lost.NeedsPerson));
        Assert.StartsWith("The replication slot", lost.Reason);
        await world.ArriveAsync("2 Ben, 3 Cem");
    }
}
