using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

/// <summary>Records that were deleted at the source, and their rows in a real database.</summary>
public sealed class Deleting_what_is_gone
{
    private const string Tables = "create table people (id int primary key, name text not null check (length(name) < 40), deleted_at timestamptz); insert into people values (900, 'somebody else''s', null)";
    private const string Ids = "select coalesce(string_agg(id::text, ' ' order by id), '') from people";

    private static readonly DeleteRules Sweep = new(DeletePolicy.Hard) { Signal = DeleteSignal.Sweep };
    private static readonly DeleteRules Tombstone = new(DeletePolicy.Hard) { Signal = DeleteSignal.Tombstone, Tombstone = "gone" };

    private static readonly MappingDocument Document = new(
        [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name", Required = true }], []);

    [Fact]
    public async Task What_a_complete_run_does_not_meet_is_deleted_and_what_others_wrote_is_not()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People(1, 2, 3, 4, 5);
        await world.RunAsync();
        world.Source.Records = People(1, 2, 5);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 3L, 3L, 2L, true), (run.State, run.RecordsRead, run.Unchanged, run.Deleted, run.Counts.Balances));
        Assert.Equal("1 2 5 900", await world.Database.OneAsync(Ids));
        Assert.EndsWith("2 rows deleted.", run.Reason);
    }

    [Fact]
    public async Task A_read_that_breaks_off_deletes_nothing_and_neither_does_an_empty_one()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People([.. Enumerable.Range(1, 30)]);
        await world.RunAsync();
        world.Source.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.Auth, "No.")) : Task.CompletedTask;
        var broken = await world.RunAsync();
        world.Source.BeforeRead = (_, _) => Task.CompletedTask;
        world.Source.Records = [];

        var empty = await world.RunAsync();

        Assert.Equal((RunState.Failed, 0L), (broken.State, broken.Deleted));
        Assert.Equal((RunState.Succeeded, 0L), (empty.State, empty.Deleted));
        Assert.Equal("31", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task A_record_that_is_set_aside_is_there_all_the_same()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People(1, 2, 3, 4);
        await world.RunAsync();
        world.Source.Records = [.. People(1), """{"id":2}""", $$"""{"id":3,"name":"{{new string('x', 50)}}"}"""];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Partial, 2L, 1L), (run.State, run.Rejected, run.Deleted));
        Assert.Equal("1 2 3 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task Where_a_record_set_aside_has_no_key_nothing_is_deleted()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People(1, 2, 3);
        await world.RunAsync();
        world.Source.Records = [.. People(1), """{"id":"two","name":"x"}"""];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Partial, 0L), (run.State, run.Deleted));
        Assert.Equal("1 2 3 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task More_than_the_share_waits_for_somebody_who_approves()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People([.. Enumerable.Range(1, 100)]);
        await world.RunAsync();
        world.Source.Records = People([.. Enumerable.Range(1, 60)]);
        var held = await world.RunAsync();
        var waiting = (await Store(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;
        var before = await world.Database.OneAsync("select count(*) from people");

        var run = await world.MoveAsync((await Store(world).ApproveAsync(world.Tenant, waiting.Id, "the shop closed", TestConsole.Somebody, default))!.RunId!.Value);

        Assert.Equal((RunState.Held, true, 0L), (held.State, held.NeedsPerson, held.Deleted));
        Assert.StartsWith("40 rows of 100 are to be deleted, 40%", held.Reason);
        Assert.Equal((40L, 100L, 20, "61"), (waiting.Rows, waiting.Owned, waiting.Samples.Length, waiting.Samples[0]));
        Assert.Equal("101", before);
        Assert.Equal((RunState.Succeeded, RunTrigger.Approval, 40L), (run.State, run.Trigger, run.Deleted));
        Assert.Equal("61", await world.Database.OneAsync("select count(*) from people"));
        Assert.Equal(DeletionState.Done, (await Store(world).FindOfRunAsync(world.Tenant, held.Id, default))!.State);
        Assert.Equal(RunState.Succeeded, (await world.Console.Get<RunStore>().FindAsync(world.Tenant, held.Id, default))!.State);
        Assert.Single(await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "approve deletion"), null, 10, default));
    }

    [Fact]
    public async Task What_came_back_before_the_approval_stays()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People([.. Enumerable.Range(1, 100)]);
        await world.RunAsync();
        world.Source.Records = People([.. Enumerable.Range(1, 60)]);
        await world.RunAsync();
        var waiting = (await Store(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;
        world.Source.Records = People([.. Enumerable.Range(1, 95)]);
        await world.RunAsync();

        var run = await world.MoveAsync((await Store(world).ApproveAsync(world.Tenant, waiting.Id, "yes", TestConsole.Somebody, default))!.RunId!.Value);

        Assert.Equal("96", await world.Database.OneAsync("select count(*) from people"));
        Assert.Equal(0, run.Deleted);
    }

    [Fact]
    public async Task Refused_nothing_goes_and_two_decide_once()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People([.. Enumerable.Range(1, 100)]);
        await world.RunAsync();
        world.Source.Records = People(1);
        var held = await world.RunAsync();
        var waiting = (await Store(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;

        var refused = await Store(world).RefuseAsync(world.Tenant, waiting.Id, "the source is broken", TestConsole.Somebody, default);
        var approved = await Store(world).ApproveAsync(world.Tenant, waiting.Id, "no matter", TestConsole.Somebody, default);

        Assert.True(refused);
        Assert.Null(approved);
        Assert.Equal("101", await world.Database.OneAsync("select count(*) from people"));
        Assert.Contains("refused to delete 99 of 100 rows: the source is broken", (await world.Console.Get<RunStore>().FindAsync(world.Tenant, held.Id, default))!.Reason);
    }

    [Fact]
    public async Task A_later_run_asks_anew_in_place_of_the_earlier_one()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People([.. Enumerable.Range(1, 100)]);
        await world.RunAsync();
        world.Source.Records = People([.. Enumerable.Range(1, 60)]);
        var first = await world.RunAsync();
        world.Source.Records = People([.. Enumerable.Range(1, 50)]);

        var second = await world.RunAsync();

        Assert.Equal(DeletionState.Outdated, (await Store(world).FindOfRunAsync(world.Tenant, first.Id, default))!.State);
        Assert.Equal((second.Id, 50L), ((await Store(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!.RunId, (await Store(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!.Rows));
    }

    [Fact]
    public async Task A_record_that_says_that_it_was_deleted_brings_no_row_and_takes_its_own()
    {
        await using var world = await GivenAsync(Tombstone);
        world.Source.Records = People(1, 2, 3);
        await world.RunAsync();
        world.Source.Records = [.. People(1), """{"id":2,"gone":true}""", """{"id":900,"gone":true}""", """{"id":7,"gone":true}"""];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 4L, 1L, 3L, 1L, true), (run.State, run.RecordsRead, run.Unchanged, run.Filtered, run.Deleted, run.Counts.Balances));
        Assert.Equal("1 3 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task Of_a_record_that_was_deleted_and_made_again_the_last_word_counts()
    {
        await using var world = await GivenAsync(Tombstone);
        world.Source.Records = People(1, 2);
        await world.RunAsync();
        world.Source.Records = ["""{"id":1,"gone":true}""", .. People(1), .. People(2), """{"id":2,"gone":true}"""];

        await world.RunAsync();

        Assert.Equal("1 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task Tombstones_of_a_run_that_breaks_off_are_not_acted_on()
    {
        await using var world = await GivenAsync(Tombstone);
        world.Source.Records = People([.. Enumerable.Range(1, 30)]);
        await world.RunAsync();
        world.Source.Records = ["""{"id":1,"gone":true}""", .. People([.. Enumerable.Range(2, 29)])];
        world.Source.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.Auth, "No.")) : Task.CompletedTask;

        var broken = await world.RunAsync();
        var then = await world.Database.OneAsync("select count(*) from people");
        world.Source.BeforeRead = (_, _) => Task.CompletedTask;
        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, "31"), (broken.State, then));
        Assert.Equal(1, run.Deleted);
        Assert.Equal("30", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task A_row_may_be_marked_and_is_unmarked_when_its_record_comes_back()
    {
        await using var world = await GivenAsync(Sweep with { Policy = DeletePolicy.Soft });
        world.Source.Records = People(1, 2, 3);
        await world.RunAsync();
        world.Source.Records = People(1, 3);
        var marking = await world.RunAsync();
        var marked = await world.Database.OneAsync("select string_agg(id::text, ' ') from people where deleted_at is not null");
        var idle = await world.RunAsync();
        world.Source.Records = People(1, 2, 3);

        await world.RunAsync();

        Assert.Equal((1L, 0L, "2"), (marking.Deleted, idle.Deleted, marked));
        Assert.Equal("0", await world.Database.OneAsync("select count(*) from people where deleted_at is not null"));
        Assert.Equal("1 2 3 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task Another_stream_of_the_source_may_list_what_was_deleted()
    {
        const string Sql = Tables + """
            ; create table source (id int primary key, name text); insert into source select n, 'name ' || n from generate_series(1, 5) n;
            create table erased (number int primary key)
            """;
        await using var world = await StructureWorld.StartAsync(Sql, "people", ["id"], Document, draft => draft with
        {
            SourceConnectionId = draft.DestinationConnectionId, SourceStream = "source",
            Deletes = new DeleteRules(DeletePolicy.Hard) { Signal = DeleteSignal.Stream, Stream = "erased", IdPaths = "number" },
        });
        await world.RunAsync();
        await world.Database.RunAsync("delete from source where id in (2, 4); insert into erased values (2), (4), (17)");

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 3L, 2L), (run.State, run.RecordsRead, run.Deleted));
        Assert.Equal("1 3 5 900", await world.Database.OneAsync(Ids));
    }

    [Fact]
    public async Task A_row_that_others_refer_to_is_not_deleted_and_neither_are_its_neighbours()
    {
        await using var world = await GivenAsync(Sweep);
        world.Source.Records = People(1, 2, 3);
        await world.RunAsync();
        await world.Database.RunAsync("create table pets (owner int references people (id)); insert into pets values (2)");
        world.Source.Records = People(1);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Conflict), (run.State, run.Cause));
        Assert.Equal("Rows of pets refer to rows of people that are to be deleted: nothing was deleted.", run.Reason);
        Assert.Equal("1 2 3 900", await world.Database.OneAsync(Ids));
    }

    [Theory]
    [InlineData(WriteMode.Append, ReadMode.Full, DeleteSignal.Tombstone, "gone", "Deletes")]
    [InlineData(WriteMode.Upsert, ReadMode.Incremental, DeleteSignal.Sweep, "", "Signal")]
    [InlineData(WriteMode.Upsert, ReadMode.Full, DeleteSignal.Tombstone, "gone =", "Tombstone")]
    [InlineData(WriteMode.Upsert, ReadMode.Full, DeleteSignal.Stream, "", "Stream")]
    [InlineData(WriteMode.Upsert, ReadMode.Full, DeleteSignal.Sweep, "", "")]
    public void The_form_says_what_cannot_work(WriteMode write, ReadMode read, DeleteSignal signal, string tombstone, string field)
    {
        var draft = new SyncDraft("Things", Guid.NewGuid(), "source", read, Guid.NewGuid(), "target", write, ["id"], false, Schedule.Manual, OverlapRule.Queue)
        {
            Deletes = new DeleteRules(DeletePolicy.Hard) { Signal = signal, Tombstone = tombstone },
        };

        Assert.Equal(field, string.Join(' ', SyncRules.Check(draft, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch, null).Keys));
    }

    private static DeletionStore Store(StructureWorld world) => world.Console.Get<DeletionStore>();

    private static Task<StructureWorld> GivenAsync(DeleteRules rules) => StructureWorld.StartAsync(Tables, "people", ["id"], Document, draft => draft with { Deletes = rules });

    private static List<string> People(params int[] ids) => [.. ids.Select(id => $$"""{"id":{{id}},"name":"name {{id}}"}""")];
}
