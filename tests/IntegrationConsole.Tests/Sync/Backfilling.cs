using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Backfilling
{
    private const string Tables = """
        create table source (id int primary key, name text, updated_at timestamptz);
        insert into source select n, 'name ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour' from generate_series(1, 48) n;
        insert into source values (100, 'never changed', null);
        create table target (id int primary key, name text)
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
