using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Writing_batches_on_bad_days : RestWriting
{
    [Fact]
    public async Task A_batch_whose_answer_was_lost_leaves_all_its_records_unknown()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.AnswerLost));

        var result = await WriteAsync(Batch("", "batch"), WriteMode.Append, Rows(5));

        Assert.Null(result.Refused);
        Assert.Equal([0, 1, 2, 3, 4], result.Failures.Keys.Order());
        Assert.All(result.Failures.Values, failure => Assert.True(failure.MayHaveHappened));
        Assert.Equal(1, Server.Traffic.CountOf("/sink/people/batch"));
    }

    [Fact]
    public async Task With_an_idempotency_key_a_batch_is_sent_again_and_made_once()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Times = 2 });

        var result = await WriteAsync(Batch("Idempotency-Key", "batch"), WriteMode.Append, Rows(5));

        Assert.Equal(5, result.Written);
        Assert.Equal(Enumerable.Range(1, 5), Held());
    }

    [Fact]
    public async Task A_batch_that_is_refused_is_refused_and_of_several_the_good_rows_are_written()
    {
        var bad = Rows(20, row => row is 7 or 13 ? "far longer than twenty characters" : "fine");

        var one = await WriteAsync(Batch("", "batch?whole=true", size: 100), WriteMode.Append, bad);
        var several = await WriteAsync(Batch("", "batch?whole=true", size: 5), WriteMode.Append, bad);

        Assert.Equal((FailureCause.Validation, false, 0), (one.Refused?.Cause, one.Refused?.IsSystemic, one.Written));
        Assert.Equal((18, 2), (several.Written, several.Failures.Count));
        Assert.Equal([7, 13], several.Failures.Keys.Order());
        Assert.Equal(Enumerable.Range(1, 20).Except([8, 14]), Held().Order());
    }

    [Fact]
    public async Task When_the_system_goes_away_between_batches_what_was_taken_is_told()
    {
        Server.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, After = 2 });

        var result = await WriteAsync(Batch("", "batch", size: 4, parallel: 1), WriteMode.Append, Rows(20));

        Assert.Equal((8, 12), (result.Written, result.Failures.Count));
        Assert.All(result.Failures.Values, failure => Assert.Equal((FailureCause.TargetDown, true), (failure.Cause, failure.IsSystemic)));
    }

    [Theory]
    [InlineData("", "status")]
    [InlineData("nowhere", "status")]
    [InlineData("results", "nothing")]
    public async Task What_an_answer_does_not_say_of_a_record_is_unknown(string results, string status)
    {
        var result = await WriteAsync(Batch("", "batch", results: results, status: status), WriteMode.Append, Rows(5));

        Assert.Equal((0, 5), (result.Written, result.Failures.Count));
        Assert.All(result.Failures.Values, failure => Assert.Equal((FailureCause.Unknown, true), (failure.Cause, failure.MayHaveHappened)));
    }

    private static object Batch(string header, string path, int size = 100, int parallel = 4, string? results = null, string status = "status") => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, sending = "batch", createPath = $"/sink/people/{path}", idempotencyHeader = header, batchSize = size,
        parallelCalls = parallel, resultsPath = results ?? (path.Contains("whole") ? "" : "results"), resultStatusPath = status,
    };
}
