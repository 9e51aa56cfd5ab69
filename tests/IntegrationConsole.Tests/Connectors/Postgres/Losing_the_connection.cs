using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Losing_the_connection
{
    /// <summary>As the message ends; a transaction begins with words that contain it too.</summary>
    private const string Commit = "COMMIT\0";

    private static readonly RowField[] Fields = [new("id", FieldType.Integer), new("name", FieldType.String)];

    [Fact]
    public async Task Between_two_batches_the_next_one_is_written_over_a_new_connection()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text)");
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, Fields, ["id"]);
        await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"]));
        Assert.Equal(1, await database.KillSessionsAsync());

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [2, "b"]));

        Assert.Equal((null, 1), (result.Refused, result.Written));
        Assert.Equal(["1", "2"], await database.RowsAsync("select id::text from people order by id"));
    }

    [Theory]
    [InlineData("before insert on people for each row")]
    [InlineData("constraint after insert on people deferrable initially deferred for each row")]
    public async Task Before_the_commit_is_done_the_same_rows_are_written_again(string moment)
    {
        await using var console = await TestConsole.StartAsync();
        var constraint = moment.StartsWith("constraint", StringComparison.Ordinal) ? "constraint" : "";
        var database = await CustomerDatabase.GivenAsync(console, $"""
            create table people (id int primary key, name text);
            create sequence deaths;
            create function die_once() returns trigger language plpgsql as $$ begin if nextval('deaths') = 2 then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end $$;
            create {constraint} trigger die_once {moment.Replace("constraint ", "")} execute function die_once();
            """);
        foreach (var mode in (WriteMode[])[WriteMode.Upsert, WriteMode.Append])
        {
            await database.RunAsync("alter sequence deaths restart; truncate people");
            await using var writer = await database.OpenAsync("people", mode, Fields, mode is WriteMode.Upsert ? ["id"] : []);

            var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"], [2, "b"], [3, "c"]));

            Assert.Equal((null, 3), (result.Refused, result.Written));
            Assert.Equal("3", await database.OneAsync("select count(*)::text from people"));
        }
    }

    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Update)]
    public async Task When_the_answer_to_a_commit_is_lost_nothing_is_doubled(WriteMode mode)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int, name text)");
        if (mode is not WriteMode.Append)
        {
            await database.RunAsync("create unique index on people (id); insert into people values (1, 'old'), (2, 'old')");
        }

        await using var proxy = new CuttingProxy(database.Port);
        await using var writer = await database.Connector.OpenAsync(
            database.Connection(("port", proxy.Port)), new WriteRequest("people", mode, Fields, mode is WriteMode.Append ? [] : ["id"], false), CancellationToken.None);
        proxy.LoseTheAnswerTo(Commit);

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"], [2, "b"]));

        Assert.Equal(1, proxy.Cuts);
        Assert.Null(result.Refused);
        Assert.Equal(2, result.Written + result.Unchanged);
        Assert.Equal(["1|a", "2|b"], await database.RowsAsync("select id, name from people order by id"));
    }

    [Fact]
    public async Task When_the_server_stays_away_the_whole_connection_has_failed_and_it_says_whether_something_may_be_there()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text)");
        var proxy = new CuttingProxy(database.Port);
        await using var writer = await database.Connector.OpenAsync(
            database.Connection(("port", proxy.Port)), new WriteRequest("people", WriteMode.Upsert, Fields, ["id"], false), CancellationToken.None);
        await proxy.DisposeAsync();

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"]));

        Assert.Equal((FailureCause.TargetDown, true, false), (result.Refused?.Cause, result.Refused?.IsSystemic, result.Refused?.MayHaveHappened));
    }

    [Fact]
    public async Task When_the_answer_to_a_commit_is_lost_and_the_server_stays_away_the_rows_may_be_there()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text)");
        await using var proxy = new CuttingProxy(database.Port);
        await using var writer = await database.Connector.OpenAsync(
            database.Connection(("port", proxy.Port)), new WriteRequest("people", WriteMode.Upsert, Fields, ["id"], false), CancellationToken.None);
        proxy.LoseTheAnswerTo(Commit, andStayAway: true);

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"]));

        Assert.Equal((FailureCause.TargetDown, true, true), (result.Refused?.Cause, result.Refused?.IsSystemic, result.Refused?.MayHaveHappened));
        Assert.Equal("1", await database.OneAsync("select count(*)::text from people"));
    }

    [Fact]
    public async Task A_deadlock_with_somebody_else_is_tried_again_and_a_rule_that_is_checked_at_the_end_is_not()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int primary key, name text);
            create sequence tries;
            create function lose_once() returns trigger language plpgsql as $$ begin if nextval('tries') = 1 then raise exception using errcode = '40P01'; end if; return new; end $$;
            create trigger lose_once before insert on people for each row execute function lose_once();
            create function never_nine() returns trigger language plpgsql as $$ begin if new.id = 9 then raise exception using errcode = '23514'; end if; return new; end $$;
            create constraint trigger never_nine after insert on people deferrable initially deferred for each row execute function never_nine();
            """);
        await using var writer = await database.OpenAsync("people", WriteMode.Upsert, Fields, ["id"]);

        var result = await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "a"], [2, "b"]));
        var refused = await writer.WriteAllAsync(RowsOf.Batch(Fields, [9, "x"]));

        Assert.Equal((null, 2), (result.Refused, result.Written));
        Assert.Equal((FailureCause.Validation, false, false), (refused.Refused?.Cause, refused.Refused?.IsSystemic, refused.Refused?.MayHaveHappened));
        Assert.Equal("2", await database.OneAsync("select count(*)::text from people"));
    }
}
