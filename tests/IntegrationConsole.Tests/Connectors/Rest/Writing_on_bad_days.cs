using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Writing_on_bad_days : RestWriting
{
    [Theory]
    [InlineData("Idempotency-Key", WriteMode.Append)]
    [InlineData("", WriteMode.Append)]
    [InlineData("", WriteMode.Upsert)]
    public async Task Nothing_is_lost_and_nothing_doubled_though_calls_are_turned_away(string header, WriteMode mode)
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 429, Every = 20, RetryAfter = "1" });
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, Every = 20, After = 10 });

        var result = await WriteAsync(Single(header, parallel: 8), mode, Rows(500));

        Assert.Equal((500, 0), (result.Written + result.Unchanged, result.Failures.Count));
        Assert.Equal(Enumerable.Range(1, 500), Held().Order());
    }

    [Fact]
    public async Task With_an_idempotency_key_a_lost_answer_is_asked_for_again_and_makes_one_record()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Every = 3 });

        var result = await WriteAsync(Single("Idempotency-Key"), WriteMode.Append, Rows(30));

        Assert.Equal((30, 0), (result.Written, result.Failures.Count));
        Assert.Equal(Enumerable.Range(1, 30), Held().Order());
        Assert.InRange(Server.Sinks["people"].Duplicates, 10, 20);
    }

    [Theory]
    [InlineData(FaultKind.AnswerLost, FailureCause.Unknown, true)]
    [InlineData(FaultKind.Late, FailureCause.Timeout, false)]
    public async Task Without_one_a_lost_answer_leaves_its_record_unknown_and_its_neighbours_written(FaultKind kind, FailureCause cause, bool isMade)
    {
        Server.Faults.Add(new Fault("/sink", kind) { After = 3, Times = 1, Delay = TimeSpan.FromHours(1) });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(10));

        Assert.Null(result.Refused);
        Assert.Equal(9, result.Written);
        Assert.Equal((3, cause, true, false), (result.Failures.Single().Key, result.Failures[3].Cause, result.Failures[3].MayHaveHappened, result.Failures[3].IsRetryable));
        Assert.Equal(isMade ? 10 : 9, Held().Count);
    }

    [Fact]
    public async Task A_failure_inside_the_system_may_have_made_the_record_too()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 500, Times = 1 });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(3));

        Assert.Equal((2, FailureCause.Unknown, "500"), (result.Written, result.Failures[0].Cause, result.Failures[0].Code));
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_sent_again()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Every = 3 });

        var result = await WriteAsync(Single(""), WriteMode.Upsert, Rows(30));

        Assert.Equal((30, 0), (result.Written + result.Unchanged, result.Failures.Count));
        Assert.Equal(Enumerable.Range(1, 30), Held().Order());
    }

    [Theory]
    [InlineData(401, FailureCause.Auth)]
    [InlineData(429, FailureCause.RateLimit)]
    [InlineData(503, FailureCause.TargetDown)]
    public async Task When_the_system_goes_away_what_was_taken_is_told_and_the_rest_carries_the_reason(int status, FailureCause cause)
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = status, After = 4 });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(10));

        Assert.Null(result.Refused);
        Assert.Equal(4, result.Written);
        Assert.Equal([4, 5, 6, 7, 8, 9], result.Failures.Keys.Order());
        Assert.All(result.Failures.Values, failure => Assert.Equal((cause, true, false), (failure.Cause, failure.IsSystemic, failure.MayHaveHappened)));
        Assert.Equal(Enumerable.Range(1, 4), Held().Order());
    }

    [Fact]
    public async Task When_nothing_was_taken_the_whole_is_refused()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503 });

        var result = await WriteAsync(Single("", parallel: 4), WriteMode.Append, Rows(10));

        Assert.Equal((FailureCause.TargetDown, true), (result.Refused?.Cause, result.Refused?.IsSystemic));
        Assert.InRange(Server.Traffic.CountOf("/sink/people"), Backoff.Attempts, 4 * Backoff.Attempts);
    }

    [Fact]
    public async Task One_record_over_which_the_system_stumbles_does_not_stop_the_others()
    {
        Server.Faults.Add(new Fault("/sink/people/3", FaultKind.Status) { Status = 500 });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Upsert, Rows(6));

        Assert.Equal((5, 1), (result.Written, result.Failures.Count));
        Assert.Equal((FailureCause.TargetDown, true), (result.Failures[2].Cause, result.Failures[2].IsRetryable));
    }

    [Theory]
    [InlineData(409, FailureCause.Conflict)]
    [InlineData(400, FailureCause.Validation)]
    [InlineData(422, FailureCause.Validation)]
    [InlineData(413, FailureCause.TooLarge)]
    public async Task A_record_that_is_refused_is_told_with_the_answer(int status, FailureCause cause)
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = status, After = 1, Times = 1 });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(3));

        Assert.Equal(2, result.Written);
        Assert.Equal((1, cause), (result.Failures.Single().Key, result.Failures[1].Cause));
        Assert.Contains("bad day", result.Failures[1].Answer);
        Assert.DoesNotContain("bad day", result.Failures[1].ToString());
    }

    [Theory]
    [InlineData(404, "nothing at /sink/people (404)")]
    [InlineData(405, "does not allow this method")]
    [InlineData(302, "sends us to another address")]
    public async Task A_wrong_address_is_not_the_records_fault(int status, string says)
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = status });

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(3));

        Assert.Equal((FailureCause.Configuration, true), (result.Refused?.Cause, result.Refused?.IsSystemic));
        Assert.Contains(says, result.Refused!.Sentence);
        Assert.Equal(1, Server.Traffic.CountOf("/sink/people"));
    }

    [Fact]
    public async Task A_page_for_people_does_not_count_as_written()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Html));

        var result = await WriteAsync(Single("", parallel: 1), WriteMode.Append, Rows(3));

        Assert.Contains("HTML page", result.Refused?.Sentence);
        Assert.Equal(0, result.Written);
    }

    [Fact]
    public async Task Rows_with_the_same_key_follow_each_other_however_many_calls_go_at_once()
    {
        var rows = new RowBatch(Fields);
        for (var row = 0; row < 300; row++)
        {
            var values = rows.NextRow();
            values[0] = FieldValue.Of((long)(row % 5));
            values[1] = FieldValue.Of($"{row}");
            rows.Commit($"{row % 5}", row);
        }

        Server.Faults.Add(new Fault("/sink", FaultKind.Late) { Delay = TimeSpan.FromMilliseconds(3), Every = 3 });
        var result = await WriteAsync(Single("", parallel: 16), WriteMode.Upsert, rows);

        Assert.Equal(300, result.Written + result.Unchanged);
        Assert.Equal(["295", "296", "297", "298", "299"], Server.Sinks["people"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("name").GetString()!).Order());
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_creating_tells_what_was_made()
    {
        using var stop = new CancellationTokenSource();
        Server.Faults.Add(new Fault("/sink", FaultKind.Late) { After = 3, Times = 1, Delay = TimeSpan.FromMilliseconds(200) });
        await using var console = await TestConsole.StartAsync();
        await using var writer = await Connector(console).OpenAsync(Connect(Single("", parallel: 1)), Request(WriteMode.Append), CancellationToken.None);

        var writing = writer.WriteAsync(Rows(50), 0, 50, "token", stop.Token);
        while (Server.Traffic.CountOf("/sink/people") < 4)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        var result = await writing;

        Assert.Equal(4, result.Written);
        Assert.Equal(46, result.Failures.Count);
        Assert.Equal(4, Held().Count);
    }

    [Fact]
    public async Task A_stop_while_changing_is_a_stop()
    {
        using var stop = new CancellationTokenSource();
        Server.Faults.Add(new Fault("/sink", FaultKind.Late) { Delay = TimeSpan.FromHours(1) });
        await using var console = await TestConsole.StartAsync();
        await using var writer = await Connector(console).OpenAsync(Connect(Single("", parallel: 2)), Request(WriteMode.Upsert), CancellationToken.None);

        var writing = writer.WriteAsync(Rows(50), 0, 50, "token", stop.Token);
        while (Server.Traffic.Last.Count < 2)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    private static object Single(string header, int parallel = 4) => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, upsert = "put", upsertPath = "/sink/people/{key}", idempotencyHeader = header, parallelCalls = parallel,
    };
}
