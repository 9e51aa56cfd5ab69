using System.Net;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Postgres;
using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Remembering_tables
{
    private const string Tables = """
        create table towns (name text primary key);
        create type mood as enum ('sad', 'glad');
        create domain positive as integer check (value > 0);
        create table people (id int, name text, age int, town text, rank int);
        alter table people add constraint grown_up check (age > 17);
        create unique index people_rank on people (rank);
        create table feelings (id int primary key, now mood);
        create table amounts (id int primary key, amount positive);
        """;

    [Fact]
    public async Task A_table_that_is_as_it_was_costs_one_question_and_others_know_nothing_of_it()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        var (known, mine, theirs) = (new KnownTables(), Door(), Door());

        await using var first = await SessionAsync(database, mine, known);
        Assert.Equal(4, await QuestionsAsync(first, "people"));
        Assert.Equal(1, await QuestionsAsync(first, "people"));
        await using var second = await SessionAsync(database, mine, known);
        Assert.Equal(1, await QuestionsAsync(second, "public.people"));
        await using var other = await SessionAsync(database, theirs, known);
        Assert.Equal(4, await QuestionsAsync(other, "people"));
    }

    [Theory]
    [InlineData("people", "alter table people add column email varchar(80)")]
    [InlineData("people", "alter table people drop column town")]
    [InlineData("people", "alter table people rename column town to city")]
    [InlineData("people", "alter table people alter column age type numeric(5, 2)")]
    [InlineData("people", "alter table people alter column name set not null")]
    [InlineData("people", "alter table people alter column name set default 'nobody'")]
    [InlineData("people", "alter table people alter column id set not null, alter column id add generated always as identity")]
    [InlineData("people", "alter table people add primary key (id)")]
    [InlineData("people", "create unique index people_name on people (name)")]
    [InlineData("people", "drop index people_rank")]
    [InlineData("people", "alter index people_rank rename to people_place")]
    [InlineData("people", "alter table people rename constraint grown_up to adult")]
    [InlineData("people", "alter table people drop constraint grown_up")]
    [InlineData("people", "alter table people add constraint lives_in foreign key (town) references towns")]
    [InlineData("people", "drop table people; create view people as select 1 as id")]
    [InlineData("feelings", "alter type mood add value 'calm'")]
    [InlineData("feelings", "alter type mood rename to temper")]
    [InlineData("amounts", "alter domain positive set not null")]
    [InlineData("amounts", "alter domain positive set default 7")]
    public async Task A_table_that_changed_is_seen_as_it_is_now(string table, string change)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        await using var session = await SessionAsync(database, Door(), new KnownTables());
        var before = await ShapeAsync(session, table);

        await database.RunAsync(change);

        await using var stranger = await SessionAsync(database, Door(), new KnownTables());
        var now = await ShapeAsync(stranger, table);
        Assert.NotEqual(before, now);
        Assert.Equal(now, await ShapeAsync(session, table));
    }

    [Fact]
    public async Task How_many_rows_it_has_is_asked_each_time()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        await using var session = await SessionAsync(database, Door(), new KnownTables());
        await PostgresCatalog.GetAsync(session, "people", "test", default);

        await database.RunAsync("insert into people (id) select generate_series(1, 500); analyze people");

        Assert.Equal(500, (await PostgresCatalog.GetAsync(session, "people", "test", default)).EstimatedRows);
    }

    [Fact]
    public async Task Names_with_dots_in_them_are_found()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """create schema "a.b"; create table "a.b"."c.d" (id int); create table "e.f" (id int)""");
        await using var session = await SessionAsync(database, Door(), new KnownTables());

        Assert.Equal("c.d", (await PostgresCatalog.GetAsync(session, "a.b.c.d", "test", default)).Name);
        Assert.Equal("e.f", (await PostgresCatalog.GetAsync(session, "e.f", "test", default)).Name);
        Assert.Null(await PostgresCatalog.FindAsync(session, "b.c.d", default));
    }

    [Fact]
    public async Task What_is_remembered_does_not_grow_without_end()
    {
        var known = new KnownTables();
        var wide = new TableShape("public", "wide", 'r', null, [.. Enumerable.Range(0, 1600).Select(number => new ColumnShape($"c{number}", ColumnKind.Text) { Type = "text", DeclaredType = "text" })], []);
        var door = Door();
        for (var table = 0; table < 40; table++)
        {
            known.Keep(door, table, "mark", wide);
        }

        Assert.InRange(Enumerable.Range(0, 40).Count(table => known.Find(door, table, "mark") is not null), 1, 31);
        Assert.NotNull(known.Find(door, 39, "mark"));
        Assert.Null(known.Find(door, 39, "another mark"));
    }

    private static SessionDoor Door() => new(TenantId.New(TimeProvider.System), Guid.NewGuid(), "{}", new DatabaseLogin("somebody", "a password"));

    private static async Task<PostgresSession> SessionAsync(CustomerDatabase database, SessionDoor door, KnownTables known)
    {
        var source = NpgsqlDataSource.Create(database.ConnectionString);
        return new PostgresSession(source, await source.OpenConnectionAsync(), TimeSpan.FromMinutes(1)) { Door = door, Known = known, Address = IPAddress.Loopback, Opened = 0 };
    }

    private static async Task<string> ShapeAsync(PostgresSession session, string table) =>
        JsonSerializer.Serialize(await PostgresCatalog.GetAsync(session, table, "test", default));

    private static async Task<int> QuestionsAsync(PostgresSession session, string table)
    {
        using var statements = new StatementCount();
        await PostgresCatalog.GetAsync(session, table, "test", default);
        return statements.Value;
    }
}
