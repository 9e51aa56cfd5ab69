using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Connectors.Postgres;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

/// <summary>Full refreshes that overwrite: built beside, swapped in at the end of a complete read.</summary>
public sealed class Replacing_tables
{
    private const string Table = "create table people (id int primary key, name text not null default 'nobody', constraint short check (length(name) < 40)); create index people_by_name on people (name)";
    private const string Old = "; insert into people select n, 'old ' || n from generate_series(1, 5) n";
    private const string Hundred = "; insert into people select n, 'old ' || n from generate_series(1, 100) n";
    private const string Beside = "select relname from pg_class where relkind = 'r' and relname ~ '^integration_console_[0-9a-f]{32}$'";
    private const string Everybody = "select string_agg(id || '=' || name, ' ' order by id) from people";

    private static readonly MappingDocument Document = new(
        [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name" }], []);

    [Fact]
    public async Task The_table_holds_what_the_run_brought_and_nothing_else()
    {
        await using var world = await GivenAsync(Table + Old);
        world.Source.Records = People(4, 5, 6);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 3L, true), (run.State, run.Written, run.Counts.Balances));
        Assert.Equal("4=name 4 5=name 5 6=name 6", await world.Database.OneAsync(Everybody));
        Assert.Empty(await world.Database.RowsAsync(Beside));
        Assert.Contains("people was replaced: 3 rows in place of 5.", await LogAsync(world, run));
    }

    [Fact]
    public async Task The_new_table_has_the_shape_and_the_rights_of_the_old_one()
    {
        await using var world = await GivenAsync(Table + "; create table towns (id int primary key); insert into towns select generate_series(1, 9); alter table people add constraint living foreign key (id) references towns (id); comment on table people is 'Everybody''s'" + Old);
        var (guest, _) = await world.Database.GivenALoginAsync();
        await world.Database.RunAsync($"grant select, insert on people to {guest} with grant option");
        const string Shape = """
            select c.relname || ': ' || pg_get_indexdef(c.oid) from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'people'::regclass
            union all select conname || ': ' || contype::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = 'people'::regclass and contype in ('p', 'c')
            union all select conname || ': f' from pg_constraint where conrelid = 'people'::regclass and contype = 'f'
            union all select attname || ' ' || format_type(atttypid, atttypmod) || attnotnull::text || coalesce(pg_get_expr(adbin, adrelid), '')
                      from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = 'people'::regclass and attnum > 0
            union all select grantee::regrole::text || privilege_type || is_grantable::text from pg_class cross join lateral aclexplode(relacl) where oid = 'people'::regclass
            union all select obj_description('people'::regclass, 'pg_class')
            order by 1
            """;
        var (before, number) = (await world.Database.RowsAsync(Shape), await world.Database.OneAsync("select 'people'::regclass::oid"));
        world.Source.Records = People(1, 2);

        Assert.Equal(RunState.Succeeded, (await world.RunAsync()).State);

        Assert.Equal(before, await world.Database.RowsAsync(Shape));
        Assert.NotEqual(number, await world.Database.OneAsync("select 'people'::regclass::oid"));
    }

    [Theory]
    [InlineData("create view names as select name from people")]
    [InlineData("create table pets (owner int references people (id)); insert into pets values (4)")]
    [InlineData("create table log (what text); create function note() returns trigger language plpgsql as $$ begin insert into log values (tg_op); return null; end $$; create trigger noting after delete on people for each row execute function note()")]
    [InlineData("alter table people add column seen_by text default 'nobody'")]
    public async Task What_hangs_on_a_table_stays_with_it(string more)
    {
        await using var world = await GivenAsync($"{Table}{Old}; {more}");
        var number = await world.Database.OneAsync("select 'people'::regclass::oid");
        world.Source.Records = People(4, 6);

        var run = await world.RunAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal("4=name 4 6=name 6", await world.Database.OneAsync(Everybody));
        Assert.Equal(number, await world.Database.OneAsync("select 'people'::regclass::oid"));
        Assert.Contains("2 new or changed, 4 taken away", await LogAsync(world, run));
        Assert.Empty(await world.Database.RowsAsync(Beside));
    }

