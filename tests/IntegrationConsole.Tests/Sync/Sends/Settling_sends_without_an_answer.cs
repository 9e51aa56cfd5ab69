using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

public sealed class Settling_sends_without_an_answer
{
    private static readonly object ByPath = new { lookupPath = "/sink/orders/{key}" };
    private static readonly object ByQuery = new { lookupPath = "/sink/orders/find?id={id}", lookupRecord = "items" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_kill_the_destination_is_asked_before_anything_is_sent(bool byQuery)
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, byQuery ? ByQuery : ByPath);
        world.GivenRecords(20);
        await world.RunAsync();
        await world.ForgetAnswersAsync();
        Assert.All(Enumerable.Range(1, 8), id => Assert.True(world.Sink.Remove($"{id}")));

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 8, 12), (run.State, run.Written, run.Unchanged));
        Assert.Equal(28, world.Sent);
        Assert.Equal(Enumerable.Range(1, 20), world.Held().Order());
        Assert.All(await world.LedgerAsync("state"), state => Assert.Equal("Taken", state));
    }

    [Theory]
    [InlineData("single")]
    [InlineData("batch")]
    public async Task After_a_kill_the_same_call_goes_again_where_its_key_is_known(string sending)
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new
        {
            idempotencyHeader = "Idempotency-Key", sending, batchSize = 4, createPath = sending == "batch" ? "/sink/orders/batch" : "/sink/orders", resultsPath = "results", resultStatusPath = "status",
        });
        world.GivenRecords(10);
        await world.RunAsync();
        var calls = world.Sink.Requests;
        await world.ForgetAnswersAsync();

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 10), (run.State, run.Written));
        Assert.Equal((2 * calls, calls), (world.Sink.Requests, world.Sink.Duplicates));
        Assert.Equal(Enumerable.Range(1, 10), world.Held().Order());
    }

    [Fact]
    public async Task A_call_whose_records_do_not_all_come_again_is_left_to_a_person()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new
        {
            idempotencyHeader = "Idempotency-Key", sending = "batch", batchSize = 4, createPath = "/sink/orders/batch", resultsPath = "results", resultStatusPath = "status",
        });
        world.GivenRecords(4);
        await world.RunAsync();
        await world.ForgetAnswersAsync();
        world.GivenRecords(3);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Partial, 3, 4), (run.State, run.Unknown, world.Sink.Count));
    }

    [Fact]
    public async Task Where_nothing_can_tell_a_person_is_asked_and_the_answer_of_that_person_holds()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append);
        world.GivenRecords(3);
        await world.RunAsync();
        await world.ForgetAnswersAsync();
        world.Sink.Remove("2");

        var asked = await world.RunAsync();
        var letters = await world.LettersAsync();
        await world.ReplayAsync([letters.Single(letter => letter.RecordKey == "2").Id]);
        await world.Console.Get<DeadLetterStore>().DiscardAsync(
            world.Tenant, [.. letters.Where(letter => letter.RecordKey != "2").Select(letter => letter.Id)], "applied by hand", TestConsole.Somebody, default);
        var after = await world.RunAsync();

        Assert.Equal((3, 0), (asked.Unknown, asked.Written));
        Assert.All(letters, letter => Assert.Equal((LetterOutcome.Unknown, FailureCause.Unknown, "unsettled"), (letter.Outcome, letter.Cause, letter.Code)));
        Assert.All(letters, letter => Assert.Contains("shop was sent this record on", letter.Message));
        Assert.All(letters, letter => Assert.Contains("Look whether it is there", letter.Message));
        Assert.Equal((RunState.Succeeded, 3), (after.State, after.Unchanged));
        Assert.Equal([1, 2, 3], world.Held().Order());
    }

    [Fact]
    public async Task A_lost_answer_is_settled_at_once_by_asking()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new { lookupPath = "/sink/orders/{key}", parallelCalls = 1 });
        world.GivenRecords(10);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Method = "POST", Every = 3, Times = 2 });
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Method = "POST", Status = 500, After = 6, Times = 1 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 10), (run.State, run.Written));
        Assert.Equal(Enumerable.Range(1, 10), world.Held().Order());
    }

    [Fact]
    public async Task A_call_that_timed_out_may_still_arrive_and_is_not_sent_again_at_once()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new { lookupPath = "/sink/orders/{key}", parallelCalls = 1 });
        world.GivenRecords(3);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromHours(1), After = 1, Times = 1 });

        var run = await world.RunAsync();
        var letter = (await world.LettersAsync()).Single();
        var sent = world.Outside.Traffic.CountOf("/sink/orders");
        var next = await world.RunAsync();

        Assert.Equal((2, 1), (run.Written, run.Unknown));
        Assert.Contains("It is asked for the record before that is sent again", letter.Message);
        Assert.Equal(3, sent);
        Assert.Equal((1, 2), (next.Written, next.Unchanged));
        Assert.Equal(LetterState.Superseded, (await world.LettersAsync(any: true)).Single().State);
    }

    [Fact]
    public async Task A_record_without_a_key_is_replayed_under_the_key_of_its_first_try()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new { idempotencyHeader = "Idempotency-Key", parallelCalls = 1 }, keys: []);
        world.GivenRecords(3);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Method = "POST", After = 1, Times = Backoff.Attempts });
        var run = await world.RunAsync();
        world.Outside.Faults.Clear();

        var replay = await world.ReplayAsync();

        Assert.Equal((1, 1), (run.Unknown, replay.Delivered));
        Assert.NotEqual(0, world.Sink.Duplicates);
        Assert.Equal([1, 2, 3], world.Held().Order());
    }

    [Fact]
    public async Task A_record_that_is_there_with_other_values_is_compared_by_a_person()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, ByPath);
        world.GivenRecords(2);
        await world.RunAsync();
        await world.ForgetAnswersAsync();
        using var client = new HttpClient();
        await client.PatchAsync(new Uri($"{world.Outside.Address}/sink/orders/2"), new StringContent("""{"name":"changed"}"""));

        var run = await world.RunAsync();
        var letter = (await world.LettersAsync()).Single();

        Assert.Equal((1, 1), (run.Unchanged, run.Unknown));
        Assert.Equal(("2", FailureCause.Conflict), (letter.RecordKey, letter.Cause));
        Assert.Contains("with other values in name.", letter.Message);
        Assert.DoesNotContain("changed", letter.Message);
    }

    [Fact]
    public async Task A_destination_that_cannot_be_asked_now_is_asked_by_the_next_attempt()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, ByPath);
        world.GivenRecords(3);
        await world.RunAsync();
        await world.ForgetAnswersAsync();
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Method = "GET", Status = 503 });
        var down = await world.RunAsync();
        world.Outside.Faults.Clear();
        await world.ExecuteAsync($"update run set start_after = now() where id = '{down.Id}'");

        var end = await world.MoveAsync(down.Id);

        Assert.Equal((RunState.Queued, 0), (down.State, down.RecordsRead));
        Assert.Equal((RunState.Succeeded, 3, 3), (end.State, end.Unchanged, world.Sent));
    }

    [Fact]
    public async Task A_call_that_was_heard_before_the_system_went_down_is_known_by_its_key_afterwards()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new { idempotencyHeader = "Idempotency-Key", parallelCalls = 1 });
        world.GivenRecords(1);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.AnswerLost) { Times = 1 });
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, Times = Backoff.Attempts - 1 });

        var first = await world.RunAsync();
        var second = await world.RunAsync();

        Assert.Equal(1, first.Unknown);
        Assert.Equal((1, 1, 1), (second.Written, world.Sink.Count, world.Sink.Duplicates));
    }
}
