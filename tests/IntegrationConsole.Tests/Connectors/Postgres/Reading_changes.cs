using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>Changes as records, and tables that cannot tell of theirs.</summary>
public sealed class Reading_changes
{
    [Fact]
    public async Task A_value_looks_the_same_whichever_way_it_came()
    {
        const string Table = """
            create type mood as enum ('sad', 'ok'); create type pair as (a int, b text); create domain short as varchar(5);
            create table things (
                id int primary key, small smallint, large bigint, exact numeric(12, 4), wide numeric, half real, whole double precision, yes boolean, letter char(5), words text, tag short,
                day date, local timestamp, instant timestamptz, clock time, span interval, bytes bytea, mood mood, pair pair, many int[], texts text[], nested int[][], json json, jsonb jsonb,
                uuid uuid, address inet, range int4range, cash money, nothing text, "Odd ""Name" text);
            insert into things values (
                1, -5, 9007199254740993, 12.5000, 'NaN', 0.1, 'Infinity', true, 'ab', E'quote " back \\ tab \t', 'abc', '2026-02-28', '2026-02-28 10:11:12.123456', '2026-02-28 10:11:12+05',
                '10:11:12', '1 year -2 days 03:04:05', '\x00ff', 'ok', (1, 'x,y'), '{1,NULL,3}', '{"a b","c,d"}', '{{1,2},{3,4}}', '{"b": 1,  "a": 2}', '{"b": 1,  "a": 2}',
                'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.0.0.1/8', '[1,5)', 12.34, null, 'odd')
            """;
        await using var source = await SourceAsync(Table);
        var records = source.ReadAsync("things");
        var read = await records.NextAsync();

        await source.ChangeAsync("update things set small = small");
        var told = await records.NextAsync();

        Assert.Equal(read, told);
    }

    [Fact]
    public async Task A_deleted_row_says_so_and_tells_what_identifies_it()
    {
        await using var source = await SourceAsync("create table things (id int primary key, name text); insert into things values (1, 'a')");
        var records = source.ReadAsync("things");
        await records.NextAsync();

        await source.ChangeAsync("delete from things");

        Assert.Equal("""{"id":1,"name":null,"_deleted":true}""", await records.NextAsync());
    }

    [Fact]
    public async Task A_column_that_is_added_comes_with_the_changes_behind_it()
    {
        await using var source = await SourceAsync("create table things (id int primary key); insert into things values (1)");
        var records = source.ReadAsync("things");
        await records.NextAsync();

        await source.ChangeAsync("insert into things values (2); alter table things add name text default 'x'; insert into things values (3)");

        Assert.Equal(["""{"id":2}""", """{"id":3,"name":"x"}"""], [await records.NextAsync(), await records.NextAsync()]);
    }

    [Theory]
    [InlineData("alter table things drop name", "the column name is gone")]
    [InlineData("alter table things alter name type int using 1", "the column name has another type")]
    [InlineData("alter table things rename name to title", "the column name is gone")]
    public async Task A_column_that_is_another_one_stops_it_behind_what_came_before(string alteration, string said)
    {
        await using var source = await SourceAsync("create table things (id int primary key, name text); insert into things values (1, 'a')");
        var records = source.ReadAsync("things");
        await records.NextAsync();

        await source.ChangeAsync($"insert into things values (2, 'b'); {alteration}; update things set id = 3 where id = 1");

        Assert.Contains("\"b\"", await records.NextAsync());
        var failure = (await Assert.ThrowsAsync<FailureException>(records.NextAsync)).Failure;
        Assert.Equal(FailureCause.SchemaChange, failure.Cause);
        Assert.Contains(said, failure.Sentence);
    }

    [Fact]
    public async Task Truncate_is_refused_and_a_new_beginning_goes_past_it()
    {
        await using var source = await SourceAsync("create table things (id int primary key); insert into things values (1)");
        var records = source.ReadAsync("things");
        await records.NextAsync();

        await source.ChangeAsync("truncate things; insert into things values (5)");

        var failure = (await Assert.ThrowsAsync<FailureException>(records.NextAsync)).Failure;
        Assert.Equal((FailureCause.Conflict, "truncate", false), (failure.Cause, failure.Code, failure.IsRetryable));
        await records.DisposeAsync();
        Assert.Equal("""{"id":5}""", await source.ReadAsync("things").NextAsync());
    }

    [Fact]
    public async Task A_partitioned_table_tells_of_changes_under_its_own_name()
    {
        await using var source = await SourceAsync("""
            create table things (id int primary key, name text) partition by range (id);
            create table low partition of things for values from (0) to (10); create table high partition of things for values from (10) to (20);
            insert into things values (1, 'a')
            """);
        var records = source.ReadAsync("things");
        await records.NextAsync();

        await source.ChangeAsync("insert into things values (11, 'b')");

        Assert.Equal("""{"id":11,"name":"b"}""", await records.NextAsync());
    }

    [Theory]
    [InlineData("create table things (id int)", "things has no key")]
    [InlineData("create view things as select 1 as id", "things is a view: only tables tell of their changes")]
    [InlineData("create table things (id int primary key, _deleted boolean)", "things has a column _deleted")]
    [InlineData("create table things (id int primary key); alter table things replica identity nothing", "let its owner run: alter table \"public\".\"things\" replica identity full")]
    public async Task A_table_that_cannot_tell_of_its_changes_is_refused_in_words(string table, string said)
    {
        await using var source = await SourceAsync(table);

        var failure = (await Assert.ThrowsAsync<FailureException>(source.ReadAsync("things").NextAsync)).Failure;

        Assert.Equal(FailureCause.Configuration, failure.Cause);
        Assert.Contains(said, failure.Sentence);
    }

    [Fact]
    public async Task What_only_an_administrator_may_do_is_asked_for_in_words_that_can_be_copied()
    {
        await using var source = await SourceAsync("create table things (id int primary key); insert into things values (1)");
        await source.AdministerAsync("create role reader login password 'reader'; grant select on things to reader");

        var publishing = (await Assert.ThrowsAsync<FailureException>(source.ReadAsync("things", "reader").NextAsync)).Failure.Sentence;
        await source.AdministerAsync(publishing[(publishing.IndexOf("run: ", StringComparison.Ordinal) + 5)..].TrimEnd('.'));
        var replicating = (await Assert.ThrowsAsync<FailureException>(source.ReadAsync("things", "reader").NextAsync)).Failure.Sentence;
        await source.AdministerAsync(replicating[(replicating.IndexOf("run: ", StringComparison.Ordinal) + 5)..].TrimEnd('.'));

        Assert.Equal("""{"id":1}""", await source.ReadAsync("things", "reader").NextAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_write_its_changes_down_for_others_says_what_to_set()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table things (id int primary key)");

        var failure = (await Assert.ThrowsAsync<FailureException>(() =>
            database.ReadAsync(database.Connection(), new ReadRequest("things", ReadMode.ChangeStream, null, null, 10) { Slot = "none" }))).Failure;

        Assert.Equal((FailureCause.Configuration, "wal_level"), (failure.Cause, failure.Code));
        Assert.Contains("alter system set wal_level = logical", failure.Sentence);
    }

    private static async Task<ChangingDatabase> SourceAsync(string sql)
    {
        var source = await ChangingDatabase.StartAsync();
        await source.ChangeAsync(sql);
        return source;
    }
}