    [Fact]
    public async Task A_row_that_others_refer_to_keeps_everything_as_it_is()
    {
        await using var world = await GivenAsync($"{Table}{Old}; create table pets (owner int references people (id)); insert into pets values (3)");
        world.Source.Records = People(4, 6);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Conflict), (run.State, run.Cause));
        Assert.Equal("Rows of pets refer to rows of people that the source has no longer: nothing was replaced.", run.Reason);
        Assert.Equal("1=old 1 2=old 2 3=old 3 4=old 4 5=old 5", await world.Database.OneAsync(Everybody));
    }

    [Fact]
    public async Task A_run_that_brings_nothing_replaces_nothing()
    {
        await using var world = await GivenAsync(Table + Old);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.SchemaChange), (run.State, run.Cause));
        Assert.Contains("people has 5: nothing was replaced", run.Reason);
        Assert.Equal("5", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task A_table_is_not_replaced_by_one_with_far_fewer_rows_before_somebody_approves()
    {
        await using var world = await GivenAsync(Table + Hundred);
        world.Source.Records = People([.. Enumerable.Range(1, 40)]);
        var held = await world.RunAsync();
        var before = await world.Database.OneAsync("select count(*) from people");
        var waiting = (await Questions(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;

        var approved = (await Questions(world).ApproveAsync(world.Tenant, waiting.Id, "the shop closed", TestConsole.Somebody, default))!;
        var run = await world.MoveAsync(approved.RunId!.Value);

        Assert.Equal((RunState.Held, true), (held.State, held.NeedsPerson));
        Assert.StartsWith("people has 100 rows, and the run brought 40, 60% fewer: nothing was replaced.", held.Reason);
        Assert.Equal((true, 60L, 100L), (waiting.Replaces, waiting.Rows, waiting.Owned));
        Assert.Equal("100", before);
        Assert.Equal((RunState.Succeeded, 40L), (run.State, run.Written));
        Assert.Equal("40", await world.Database.OneAsync("select count(*) from people where name like 'name%'"));
        Assert.Empty(await world.Database.RowsAsync(Beside));
        Assert.Equal(DeletionState.Done, (await Questions(world).FindOfRunAsync(world.Tenant, held.Id, default))!.State);
        Assert.Equal((RunState.Cancelled, $"Nothing was replaced. Run {run.Number} replaced the table later."), await EndOfAsync(world, held));
        Assert.Single(await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "approve replacement"), null, 10, default));
    }

    [Fact]
    public async Task Good_rows_are_not_dropped_because_most_were_set_aside()
    {
        await using var world = await GivenAsync(Table + Hundred, batchBreaker: false);
        world.Source.Records = [.. People([.. Enumerable.Range(1, 40)]), .. Enumerable.Range(41, 60).Select(id => $$"""{"id":{{id}},"name":"{{new string('x', 50)}}"}""")];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Held, 60L), (run.State, run.Failed + run.Rejected));
        Assert.EndsWith("100 records read, 60 of them set aside.", run.Reason);
        Assert.Equal("100", await world.Database.OneAsync("select count(*) from people where name like 'old%'"));
    }

    [Fact]
    public async Task An_approval_is_for_one_replacement_and_for_about_as_many_rows()
    {
        await using var world = await GivenAsync(Table + Hundred);
        world.Source.Records = People([.. Enumerable.Range(1, 60)]);
        await world.RunAsync();
        await ApproveAsync(world);
        world.Source.Records = People([.. Enumerable.Range(1, 20)]);
        var fewer = await world.RunAsync();
        await ApproveAsync(world);
        var replaced = await world.RunAsync();
        world.Source.Records = People(1, 2, 3);

        var next = await world.RunAsync();

        Assert.Equal((RunState.Held, RunState.Succeeded, RunState.Held), (fewer.State, replaced.State, next.State));
        Assert.Equal("20", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task An_approval_waits_for_a_run_that_gets_to_its_end()
    {
        await using var world = await GivenAsync(Table + Hundred);
        world.Source.Records = People([.. Enumerable.Range(1, 40)]);
        await world.RunAsync();
        await ApproveAsync(world);
        world.Source.BeforeRead = (_, _) => throw new FailureException(new Failure(FailureCause.Auth, "No."));
        var failed = await world.RunAsync();
        world.Source.BeforeRead = (_, _) => Task.CompletedTask;

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, RunState.Succeeded), (failed.State, run.State));
        Assert.Equal("40", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task Refused_the_table_stays_and_a_later_run_asks_again()
    {
        await using var world = await GivenAsync(Table + Hundred);
        world.Source.Records = People([.. Enumerable.Range(1, 40)]);
        var held = await world.RunAsync();
        var waiting = (await Questions(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;

        await Questions(world).RefuseAsync(world.Tenant, waiting.Id, "the export is broken", TestConsole.Somebody, default);
        var again = await world.RunAsync();

        Assert.Equal((RunState.Cancelled, $"{TestConsole.Somebody.Name} refused to leave out 60 of 100 rows: the export is broken"), await EndOfAsync(world, held));
        Assert.Equal(RunState.Held, again.State);
        Assert.Equal("100", await world.Database.OneAsync("select count(*) from people"));
    }

    [Fact]
    public async Task A_source_that_is_whole_again_answers_the_question_by_itself()
    {
        await using var world = await GivenAsync(Table + Hundred);
        world.Source.Records = People([.. Enumerable.Range(1, 40)]);
        var held = await world.RunAsync();
        world.Source.Records = People([.. Enumerable.Range(1, 95)]);

        var run = await world.RunAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal("95", await world.Database.OneAsync("select count(*) from people"));
        Assert.Null(await Questions(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default));
        Assert.Equal(RunState.Cancelled, (await EndOfAsync(world, held)).State);
    }

    [Fact]
    public async Task Who_allows_any_share_is_not_asked()
    {
        await using var world = await GivenAsync(Table + Hundred, share: 100);
        world.Source.Records = People(1);

        Assert.Equal(RunState.Succeeded, (await world.RunAsync()).State);
        Assert.Equal("1", await world.Database.OneAsync("select count(*) from people"));
    }

    [Theory]
    [InlineData(100, 90, null, true)]
    [InlineData(100, 89, null, false)]
    [InlineData(12, 2, null, true)]
    [InlineData(12, 1, null, false)]
    [InlineData(50, 900, null, true)]
    [InlineData(1000, 360, 400L, true)]
    [InlineData(1000, 359, 400L, false)]
    [InlineData(200, 100, 400L, false)]
    public void So_much_smaller_may_a_table_become(long before, long after, long? approved, bool may) =>
        Assert.Equal(may, (new ShrinkLimit(10, 10) { Approved = approved }).Allows(before, after));

    [Fact]
    public async Task An_empty_table_may_stay_empty()
    {
        await using var world = await GivenAsync(Table);

        Assert.Equal(RunState.Succeeded, (await world.RunAsync()).State);
        Assert.Empty(await world.Database.RowsAsync(Beside));
    }

    [Fact]
    public async Task A_run_that_fails_leaves_the_old_table_and_the_next_one_clears_up_after_it()
    {
        await using var world = await GivenAsync(Table + Old);
        world.Source.Records = People([.. Enumerable.Range(10, 30)]);
        world.Source.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.Auth, "No.")) : Task.CompletedTask;
        var failed = await world.RunAsync();
        var left = await world.Database.OneAsync(Beside);
        var then = await world.Database.OneAsync(Everybody);
        world.Source.BeforeRead = (_, _) => Task.CompletedTask;
        world.Source.Records = People(7);

        var run = await world.RunAsync();

        Assert.Equal(RunState.Failed, failed.State);
        Assert.Equal($"integration_console_{failed.Id:n}", left);
        Assert.Equal("1=old 1 2=old 2 3=old 3 4=old 4 5=old 5", then);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal("7=name 7", await world.Database.OneAsync(Everybody));
        Assert.Empty(await world.Database.RowsAsync(Beside));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_was_cut_off_goes_on_in_the_same_table(bool hasKey)
    {
        await using var world = await GivenAsync(hasKey ? Table + Old : "create table people (id int, name text)" + Old, hasKey ? ["id"] : []);
        world.Source.Records = People([.. Enumerable.Range(1, 30)]);
        using var stopping = new CancellationTokenSource();
        var asked = await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        world.Source.BeforeRead = async (position, _) =>
        {
            // The source is read ahead of what is recorded.
            while (position == 20 && !stopping.IsCancellationRequested)
            {
                if ((await world.Console.Get<RunStore>().FindAsync(world.Tenant, asked.RunId!.Value, default))!.RecordsRead > 0)
                {
                    await stopping.CancelAsync();
                }
            }
        };
        var cut = await world.MoveAsync(asked.RunId!.Value, stopping.Token);
        var then = await world.Database.OneAsync("select count(*) from people");
        var positions = new List<int>();
        world.Source.BeforeRead = (position, _) => { positions.Add(position); return Task.CompletedTask; };

        var run = await world.MoveAsync(asked.RunId.Value);

        Assert.Equal((RunState.Queued, "5"), (cut.State, then));
        Assert.Equal((RunState.Succeeded, 30L), (run.State, run.RecordsRead));
        Assert.True(positions[0] > 0);
        Assert.Equal("30|30|465", string.Join('|', await world.Database.RowsAsync("select count(*), count(distinct id), sum(id) from people")));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_replaces_nothing()
    {
        await using var world = await GivenAsync(Table + Old);
        world.Source.Records = People([.. Enumerable.Range(1, 30)]);
        var asked = await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);
        world.Source.BeforeRead = async (position, cancellationToken) =>
        {
            if (position == 20)
            {
                await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, asked.RunId!.Value, TestConsole.Somebody, default);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
        };

        var run = await world.MoveAsync(asked.RunId!.Value);

        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Equal("1=old 1 2=old 2 3=old 3 4=old 4 5=old 5", await world.Database.OneAsync(Everybody));
    }

    [Fact]
    public async Task A_letter_of_such_a_run_is_replayed_into_the_table_as_it_is_now()
    {
        await using var world = await GivenAsync(Table + Old);
        world.Source.Records = [.. People(1), $$"""{"id":2,"name":"{{new string('x', 50)}}"}"""];
        var run = await world.RunAsync();
        await world.Database.RunAsync("alter table people drop constraint short");

        var replay = await world.ReplayAsync();

        Assert.Equal((RunState.Partial, 1), (run.State, replay.Delivered));
        Assert.Equal($"1=name 1 2={new string('x', 50)}", await world.Database.OneAsync(Everybody));
    }

    [Fact]
    public async Task What_was_swapped_before_a_crash_is_not_swapped_again()
    {
        await using var world = await GivenAsync(Table + Old);
        var run = new RunMark(Guid.CreateVersion7(), Guid.CreateVersion7(), 1, false);
        await using (var writer = await OpenAsync(world, run))
        {
            await writer.WriteAllAsync(Rows("1", "2"));
            await writer.CompleteAsync(default);
        }

        await using var again = await OpenAsync(world, run with { Attempt = 2, GoesOn = true });
        await again.WriteAllAsync(Rows("3"));

        Assert.Null(await again.CompleteAsync(default));
        Assert.Equal("1=n 2=n 3=n", await world.Database.OneAsync(Everybody));
        Assert.Empty(await world.Database.RowsAsync(Beside));
    }

    [Fact]
    public async Task An_attempt_that_was_taken_over_does_not_end_what_the_newer_one_goes_on_with()
    {
        await using var world = await GivenAsync(Table + Old);
        var run = new RunMark(Guid.CreateVersion7(), Guid.CreateVersion7(), 1, false);
        await using var older = await OpenAsync(world, run);
        await older.WriteAllAsync(Rows("1", "2"));
        await using var newer = await OpenAsync(world, run with { Attempt = 2, GoesOn = true });

        await Assert.ThrowsAsync<FailureException>(() => older.CompleteAsync(default));
        var between = await world.Database.OneAsync("select count(*) from people");
        await newer.WriteAllAsync(Rows("3"));
        await newer.CompleteAsync(default);

        Assert.Equal("5", between);
        Assert.Equal("1=n 2=n 3=n", await world.Database.OneAsync(Everybody));
    }

    [Fact]
    public async Task A_login_that_may_not_build_a_table_is_told_what_it_needs()
    {
        await using var world = await GivenAsync(Table + Old);
        var (user, password) = await world.Database.GivenALoginAsync();
        await world.Database.RunAsync($"grant select, insert, update, delete on people to {user}; create table integration_console_append (token text primary key, rows integer not null, written_at timestamptz not null default now()); grant all on integration_console_append to {user}");

        var refused = await Assert.ThrowsAsync<FailureException>(() => world.Database.Connector.OpenAsync(
            world.Database.As(user, password), Request(new RunMark(Guid.CreateVersion7(), Guid.CreateVersion7(), 1, false)), default));

        Assert.Equal(FailureCause.Configuration, refused.Failure.Cause);
        Assert.Contains("grant create on schema \"public\"", refused.Failure.Sentence);
    }

    private static Task<StructureWorld> GivenAsync(string sql, string[]? keys = null, int share = DeleteRules.UsualShare, bool batchBreaker = true) =>
        StructureWorld.StartAsync(sql, "people", keys ?? ["id"], Document, draft => draft with { WriteMode = WriteMode.Overwrite, Deletes = DeleteRules.None with { Share = share }, BatchBreaker = batchBreaker });

    private static DeletionStore Questions(StructureWorld world) => world.Console.Get<DeletionStore>();

    /// <summary>The run that the approval asks for is left to the test.</summary>
    private static async Task ApproveAsync(StructureWorld world)
    {
        var waiting = (await Questions(world).FindWaitingAsync(world.Tenant, world.Sync.Id, default))!;
        var approved = (await Questions(world).ApproveAsync(world.Tenant, waiting.Id, "yes", TestConsole.Somebody, default))!;
        await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, approved.RunId!.Value, TestConsole.Somebody, default);
    }

    private static async Task<(RunState State, string Reason)> EndOfAsync(StructureWorld world, Run run)
    {
        var ended = (await world.Console.Get<RunStore>().FindAsync(world.Tenant, run.Id, default))!;
        return (ended.State, ended.Reason);
    }

    private static List<string> People(params int[] ids) => [.. ids.Select(id => $$"""{"id":{{id}},"name":"name {{id}}"}""")];

    private static async Task<string> LogAsync(StructureWorld world, Run run) =>
        string.Join('\n', (await world.Console.Get<RunStore>().ReadLogAsync(world.Tenant, run.Id, null, 100, default)).Lines.Select(line => line.Message));

    private static WriteRequest Request(RunMark run) =>
        new("people", WriteMode.Overwrite, [new("id", FieldType.Integer), new("name", FieldType.String)], ["id"], false) { Run = run };

    private static Task<IDestinationWriter> OpenAsync(StructureWorld world, RunMark run) => world.Database.Connector.OpenAsync(world.Database.Connection(), Request(run), default);

    private static RowBatch Rows(params string[] ids)
    {
        var rows = new RowBatch([new("id", FieldType.Integer), new("name", FieldType.String)]);
        foreach (var id in ids)
        {
            var row = rows.NextRow();
            (row[0], row[1]) = (FieldValue.Of(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture)), FieldValue.Of("n"));
            rows.Commit(id, rows.Count);
        }

        return rows;
    }
}
