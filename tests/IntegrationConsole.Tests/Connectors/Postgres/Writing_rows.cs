using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Writing_rows
{
    private static readonly RowField[] Fields = [new("id", FieldType.Integer), new("name", FieldType.String)];

    [Fact]
    public async Task Hostile_names_are_only_names()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create schema "s""; drop"; create table "s""; drop"."t;$1" ("k""1" text, "k:2" int, "v'@x; --" text, "excluded" text, t int, primary key ("k""1", "k:2"))
            """);
        RowField[] fields = [new("k\"1", FieldType.String), new("k:2", FieldType.Integer), new("v'@x; --", FieldType.String), new("excluded", FieldType.String), new("t", FieldType.Integer)];
        const string Stream = "s\"; drop.t;$1";
        await using var upsert = await database.OpenAsync(Stream, WriteMode.Upsert, fields, ["k\"1", "k:2"]);
        await using var update = await database.OpenAsync(Stream, WriteMode.Update, fields, ["k\"1", "k:2"]);
        await using var append = await database.OpenAsync(Stream, WriteMode.Append, fields, []);

        var upserted = await upsert.WriteAllAsync(RowsOf.Batch(fields, ["a", 1, "x", "e", 1], ["a", 2, "x", "e", 1]));
        var updated = await update.WriteAllAsync(RowsOf.Batch(fields, ["a", 1, "y", "e", 1], ["b", 1, "y", "e", 1]));
        var appended = await append.WriteAllAsync(RowsOf.Batch(fields, ["a'; drop table x; --", 3, null, null, null]));

        Assert.Equal((2, 1, 1), (upserted.Written, updated.Written, appended.Written));
        Assert.Equal([1], updated.Failures.Keys);
        Assert.Equal(["a|1|y", "a|2|x", "a'; drop table x; --|3|null"], await database.RowsAsync("select \"k\"\"1\", \"k:2\", \"v'@x; --\" from \"s\"\"; drop\".\"t;$1\" order by 2"));
    }

    [Fact]
    public async Task What_only_the_server_can_judge_is_found_by_splitting_and_its_neighbours_land()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table countries (code text primary key); insert into countries values ('de'), ('fr');
            create table people (id int primary key, email text unique, country text references countries, age int check (age > 0), born date);
            insert into people values (100, 'taken@example.com', 'de', 1, null);
            create function no_thirteen() returns trigger language plpgsql as $$ begin if new.id = 13 then raise exception 'not %', new.id; end if; return new; end $$;
            create trigger no_thirteen before insert on people for each row execute function no_thirteen();
            """);
        RowField[] fields = [new("id", FieldType.Integer), new("email", FieldType.String), new("country", FieldType.String), new("age", FieldType.Integer), new("born", FieldType.String)];
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, fields, ["id"]);
        object?[][] rows = [.. Enumerable.Range(1, 40).Select(id => (object?[])[id, $"{id}@example.com", "de", 5, "2000-01-01"])];
        (rows[4][1], rows[11][2], rows[20][3], rows[39][4]) = ("taken@example.com", "xx", 0, "2000-02-30");

        var (landed, failures) = await writer.WriteSplittingAsync(RowsOf.Batch(fields, rows));

        Assert.Equal(35, landed);
        Assert.Equal(
            [(4, FailureCause.Conflict), (11, FailureCause.ReferenceMissing), (12, FailureCause.Validation), (20, FailureCause.Validation), (39, FailureCause.Validation)],
            failures.Select(failure => (failure.Row, failure.Failure.Cause)));
        Assert.Equal(["email", "country", "", "age", ""], failures.Select(failure => failure.Failure.Field));
        Assert.Equal("36", await database.OneAsync("select count(*)::text from people"));
        Assert.Contains("people_email_key", failures[0].Failure.Sentence);
        Assert.DoesNotContain("taken@", failures[0].Failure.ToString());
        Assert.Contains("not 13", failures[2].Failure.Answer);
    }

    [Fact]
    public async Task Keys_that_the_column_takes_for_the_same_are_the_same_row_and_a_changed_case_is_a_change()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create extension citext; create table tags (name citext primary key, label citext, n numeric(6,2), at timestamp, doc json)");
        RowField[] fields = [new("name", FieldType.String), new("label", FieldType.String), new("n", FieldType.Decimal), new("at", FieldType.Timestamp), new("doc", FieldType.Json)];
        await using var upsert = await database.OpenAsync("tags", WriteMode.Upsert, fields, ["name"]);
        await using var update = await database.OpenAsync("tags", WriteMode.Update, fields, ["name"]);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        object?[] row = ["Red", "x", 1.005m, at, """{"a":1}"""];

        var first = await upsert.WriteAllAsync(RowsOf.Batch(fields, ["RED", "first", 1m, at, "{}"], row));
        var same = await upsert.WriteAllAsync(RowsOf.Batch(fields, row));
        var sameUpdate = await update.WriteAllAsync(RowsOf.Batch(fields, row));
        var otherCase = await upsert.WriteAllAsync(RowsOf.Batch(fields, ["red", "X", 1.005m, at, """{"a":1}"""]));
        var otherUpdate = await update.WriteAllAsync(RowsOf.Batch(fields, ["RED", "y", 1.005m, at, """{"a":1}"""], ["red", "Z", 1.005m, at, """{"a":1}"""]));

        Assert.Equal((1, 1), (first.Written, first.Unchanged));
        Assert.Equal((0, 1), (same.Written, same.Unchanged));
        Assert.Equal((0, 1), (sameUpdate.Written, sameUpdate.Unchanged));
        Assert.Equal((1, 0), (otherCase.Written, otherCase.Unchanged));
        Assert.Equal((1, 1), (otherUpdate.Written, otherUpdate.Unchanged));
        Assert.Equal(["Z|1.01"], await database.RowsAsync("select label::text, n::text from tags"));
    }

    [Fact]
    public async Task An_update_names_every_row_that_finds_nothing_and_leaves_other_columns_alone()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int generated always as identity primary key, name text not null, kept text not null);
            insert into people (name, kept) select 'old', 'kept' from generate_series(1, 3);
            """);
        await using var writer = await database.OpenAsync("people", WriteMode.Update, Fields, ["id"]);

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "new"], [9, "x"], [2, "old"], [9, "y"], [3, null]));

        Assert.Equal((1, 1), (result.Written, result.Unchanged));
        Assert.Equal([(1, FailureCause.ReferenceMissing), (3, FailureCause.ReferenceMissing), (4, FailureCause.Validation)], result.Failures.Select(failure => (failure.Key, failure.Value.Cause)).Order());
        Assert.Equal(["1|new|kept", "2|old|kept", "3|old|kept"], await database.RowsAsync("select * from people order by id"));
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_made_once_from_its_fields()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create schema sales");
        RowField[] fields =
        [
            new("Order", FieldType.String), new("line", FieldType.Integer), new("amount", FieldType.Decimal), new("paid", FieldType.Boolean), new("day", FieldType.Date), new("at", FieldType.Timestamp),
            new("ref", FieldType.Uuid), new("doc", FieldType.Json),
        ];
        object?[] row = ["A1", 1, 1.10m, true, new DateOnly(2026, 2, 28), new DateTimeOffset(2026, 2, 28, 1, 2, 3, TimeSpan.Zero), Guid.Empty, """{"a": 1}"""];

        var writers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.OpenAsync("sales.Order Lines", WriteMode.Upsert, fields, ["Order", "line"], create: true)));
        var results = await Task.WhenAll(writers.Select(writer => writer.WriteAllAsync(RowsOf.Batch(fields, row))));
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }

        Assert.Equal(1, results.Sum(result => result.Written));
        Assert.Equal(["A1|1|1.10|true|2026-02-28|{\"a\": 1}"], await database.RowsAsync("select \"Order\", line, amount::text, paid::text, day::text, doc::text from sales.\"Order Lines\""));
        var noSchema = await Assert.ThrowsAsync<FailureException>(() => database.OpenAsync("nowhere.t", WriteMode.Append, fields, [], create: true));
        Assert.Equal(FailureCause.Configuration, noSchema.Failure.Cause);
        var tooLong = await Assert.ThrowsAsync<FailureException>(() => database.OpenAsync(new string('t', 64), WriteMode.Append, fields, [], create: true));
        Assert.Equal(FailureCause.Configuration, tooLong.Failure.Cause);
    }

    [Fact]
    public async Task Partitions_triggers_and_row_security_at_the_destination_are_lived_with()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table parts (id int primary key, name text) partition by range (id);
            create table parts_low partition of parts for values from (0) to (50);
            create table guarded (id int primary key, name text, touched int not null default 0);
            alter table guarded enable row level security; alter table guarded force row level security;
            create policy small on guarded using (id < 50);
            create function touch() returns trigger language plpgsql as $$ begin new.touched = new.touched + 1; return new; end $$;
            create trigger touch before insert or update on guarded for each row execute function touch();
            """);
        await using var parts = await database.OpenAsync("parts", WriteMode.Upsert, Fields, ["id"]);
        await using var guarded = await database.OpenAsync("guarded", WriteMode.Upsert, Fields, ["id"]);

        var first = await parts.WriteSplittingAsync(RowsOf.Batch(Fields, [1, "a"], [2, "b"], [70, "no partition"]));
        var second = await guarded.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"], [2, "b"]));
        var again = await guarded.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"], [2, "c"]));
        var forbidden = await guarded.WriteAllAsync(RowsOf.Batch(Fields, [70, "hidden"]));

        Assert.Equal((2, FailureCause.Validation), (first.Landed, Assert.Single(first.Failures).Failure.Cause));
        Assert.Equal((2, 1, 1), (second.Written, again.Written, again.Unchanged));
        Assert.Equal(["1|1", "2|2"], await database.RowsAsync("select id, touched from guarded order by id"));
        Assert.Equal(FailureCause.Auth, forbidden.Refused?.Cause);
    }

    [Fact]
    public async Task A_login_that_may_not_write_is_an_auth_failure_of_the_whole_connection()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text)");
        var (user, password) = await database.GivenALoginAsync();
        await database.RunAsync($"grant select on people to {user}");
        await using var writer = await database.Connector.OpenAsync(database.As(user, password), new WriteRequest("people", WriteMode.Upsert, Fields, ["id"], false), CancellationToken.None);

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"]));

        Assert.Equal((FailureCause.Auth, true, "42501"), (result.Refused?.Cause, result.Refused?.IsSystemic, result.Refused?.Code));
    }

    [Fact]
    public async Task A_column_that_disappears_in_the_middle_of_a_run_stops_it_instead_of_every_row()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text)");
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, Fields, ["id"]);
        await database.RunAsync("alter table people rename name to title");

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"]));

        Assert.Equal((FailureCause.SchemaChange, true), (result.Refused?.Cause, result.Refused?.IsSystemic));
    }

    [Fact]
    public async Task Only_the_rows_asked_for_are_written_and_their_failures_carry_the_numbers_of_the_batch()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name varchar(3))");
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, Fields, ["id"]);
        var rows = RowsOf.Batch(Fields, [1, "a"], [2, "b"], [3, "long"], [4, "d"], [5, "e"]);

        var result = await writer.WriteAsync(rows, 1, 3, "t", CancellationToken.None);
        var none = await writer.WriteAsync(rows, 2, 1, "t", CancellationToken.None);

        Assert.Equal((2, 2), (result.Written, Assert.Single(result.Failures).Key));
        Assert.Equal((0, 0, 2), (none.Written, none.Unchanged, Assert.Single(none.Failures).Key));
        Assert.Equal(["2", "4"], await database.RowsAsync("select id::text from people order by id"));
    }

    [Fact]
    public async Task A_cancelled_write_stops_and_leaves_nothing()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int primary key, name text);
            create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$;
            create trigger wait before insert on people for each row execute function wait();
            """);
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, Fields, ["id"]);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WriteAsync(RowsOf.Batch(Fields, [1, "a"]), 0, 1, "t", cancel.Token));

        Assert.Equal("0", await database.OneAsync("select count(*)::text from people"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_left_to_the_caller_to_split()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int primary key, name text);
            create function wait() returns trigger language plpgsql as $$ begin if new.id = 2 then perform pg_sleep(60); end if; return new; end $$;
            create trigger wait before insert on people for each row execute function wait();
            """);
        await using var writer = await database.Connector.OpenAsync(
            database.Connection(("statementTimeout", 1)), new WriteRequest("people", WriteMode.Upsert, Fields, ["id"], false), CancellationToken.None);

        var (landed, failures) = await writer.WriteSplittingAsync(RowsOf.Batch(Fields, [1, "a"], [2, "slow"], [3, "c"]));

        Assert.Equal(2, landed);
        Assert.Equal((1, FailureCause.Timeout), (failures[0].Row, failures[0].Failure.Cause));
    }
}
