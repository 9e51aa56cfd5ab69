using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Reading_tables
{
    [Fact]
    public async Task Names_with_quotes_and_a_key_of_several_columns_are_paged_and_resumed_in_order()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create schema "we""ird; drop";
            create table "we""ird; drop"."t' ""x"" $1" ("k""1" text collate "C", "k'2" numeric, "j" int, t int, primary key ("k""1", "k'2"));
            insert into "we""ird; drop"."t' ""x"" $1" select 'k' || g % 7, g / 10.0, g, g from generate_series(1, 100) g;
            """);
        const string Stream = "we\"ird; drop.t' \"x\" $1";
        var request = new ReadRequest(Stream, ReadMode.Full, null, null, 9);
        var expected = await database.RowsAsync("select j from \"we\"\"ird; drop\".\"t' \"\"x\"\" $1\" order by \"k\"\"1\", \"k'2\"");

        var batches = await BatchesAsync(database, database.Connection(), request);
        var resumed = await BatchesAsync(database, database.Connection(), request with { Checkpoint = batches[4].Checkpoint });

        Assert.Equal(expected, Numbers(batches, "j"));
        Assert.Equal(expected.Skip(45), Numbers(resumed, "j"));
        Assert.Contains(await database.Connector.DiscoverAsync(database.Connection(), CancellationToken.None), stream => stream.Name == Stream && stream.KeyFields.SequenceEqual(["k\"1", "k'2"]));
    }

    [Fact]
    public async Task Values_of_every_kind_are_exact()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create type mood as enum ('glad', 'sad');
            create table kinds (id int primary key, big int8, n numeric, f float8, b bool, d date, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, bin bytea, a int[], texts text[], m mood, iv interval, nothing text);
            insert into kinds values (1, 9223372036854775807, 12345678901234567890123456789012345678.123456789012345678901234567890, 0.1, true, '2026-02-28', '2026-02-28 23:59:59.123456',
              '2026-02-28 23:59:59.000001+02', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '{"a" : 1.10}', '{"a": 1.10}', '\x00ff', '{1,null,3}', '{"a,b","\"q\""}', 'sad', '1 mon 2 days', null);
            """);

        var record = Assert.Single(await database.ReadAsync("kinds"));

        Assert.Contains("\"big\":9223372036854775807", record);
        Assert.Contains("\"n\":12345678901234567890123456789012345678.123456789012345678901234567890", record);
        Assert.Contains("\"f\":0.1,\"b\":true,\"d\":\"2026-02-28\"", record);
        Assert.Contains("\"ts\":\"2026-02-28T23:59:59.123456\"", record);
        Assert.Contains("\"tz\":\"2026-02-28T21:59:59.000001+00:00\"", record);
        Assert.Contains("\"j\":{\"a\" : 1.10},\"jb\":{\"a\": 1.10}", record);
        Assert.Contains("\"bin\":\"\\\\x00ff\",\"a\":[1,null,3],\"texts\":[\"a,b\",\"\\\"q\\\"\"]", record);
        Assert.Contains("\"m\":\"sad\",\"iv\":\"1 mon 2 days\",\"nothing\":null", record);
    }

    [Fact]
    public async Task A_table_without_a_key_is_read_whole_and_cannot_be_resumed()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table log (n int); insert into log select g from generate_series(1, 2500) g");

        var batches = await BatchesAsync(database, database.Connection(), new ReadRequest("log", ReadMode.Full, null, null, 100));

        Assert.Equal(Enumerable.Range(1, 2500).Select(n => n.ToString()), Numbers(batches, "n").OrderBy(int.Parse));
        Assert.All(batches, batch => Assert.Null(batch.Checkpoint));
        Assert.Equal(25, batches.Count);
    }

    [Fact]
    public async Task A_unique_index_whose_columns_are_never_null_serves_as_a_key_and_one_that_may_be_does_not()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table strict (n int not null unique); insert into strict select g from generate_series(1, 30) g;
            create table loose (n int unique); insert into loose select nullif(g, 1) from generate_series(1, 30) g;
            """);

        var strict = await BatchesAsync(database, database.Connection(), new ReadRequest("strict", ReadMode.Full, null, null, 7));
        var loose = await BatchesAsync(database, database.Connection(), new ReadRequest("loose", ReadMode.Full, null, null, 7));

        Assert.Equal("""["7"]""", strict[0].Checkpoint);
        Assert.Null(loose[0].Checkpoint);
        Assert.Equal(30, loose.Sum(batch => batch.Records.Count));
    }

    [Fact]
    public async Task The_number_of_records_to_expect_is_known_from_the_first_batch_on()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int primary key, updated_at timestamptz not null);
            insert into people select g, timestamptz '2026-01-01Z' + make_interval(secs => g) from generate_series(1, 30) g;
            """);

        var full = await BatchesAsync(database, database.Connection(), new ReadRequest("people", ReadMode.Full, null, null, 7));
        var changed = await BatchesAsync(database, database.Connection(), new ReadRequest("people", ReadMode.Incremental, "2026-01-01 00:00:26+00", null, 7));

        Assert.All(full, batch => Assert.Equal(30, batch.Expected));
        Assert.Equal(5, Assert.Single(changed).Expected);
    }

    [Fact]
    public async Task Partitions_views_and_materialized_views_are_read_through_their_own_name()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table parts (id int primary key) partition by range (id);
            create table parts_low partition of parts for values from (0) to (50);
            create table parts_high partition of parts for values from (50) to (100);
            insert into parts select g from generate_series(1, 99) g;
            create view seen as select id, id * 2 as twice from parts;
            create materialized view kept as select id from parts;
            """);

        var streams = await database.Connector.DiscoverAsync(database.Connection(), CancellationToken.None);

        Assert.Equal(99, (await database.ReadAsync("parts", 10)).Count);
        Assert.Equal(99, (await database.ReadAsync("seen", 10)).Count);
        Assert.Equal(99, (await database.ReadAsync("kept", 10)).Count);
        Assert.Equal(["kept", "parts", "seen"], streams.Select(stream => stream.Name));
        Assert.Equal([false, true, true], streams.Select(stream => stream.CanWrite));
        Assert.StartsWith("materialized view", streams[0].Detail);
    }

    [Fact]
    public async Task A_foreign_table_is_read_and_not_offered_for_writing_where_its_system_takes_no_rows()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);
        await database.AdministerAsync("""
            create extension file_fdw;
            create server files foreign data wrapper file_fdw;
            create foreign table lines (line text) server files options (program 'seq 1 3');
            grant select, insert on lines to console;
            """);

        var stream = Assert.Single(await database.Connector.DiscoverAsync(database.Connection(), CancellationToken.None));

        Assert.Equal(("lines", "foreign table", true, false), (stream.Name, stream.Detail, stream.CanRead, stream.CanWrite));
        Assert.Equal(["""{"line":"1"}""", """{"line":"2"}""", """{"line":"3"}"""], await database.ReadAsync("lines"));
    }

    [Fact]
    public async Task A_row_larger_than_a_record_may_be_is_set_aside_and_its_neighbours_come()
    {
        await using var console = await TestConsole.StartAsync(settings: new()
        {
            [$"{OutgoingOptions.Section}:AllowedNetworks:0"] = "127.0.0.0/8", [$"{OutgoingOptions.Section}:MostRecordBytes"] = "2000",
        });
        var database = await CustomerDatabase.GivenAsync(console, "create table docs (id int primary key, body text); insert into docs select g, repeat('x', case g when 2 then 5000 else 10 end) from generate_series(1, 3) g");

        var batch = Assert.Single(await BatchesAsync(database, database.Connection(), new ReadRequest("docs", ReadMode.Full, null, null, 10)));

        Assert.Equal([null, FailureCause.TooLarge, null], batch.Problems);
        Assert.True(batch.Records[1].Length <= 1000);
        Assert.StartsWith("{\"id\":2", batch.Records[1]);
    }

    [Fact]
    public async Task Large_rows_come_in_batches_that_stay_small_in_bytes()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table docs (id int primary key, body text); insert into docs select g, repeat('x', 1000000) from generate_series(1, 40) g");

        var batches = await BatchesAsync(database, database.Connection(), new ReadRequest("docs", ReadMode.Full, null, null, 1000));

        Assert.Equal(Enumerable.Range(1, 40).Select(id => id.ToString()), Numbers(batches, "id"));
        Assert.All(batches, batch => Assert.True(batch.Records.Sum(record => record.Length) < BatchBuilder.MostBytes + 1_100_000));
        Assert.True(batches.Count >= 4);
    }

    [Fact]
    public async Task A_reader_that_stops_early_does_not_fetch_the_rest()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create view endless as select generate_series(1, 2000000000) as g");

        await foreach (var batch in database.Connector.ReadAsync(database.Connection(), new ReadRequest("endless", ReadMode.Full, null, null, 10), CancellationToken.None))
        {
            batch.Dispose();
            break;
        }

        Assert.Equal("0", await database.OneAsync("select count(*)::text from pg_stat_activity where datname = current_database() and application_name = 'IntegrationConsole' and state = 'active' and backend_type = 'client backend'"));
    }

    [Fact]
    public async Task A_read_goes_on_where_it_was_when_its_connection_is_killed_between_and_within_pages()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table docs (id int primary key, body text);
            insert into docs select g, repeat('x', 200000) from generate_series(1, 150) g;
            """);
        var ids = new List<int>();
        var killed = 0;
        await foreach (var batch in database.Connector.ReadAsync(database.Connection(), new ReadRequest("docs", ReadMode.Full, null, null, 50), CancellationToken.None))
        {
            using (batch)
            {
                ids.AddRange(Enumerable.Range(0, batch.Count).Select(index => JsonSerializer.Deserialize<JsonElement>(batch[index].Span).GetProperty("id").GetInt32()));
                killed += await database.KillSessionsAsync();
            }
        }

        Assert.Equal(Enumerable.Range(1, 150), ids);
        Assert.True(killed >= 3);
    }

    [Fact]
    public async Task Without_a_key_a_killed_read_fails_as_what_it_is_and_gives_nothing_twice()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table log (body text); insert into log select repeat('x', 100000) || g from generate_series(1, 300) g");
        var read = 0;

        var problem = await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var batch in database.Connector.ReadAsync(database.Connection(), new ReadRequest("log", ReadMode.Full, null, null, 20), CancellationToken.None))
            {
                read += batch.Count;
                batch.Dispose();
                await database.KillSessionsAsync();
            }
        });

        Assert.Equal(FailureCause.TargetDown, problem.Failure.Cause);
        Assert.InRange(read, 20, 299);
    }

    [Fact]
    public async Task A_checkpoint_of_another_key_is_refused_rather_than_guessed_at()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key)");

        foreach (var checkpoint in (string[])["""["1","2"]""", "17", "not json", """[null]""", "null"])
        {
            var problem = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection(), new ReadRequest("people", ReadMode.Full, null, checkpoint, 7)));
            Assert.Equal(FailureCause.SchemaChange, problem.Failure.Cause);
        }
    }

    internal static async Task<IReadOnlyList<Batch>> BatchesAsync(CustomerDatabase database, OpenConnection connection, ReadRequest request)
    {
        var batches = new List<Batch>();
        await foreach (var batch in database.Connector.ReadAsync(connection, request, CancellationToken.None))
        {
            using (batch)
            {
                var all = Enumerable.Range(0, batch.Count).ToList();
                batches.Add(new Batch(
                    [.. all.Select(index => System.Text.Encoding.UTF8.GetString(batch[index].Span))], [.. all.Select(index => batch.ProblemOf(index)?.Cause)],
                    batch.Checkpoint, batch.Watermark, batch.Expected));
            }
        }

        return batches;
    }

    internal static IEnumerable<string> Numbers(IReadOnlyList<Batch> batches, string field) =>
        batches.SelectMany(batch => batch.Records).Select(record => JsonSerializer.Deserialize<JsonElement>(record).GetProperty(field).GetRawText());
}

internal sealed record Batch(IReadOnlyList<string> Records, IReadOnlyList<FailureCause?> Problems, string? Checkpoint, string? Watermark, long? Expected);
