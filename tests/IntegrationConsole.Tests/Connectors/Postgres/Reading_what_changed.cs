using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;
using static IntegrationConsole.Tests.Connectors.Postgres.Reading_tables;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Reading_what_changed
{
    private const string Orders = """
        create table orders (id int primary key, updated_at timestamptz);
        insert into orders select g, timestamptz '2026-01-01Z' + make_interval(secs => g / 10) + interval '1 microsecond' from generate_series(1, 100) g;
        """;

    [Fact]
    public async Task Rows_with_the_same_instant_are_split_over_pages_without_losing_one_and_the_watermark_keeps_microseconds()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Orders);

        var batches = await BatchesAsync(database, database.Connection(), new ReadRequest("orders", ReadMode.Incremental, null, null, 7));

        Assert.Equal(Enumerable.Range(1, 100).Select(id => id.ToString()), Numbers(batches, "id"));
        Assert.Equal("2026-01-01 00:00:10.000001+00", batches[^1].Watermark);
    }

    [Fact]
    public async Task The_rows_at_the_cursor_come_again_because_a_twin_may_have_come_late()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Orders);
        var first = await BatchesAsync(database, database.Connection(), new ReadRequest("orders", ReadMode.Incremental, null, null, 50));
        await database.RunAsync("insert into orders select 101, max(updated_at) from orders");

        var second = await BatchesAsync(database, database.Connection(), new ReadRequest("orders", ReadMode.Incremental, first[^1].Watermark, null, 50));

        Assert.Equal(["100", "101"], Numbers(second, "id"));
        Assert.Equal(first[^1].Watermark, second[^1].Watermark);
    }

    [Fact]
    public async Task Rows_without_a_value_come_every_time_and_an_interrupted_read_goes_on_among_them()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Orders + "insert into orders select g, null from generate_series(201, 220) g");
        var request = new ReadRequest("orders", ReadMode.Incremental, "2026-01-01 00:00:10.000001+00", null, 8);

        var batches = await BatchesAsync(database, database.Connection(), request);
        var resumed = await BatchesAsync(database, database.Connection(), request with { Checkpoint = batches[0].Checkpoint });

        Assert.Equal([.. Enumerable.Range(201, 20).Select(id => id.ToString()), "100"], Numbers(batches, "id"));
        Assert.Equal([.. Enumerable.Range(209, 12).Select(id => id.ToString()), "100"], Numbers(resumed, "id"));
        Assert.Equal(21, batches[0].Expected);
        Assert.All(batches, batch => Assert.Equal(request.Cursor, batch.Watermark));
    }

    [Fact]
    public async Task Without_a_key_what_changed_comes_in_the_order_of_its_cursor()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table log (n int, modified_on timestamp);
            insert into log select g, timestamp '2026-01-01' + make_interval(secs => g) from generate_series(20, 1, -1) g;
            insert into log values (0, null);
            """);

        var first = await BatchesAsync(database, database.Connection(), new ReadRequest("log", ReadMode.Incremental, null, null, 7));
        var second = await BatchesAsync(database, database.Connection(), new ReadRequest("log", ReadMode.Incremental, "2026-01-01 00:00:18", null, 7));

        Assert.Equal(Enumerable.Range(0, 21).Select(n => n.ToString()), Numbers(first, "n"));
        Assert.Equal("2026-01-01 00:00:20", first[^1].Watermark);
        Assert.Equal(["0", "18", "19", "20"], Numbers(second, "n"));
    }

    [Fact]
    public async Task A_column_named_in_the_settings_tells_what_changed_whatever_its_type()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create schema sales;
            create table sales.orders (id uuid primary key default gen_random_uuid(), version numeric(30,3) not null, updated_at timestamptz, modified timestamptz);
            insert into sales.orders (version) select g + 0.5 from generate_series(1, 30) g;
            """);
        var connection = database.Connection(("cursors", new[] { new { table = "sales.orders", column = "version" } }));

        var ambiguous = await database.Connector.DiscoverAsync(database.Connection(), CancellationToken.None);
        var named = await database.Connector.DiscoverAsync(connection, CancellationToken.None);
        var batches = await BatchesAsync(database, connection, new ReadRequest("sales.orders", ReadMode.Incremental, "28.500", null, 2));

        Assert.False(Assert.Single(ambiguous).SupportsIncremental);
        Assert.True(Assert.Single(named).SupportsIncremental);
        Assert.Equal(["28.500", "29.500", "30.500"], Numbers(batches, "version"));
        Assert.Equal("30.500", batches[^1].Watermark);
    }

    [Fact]
    public async Task An_overlap_brings_back_what_committed_late()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Orders);

        var batches = await BatchesAsync(database, database.Connection(("overlap", 2)), new ReadRequest("orders", ReadMode.Incremental, "2026-01-01 00:00:10.000001+00", null, 50));

        Assert.Equal(Enumerable.Range(80, 21).Select(id => id.ToString()), Numbers(batches, "id"));
    }

    [Fact]
    public async Task A_table_where_nothing_tells_what_changed_says_so()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key)");

        var unnamed = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection(), new ReadRequest("people", ReadMode.Incremental, null, null, 7)));
        var wrong = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(
            database.Connection(("cursors", new[] { new { table = "people", column = "gone" } })), new ReadRequest("people", ReadMode.Incremental, null, null, 7)));

        Assert.Equal(FailureCause.Configuration, unnamed.Failure.Cause);
        Assert.Equal((FailureCause.Configuration, "gone"), (wrong.Failure.Cause, wrong.Failure.Field));
    }
}
