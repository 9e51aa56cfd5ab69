using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Nodes;
using Npgsql;

namespace IntegrationConsole.Tests.Sync;

public sealed class Backfilling
{
    private const string Tables = """
        create table source (id int primary key, name text, updated_at timestamptz);
        insert into source select n, 'name ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour' from generate_series(1, 48) n;
        insert into source values (100, 'never changed', null);
        create table target (id int primary key, name text)
        """;

    /// <summary>An empty target that notes each write of a row, and where the row 10 waits until nobody holds the lock 1.</summary>
    private const string Gate = """
        truncate target;
        create table written (id int);
        create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(1); return new; end $$;
        create function note() returns trigger language plpgsql as $$ begin insert into written values (new.id); return new; end $$;
        create trigger wait before insert on target for each row when (new.id = 10) execute function wait();
        create trigger note after insert or update on target for each row execute function note()
        """;

    private static readonly MappingDocument Document = new(
        [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name" }], []);

    [Fact]
    public async Task A_range_is_read_and_the_cursor_stays_where_it_is()
    {
        await using var world = await GivenAsync();
        await world.RunAsync();
        var cursor = await CursorAsync(world);
        await world.Database.RunAsync("delete from target");

        var run = await world.MoveAsync(await RequestAsync(world, new CursorRange("2026-01-01T10:00:00Z", "2026-01-01T13:00:00Z")));

        Assert.Equal((RunState.Succeeded, RunTrigger.Backfill, 3L, 3L), (run.State, run.Trigger, run.RecordsRead, run.Written));
        Assert.Equal("10,11,12", await world.Database.OneAsync("select string_agg(id::text, ',' order by id) from target"));
        Assert.Equal(new CursorRange("2026-01-01T10:00:00Z", "2026-01-01T13:00:00Z"), run.Range);
        Assert.NotNull(cursor);
        Assert.Equal(cursor, await CursorAsync(world));
    }

    [Fact]
    public async Task It_goes_beside_a_run_that_is_going_and_is_no_part_of_the_queue()
    {
        await using var world = await GivenAsync();
        var queue = world.Console.Get<RunQueue>();
        var usual = (await queue.RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        var going = await queue.ClaimAsync(world.Tenant, world.Sync.Id, usual, default);
        var range = new CursorRange("2026-01-01T10:00:00Z", "2026-01-01T13:00:00Z");

        var backfill = await world.MoveAsync(await RequestAsync(world, range));
        var waiting = await queue.RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        await world.Console.Get<SyncRunner>().RunAsync(going!, default);

        Assert.Equal(RunState.Succeeded, backfill.State);
        Assert.StartsWith("Queued", waiting.Answer);
        var ended = (await world.Console.Get<RunStore>().FindAsync(world.Tenant, usual, default))!;
        Assert.Equal((RunState.Succeeded, 49L), (ended.State, ended.RecordsRead));
        Assert.NotEqual(backfill.Id, (await world.Console.Get<RunStore>().ListLatestAsync(world.Tenant, default))[world.Sync.Id].Id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_schedule_that_falls_due_meanwhile_runs_beside_it_and_the_cursor_is_the_schedules(int partitions)
    {
        await using var world = await GivenAsync(partitions: partitions);
        await world.RunAsync();
        await world.Database.RunAsync(Gate);
        await world.Database.RunAsync("insert into source select n, 'name ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour' from generate_series(49, 60) n");
        await using var node = await RunningNode.StartAsync(world.Console, slots: 4);
        await using var gate = await CloseGateAsync(world);
        var backfill = await RequestAsync(world, new CursorRange("2026-01-01T10:00:00Z", "2026-01-03T09:00:00Z"));
        await UntilAsync(() => SomebodyWaitsAsync(world));

        var due = await FallDueAsync(world);
        var (meanwhile, cursor) = (await FindAsync(world, backfill), await CursorAsync(world));
        await gate.DisposeAsync();
        var filled = await EndsAsync(world, backfill);
        var afterwards = await CursorAsync(world);
        var next = await FallDueAsync(world);
        var nextAgain = await FallDueAsync(world);

        Assert.Equal((RunTrigger.Schedule, RunState.Succeeded, 14L), (due.Trigger, due.State, due.RecordsRead));
        Assert.Equal(RunState.Running, meanwhile.State);
        Assert.Equal((RunTrigger.Backfill, RunState.Succeeded, 47L), (filled.Trigger, filled.State, filled.RecordsRead));
        Assert.Equal(52, due.Written + filled.Written);
        // What stands at the cursor, and what has no value in its field, is read each time.
        Assert.Equal((RunState.Succeeded, 14L, 0L), (next.State, next.RecordsRead, next.Written));
        Assert.Equal(2, nextAgain.RecordsRead);
        Assert.Equal("52|10,100", await world.Database.OneAsync("select count(*) || '|' || min(id) || ',' || max(id) from target"));
        Assert.Equal("52|52", await world.Database.OneAsync("select count(*) || '|' || count(distinct id) from written"));
        Assert.StartsWith("2026-01-03 12:00:00", cursor);
        Assert.Equal((cursor, cursor), (afterwards, await CursorAsync(world)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_record_that_changed_after_a_backfill_had_read_it_does_not_stay_as_it_was(int partitions)
    {
        await using var world = await GivenAsync(partitions: partitions);
        await world.RunAsync();
        await world.Database.RunAsync(Gate);
        await using var node = await RunningNode.StartAsync(world.Console, slots: 4);
        await using var gate = await CloseGateAsync(world);
        var backfill = await RequestAsync(world, new CursorRange("2026-01-01T10:00:00Z", "2026-01-03T09:00:00Z"));
        await UntilAsync(() => SomebodyWaitsAsync(world));
        await world.Database.RunAsync("update source set name = 'newer', updated_at = '2026-01-05 00:00Z' where id = 11; insert into source values (61, 'the last', '2026-01-06 00:00Z')");

        await FallDueAsync(world);
        var first = await NameAsync(world);
        await gate.DisposeAsync();
        await EndsAsync(world, backfill);
        var second = await NameAsync(world);
        await FallDueAsync(world);

        Assert.Equal(("newer", "name 11", "newer"), (first, second, await NameAsync(world)));
        Assert.StartsWith("2026-01-06", await CursorAsync(world));
    }

    [Fact]
    public async Task A_run_that_goes_while_a_backfill_ends_does_not_step_over_what_has_to_be_read_once_more()
    {
        await using var world = await GivenAsync();
        await world.RunAsync();
        var queue = world.Console.Get<RunQueue>();
        var usual = (await queue.RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        await world.Database.RunAsync($"{Gate}; insert into source values (61, 'the last', '2026-01-06 00:00Z'); update source set updated_at = '2026-01-05 00:00Z' where id = 10");
        await using var gate = await CloseGateAsync(world);
        var going = world.MoveAsync(usual);
        await UntilAsync(() => SomebodyWaitsAsync(world));
        var backfill = await world.MoveAsync(await RequestAsync(world, new CursorRange("2026-01-01T20:00:00Z", "2026-01-02T00:00:00Z")));
        await gate.DisposeAsync();

        Assert.Equal((RunState.Succeeded, RunState.Succeeded), (backfill.State, (await going).State));
        Assert.StartsWith("2026-01-06", await CursorAsync(world));
        var (next, nextAgain) = (await world.RunAsync(), await world.RunAsync());
        Assert.Equal((RunState.Succeeded, 4L, 2L), (next.State, next.RecordsRead, nextAgain.RecordsRead));
        Assert.StartsWith("2026-01-06", await CursorAsync(world));
    }

    [Fact]
    public async Task A_cursor_that_somebody_empties_while_a_run_goes_stays_empty()
    {
        await using var world = await GivenAsync();
        await world.RunAsync();
        var queue = world.Console.Get<RunQueue>();
        var usual = (await queue.RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        await world.Database.RunAsync($"{Gate}; update source set updated_at = '2026-01-05 00:00Z' where id = 10");
        await using var gate = await CloseGateAsync(world);
        var going = world.MoveAsync(usual);
        await UntilAsync(() => SomebodyWaitsAsync(world));
        await world.Console.Get<SyncStore>().ForgetCursorAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        await gate.DisposeAsync();

        Assert.Equal(RunState.Succeeded, (await going).State);
        Assert.Null(await CursorAsync(world));
    }

    [Fact]
    public async Task A_backfill_that_was_cut_off_goes_on_in_its_range()
    {
        await using var world = await GivenAsync();
        var queue = world.Console.Get<RunQueue>();
        var id = await RequestAsync(world, new CursorRange("2026-01-01T10:00:00Z", "2026-01-01T20:00:00Z"));
        var claimed = (await queue.ClaimAsync(world.Tenant, world.Sync.Id, id, default))!;
        await world.Console.Get<ClaimedRuns>().PutBackAsync(claimed, "The node stopped", TimeSpan.Zero, null, default);

        var run = await world.MoveAsync(id);

        Assert.Equal((RunState.Succeeded, 10L), (run.State, run.RecordsRead));
    }

    [Fact]
    public async Task A_backfill_of_an_integration_with_partitions_goes_in_parts_of_its_range()
    {
        await using var world = await GivenAsync(partitions: 3);
        var id = await RequestAsync(world, new CursorRange("2026-01-01T10:00:00Z", "2026-01-01T20:00:00Z"));

        var cut = await world.MoveAsync(id);
        foreach (var part in await PartsAsync(world, id))
        {
            await world.MoveAsync(part);
        }

        var whole = (await world.Console.Get<RunStore>().FindAsync(world.Tenant, id, default))!;
        var parts = await world.Console.Get<RunStore>().ListPartitionsAsync(world.Tenant, id, default);
        Assert.Equal(RunState.Running, cut.State);
        Assert.Equal((RunState.Succeeded, "10 records read in 3 partitions, all accounted for."), (whole.State, whole.Reason));
        Assert.Equal([4L, 3L, 3L], parts.Select(part => part.RecordsRead));
        Assert.Equal("from 2026-01-01T10:00:00Z to before 2026-01-01T13:20:00Z", parts[0].KeyWords);
        Assert.Equal("10,11,12,13,14,15,16,17,18,19", await world.Database.OneAsync("select string_agg(id::text, ',' order by id) from target"));
        Assert.Null(await CursorAsync(world));
    }

    [Fact]
    public async Task A_usual_run_of_such_an_integration_goes_in_one_piece()
    {
        await using var world = await GivenAsync(partitions: 3);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 49L), (run.State, run.RecordsRead));
    }

    [Theory]
    [InlineData("0", "10", 3, "0,3,6,10")]
    [InlineData("1000", "1002", 5, "1000,1001,1002")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z", 4, "2026-01-01T00:00:00Z,2026-01-01T00:00:01Z,2026-01-01T00:00:02Z")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", 2, "2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z")]
    [InlineData("a", "b", 3, "a,b")]
    public void A_range_is_cut_without_a_gap(string from, string to, int count, string bounds)
    {
        var parts = new CursorRange(from, to).Cut(count);

        Assert.Equal(bounds, string.Join(',', parts.Select(part => part.To).Prepend(parts[0].From)));
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
    }

    [Theory]
    [InlineData(WriteMode.Append, "appended again")]
    [InlineData(WriteMode.Overwrite, "nothing to backfill")]
    public async Task What_cannot_be_written_again_is_refused(WriteMode mode, string why)
    {
        await using var world = await GivenAsync(mode);

        var answer = await world.Console.Get<Backfills>().RequestAsync(world.Tenant, world.Sync.Id, new CursorRange("1", "2"), TestConsole.Somebody, default);

        Assert.Null(answer.RunId);
        Assert.Contains(why, answer.Answer);
    }

    [Fact]
    public async Task A_paused_integration_is_not_backfilled()
    {
        await using var world = await GivenAsync();
        await world.Console.Get<SyncStore>().SetPausedAsync(world.Tenant, world.Sync.Id, "storm", TestConsole.Somebody, default);

        Assert.Null((await world.Console.Get<Backfills>().RequestAsync(world.Tenant, world.Sync.Id, new CursorRange("1", "2"), TestConsole.Somebody, default)).RunId);
    }

    [Theory]
    [InlineData("2026-01-01", "2026-01-31", "2025-12-31T23:00:00Z", "2026-01-31T23:00:00Z")]
    [InlineData("2026-07-01 08:00", "2026-07-01T09:30", "2026-07-01T06:00:00Z", "2026-07-01T07:30:00Z")]
    [InlineData("1000", "2000.5", "1000", "2000.5")]
    public void What_is_typed_is_meant_in_the_zone_of_the_tenant(string from, string to, string first, string last) =>
        Assert.Equal(new CursorRange(first, last), CursorRange.Parse(from, to, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Range);

    [Theory]
    [InlineData("", "2026-01-31")]
    [InlineData("31.01.2026", "2026-02-01")]
    [InlineData("2026-02-01", "2026-01-01")]
    [InlineData("2026-02-01 08:00", "2026-02-01 08:00")]
    [InlineData("1000", "2026-02-01")]
    [InlineData("2026-03-29 02:30", "2026-04-01")]
    [InlineData("9999-12-31", "9999-12-31")]
    public void A_range_that_is_none_is_said(string from, string to)
    {
        var (range, fromProblem, toProblem) = CursorRange.Parse(from, to, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        Assert.Null(range);
        Assert.NotEmpty(fromProblem + toProblem);
    }

    private static async Task<NpgsqlConnection> CloseGateAsync(StructureWorld world)
    {
        var gate = new NpgsqlConnection(world.Database.ConnectionString);
        await gate.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_advisory_lock(1)", gate);
        await command.ExecuteNonQueryAsync();
        return gate;
    }

    private static async Task<bool> SomebodyWaitsAsync(StructureWorld world) =>
        await world.Database.OneAsync("select count(*) from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and l.locktype = 'advisory' and not l.granted") == "1";

    /// <summary>The schedule falls due; the run that it calls has ended.</summary>
    private static async Task<Run> FallDueAsync(StructureWorld world)
    {
        await new SyncJob(world.Console.Get<RunQueue>(), world.Console.Get<ScheduleTriggers>()).FallDueAsync(world.Tenant, world.Sync.Id, default);
        return await EndsAsync(world, (await world.Console.Get<RunStore>().ListLatestAsync(world.Tenant, default))[world.Sync.Id].Id);
    }

    private static Task<string> NameAsync(StructureWorld world) => world.Database.OneAsync("select name from target where id = 11");

    private static async Task<Run> FindAsync(StructureWorld world, Guid run) => (await world.Console.Get<RunStore>().FindAsync(world.Tenant, run, default))!;

    private static async Task<Run> EndsAsync(StructureWorld world, Guid run)
    {
        await UntilAsync(async () => !(await FindAsync(world, run)).IsOpen);
        return await FindAsync(world, run);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<Guid> RequestAsync(StructureWorld world, CursorRange range) =>
        (await world.Console.Get<Backfills>().RequestAsync(world.Tenant, world.Sync.Id, range, TestConsole.Somebody, default)).RunId!.Value;

    private static async Task<string?> CursorAsync(StructureWorld world) => (await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default))!.Cursor;

    private static async Task<IReadOnlyList<Guid>> PartsAsync(StructureWorld world, Guid whole)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        return await session.ListAsync<Guid>("select id from run where parent_id = @whole order by partition", new { whole }, default);
    }

    private static Task<StructureWorld> GivenAsync(WriteMode mode = WriteMode.Upsert, int partitions = 1) => StructureWorld.StartAsync(
        Tables, "target", ["id"], Document,
        draft => draft with { SourceConnectionId = draft.DestinationConnectionId, SourceStream = "source", ReadMode = ReadMode.Incremental, WriteMode = mode, Partitions = partitions });
}
