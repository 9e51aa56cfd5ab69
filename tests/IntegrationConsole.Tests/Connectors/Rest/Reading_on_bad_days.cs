using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Reading_on_bad_days : RestWorld
{
    private readonly HurriedClock _clock = new();

    private static readonly object ByPage = new { name = "people", path = "/page/people", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 25 };

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task A_call_that_may_heal_is_made_again(int status)
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = status, Every = 2 });

        Assert.Equal(Ids(100), await ReadAsync(ByPage));
        Assert.Equal(9, Server.Traffic.CountOf("/page/people"));
    }

    [Fact]
    public async Task Whoever_asks_to_be_left_alone_for_a_while_is_left_alone()
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(90).ToString("R", CultureInfo.InvariantCulture);
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = 429, RetryAfter = "77", Times = 1 });
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = 503, RetryAfter = until, Times = 1 });

        Assert.Equal(Ids(100), await ReadAsync(ByPage));
        Assert.Contains(_clock.Waits, wait => wait >= TimeSpan.FromSeconds(77) && wait < TimeSpan.FromSeconds(78));
        Assert.Contains(_clock.Waits, wait => wait > TimeSpan.FromSeconds(78) && wait < TimeSpan.FromSeconds(91));
    }

    [Fact]
    public async Task Whoever_asks_for_more_than_is_reasonable_ends_the_run_at_once()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = 429, RetryAfter = "3600" });

        var failure = await FailAsync(ByPage);

        Assert.Equal((FailureCause.RateLimit, TimeSpan.FromHours(1)), (failure.Cause, failure.RetryAfter));
        Assert.Equal(1, Server.Traffic.CountOf("/page/people"));
    }

    [Fact]
    public async Task A_system_that_stays_down_is_given_up_after_a_few_attempts()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = 503, After = 2 });

        var failure = await FailAsync(ByPage);

        Assert.Equal((FailureCause.TargetDown, "503", true), (failure.Cause, failure.Code, failure.IsSystemic));
        Assert.Contains("bad day", failure.Answer);
        Assert.Equal(2 + Backoff.Attempts, Server.Traffic.CountOf("/page/people"));
    }

    [Theory]
    [InlineData(FaultKind.Cut, 0)]
    [InlineData(FaultKind.Cut, 1)]
    [InlineData(FaultKind.Cut, 700)]
    [InlineData(FaultKind.Truncated, 1)]
    [InlineData(FaultKind.Truncated, 700)]
    [InlineData(FaultKind.Truncated, 850)]
    public async Task A_page_that_breaks_off_goes_on_behind_the_last_record_that_came(FaultKind kind, int bytes)
    {
        Server.Faults.Add(new Fault("/page", kind) { Bytes = bytes, Every = 2 });

        Assert.Equal(Ids(100), await ReadAsync(ByPage));
        Assert.InRange(Server.Traffic.CountOf("/page/people"), 7, 9);
    }

    [Fact]
    public async Task A_page_that_always_breaks_off_at_the_same_place_is_given_up()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Truncated) { Bytes = 700 });

        var failure = await FailAsync(ByPage);

        Assert.Equal(FailureCause.Malformed, failure.Cause);
        Assert.Contains("ended in the middle", failure.Sentence);
        Assert.Equal(Backoff.Attempts, Server.Traffic.CountOf("/page/people"));
    }

    [Fact]
    public async Task An_answer_that_falls_silent_is_not_waited_for_for_ever()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Silent) { Bytes = 700, Times = 1 });

        Assert.Equal(Ids(100), await ReadAsync(ByPage, timeoutSeconds: 100));

        Server.Faults.Add(new Fault("/page", FaultKind.Silent) { Bytes = 700 });
        Assert.Equal(FailureCause.Timeout, (await FailAsync(ByPage, timeoutSeconds: 50)).Cause);
    }

    [Fact]
    public async Task An_answer_that_does_not_begin_is_a_timeout()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Late) { Delay = TimeSpan.FromHours(1) });

        Assert.Equal(FailureCause.Timeout, (await FailAsync(ByPage, timeoutSeconds: 50)).Cause);
    }

    [Theory]
    [InlineData(400, FailureCause.Configuration, "/page/people (400): correct the stream's path and parameters")]
    [InlineData(401, FailureCause.Auth, "does not accept the credential")]
    [InlineData(403, FailureCause.Auth, "does not allow this")]
    [InlineData(404, FailureCause.Configuration, "nothing at /page/people (404)")]
    [InlineData(501, FailureCause.Configuration, "does not offer this")]
    public async Task What_does_not_heal_is_not_tried_again(int status, FailureCause cause, string says)
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Status) { Status = status });

        var failure = await FailAsync(ByPage);

        Assert.Equal((cause, true), (failure.Cause, failure.IsSystemic));
        Assert.Contains(says, failure.Sentence);
        Assert.Equal(1, Server.Traffic.CountOf("/page/people"));
    }

    [Fact]
    public async Task A_page_for_people_is_not_data()
    {
        Server.Faults.Add(new Fault("/page", FaultKind.Html) { After = 1 });

        var failure = await FailAsync(ByPage);

        Assert.Equal(FailureCause.Malformed, failure.Cause);
        Assert.Contains("an HTML page", failure.Sentence);
    }

    [Theory]
    [InlineData(FaultKind.HugeRecord, "record-size")]
    [InlineData(FaultKind.Endless, "answer-size")]
    [InlineData(FaultKind.GzipBomb, "answer-size")]
    public async Task Nothing_that_is_too_large_gets_into_memory(FaultKind kind, string code)
    {
        Server.Faults.Add(new Fault("/page", kind) { Bytes = 200 * 1024 * 1024 });

        var failure = await FailAsync(ByPage, new Dictionary<string, string?>
        {
            ["Outgoing:AllowedNetworks:0"] = "127.0.0.0/8", ["Outgoing:MostRecordBytes"] = "100000", ["Outgoing:MostAnswerBytes"] = "4000000",
        });

        Assert.Equal((FailureCause.TooLarge, code, true), (failure.Cause, failure.Code, failure.IsSystemic));
    }

    [Fact]
    public async Task A_page_of_more_records_than_any_should_have_is_refused_behind_those_that_were_taken()
    {
        Server.Put("people", Enumerable.Range(1, 5_001).Select(id => $$"""{"id":{{id}},"name":"name of person {{id}}"}"""));
        await using var console = await TestConsole.StartAsync(_clock, new Dictionary<string, string?> { ["Outgoing:AllowedNetworks:0"] = "127.0.0.0/8", ["Outgoing:MostAnswerRecords"] = "5000" });
        var taken = 0;

        var failure = (await Assert.ThrowsAsync<FailureException>(async () =>
        {
            await foreach (var batch in Connector(console).ReadAsync(Connect(new { name = "people", path = "/api/people" }), new ReadRequest("people", ReadMode.Full, null, null, 1_000), CancellationToken.None))
            {
                taken += batch.Count;
                batch.Dispose();
            }
        })).Failure;

        Assert.InRange(taken, 1, 5_000);
        Assert.Equal((FailureCause.TooLarge, "answer-records", true), (failure.Cause, failure.Code, failure.IsSystemic));
        Assert.EndsWith("holds more than 5,000 records: ask for smaller pages.", failure.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_element_that_is_no_record_is_one_outcome_and_the_others_are_read()
    {
        Server.Put("people", ["{\"id\":1}", "17", "{\"id\":2}", "\"text\"", "null", "[]", "{\"id\":3,\"name\":\"\\ud83d\"}", "{\"id\":4}"]);
        await using var console = await TestConsole.StartAsync(_clock);
        var problems = new List<FailureCause?>();

        await foreach (var batch in Connector(console).ReadAsync(Connect(ByPage), new ReadRequest("people", ReadMode.Full, null, null, 3), CancellationToken.None))
        {
            problems.AddRange(Enumerable.Range(0, batch.Count).Select(index => batch.ProblemOf(index)?.Cause));
            batch.Dispose();
        }

        const FailureCause Bad = FailureCause.Malformed;
        Assert.Equal([null, Bad, null, Bad, Bad, Bad, Bad, null], problems);
    }

    private static IEnumerable<long> Ids(int count) => Enumerable.Range(1, count).Select(id => (long)id);

    private async Task<IReadOnlyList<long>> ReadAsync(object stream, Dictionary<string, string?>? settings = null, int timeoutSeconds = 500)
    {
        Server.Put("people", Enumerable.Range(1, 100).Select(id => $$"""{"id":{{id}},"name":"name of person {{id}}"}"""));
        await using var console = await TestConsole.StartAsync(_clock, settings);
        var batches = await SourceContract.ReadAsync(
            new SourceUnderTest(Connector(console), Connect(stream, timeoutSeconds: timeoutSeconds), "people", false, _ => Task.CompletedTask), new ReadRequest("people", ReadMode.Full, null, null, 40));
        return [.. batches.SelectMany(batch => batch.Ids)];
    }

    private async Task<Failure> FailAsync(object stream, Dictionary<string, string?>? settings = null, int timeoutSeconds = 500) =>
        (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(stream, settings, timeoutSeconds))).Failure;
}
