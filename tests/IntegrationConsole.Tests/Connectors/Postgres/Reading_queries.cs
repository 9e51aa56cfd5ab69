using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using static IntegrationConsole.Tests.Connectors.Postgres.Reading_tables;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Reading_queries
{
    private const string Tables = """
        create table people (id int primary key, name text, seen timestamptz);
        insert into people select g, 'name ' || g, timestamptz '2026-01-01Z' + make_interval(secs => g) from generate_series(1, 40) g;
        create function meddle() returns int language sql as $$ insert into people values (1000, 'x', null) returning id $$;
        """;

    [Fact]
    public async Task A_query_with_a_key_is_paged_and_resumed_like_a_table()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        var connection = Query(database, "select p.id * 2 as twice, upper(name) as \"N'ame\" from people p where true -- all of them ;", keys: "twice");
        var request = new ReadRequest("q", ReadMode.Full, null, null, 7);

        var batches = await BatchesAsync(database, connection, request);
        var resumed = await BatchesAsync(database, connection, request with { Checkpoint = batches[1].Checkpoint });
        var fields = await database.Connector.DescribeAsync(connection, "q", CancellationToken.None);
        var info = (await database.Connector.DiscoverAsync(connection, CancellationToken.None)).Single(stream => stream.Name == "q");

        Assert.Equal(Enumerable.Range(1, 40).Select(id => (id * 2).ToString()), Numbers(batches, "twice"));
        Assert.Equal(Enumerable.Range(15, 26).Select(id => (id * 2).ToString()), Numbers(resumed, "twice"));
        Assert.Equal([("twice", FieldType.Integer, true), ("N'ame", FieldType.String, false)], fields.Select(field => (field.Name, field.Type, field.IsKey)));
        Assert.Equal((true, false, false), (info.CanRead, info.CanWrite, info.SupportsIncremental));
        Assert.Equal(40, batches[0].Expected);
    }

    [Fact]
    public async Task A_query_with_a_cursor_brings_what_changed()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        var connection = Query(database, "select * from people where name <> $$;$$", keys: "id", cursor: "seen");

        var batches = await BatchesAsync(database, connection, new ReadRequest("q", ReadMode.Incremental, "2026-01-01 00:00:37+00", null, 2));

        Assert.Equal(["37", "38", "39", "40"], Numbers(batches, "id"));
        Assert.Equal("2026-01-01 00:00:40+00", batches[^1].Watermark);
    }

    [Theory]
    [InlineData("insert into people values (77, 'x', null) returning id")]
    [InlineData("select 1) q; insert into people values (77, 'x', null); select * from (select 1")]
    [InlineData("select 1) q; commit; insert into people values (77, 'x', null); begin; select * from (select 1")]
    [InlineData("select 1; delete from people")]
    [InlineData("with gone as (delete from people returning id) select * from gone")]
    [InlineData("select meddle() as id")]
    [InlineData("select set_config('transaction_read_only', 'off', true) as a, meddle() as id")]
    [InlineData("not sql at all")]
    [InlineData("select * from people; -- \n) t; drop table people; --")]
    public async Task A_query_that_is_not_a_single_select_is_refused_and_changes_nothing(string sql)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);
        var connection = Query(database, sql);

        var problem = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(connection, new ReadRequest("q", ReadMode.Full, null, null, 10)));

        Assert.Contains(problem.Failure.Cause, (FailureCause[])[FailureCause.Configuration, FailureCause.Unknown]);
        Assert.Equal("40", await database.OneAsync("select count(*)::text from people where id <= 40"));
        Assert.Equal("0", await database.OneAsync("select count(*)::text from people where id > 40"));
    }

    [Fact]
    public async Task A_promised_key_that_is_not_unique_or_null_ends_the_read_instead_of_losing_rows()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);

        var twice = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(Query(database, "select id / 2 as half from people", keys: "half"), new ReadRequest("q", ReadMode.Full, null, null, 6)));
        var absent = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(Query(database, "select nullif(id, 7) as id from people", keys: "id"), new ReadRequest("q", ReadMode.Full, null, null, 6)));

        Assert.Equal((FailureCause.Configuration, "key"), (twice.Failure.Cause, twice.Failure.Code));
        Assert.Equal((FailureCause.Configuration, "key"), (absent.Failure.Cause, absent.Failure.Code));
    }

    [Fact]
    public async Task A_test_of_the_connection_prepares_its_queries()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Tables);

        var good = await database.Connector.CheckAsync(Query(database, "select id from people;\n", keys: "id"), CancellationToken.None);
        var bad = await database.Connector.CheckAsync(Query(database, "select idd from people"), CancellationToken.None);
        var wrongKey = await database.Connector.CheckAsync(Query(database, "select id from people", keys: "id, gone"), CancellationToken.None);

        Assert.True(good.Passed, good.Summary);
        Assert.Contains("idd", bad.Summary);
        Assert.Contains("gone", wrongKey.Summary);
        Assert.False(bad.Passed || wrongKey.Passed);
    }

    private static OpenConnection Query(CustomerDatabase database, string sql, string? keys = null, string? cursor = null) =>
        database.Connection(("queries", new[] { new { name = "q", sql, keys, cursor } }));
}
