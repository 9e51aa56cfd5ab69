using System.Net;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.DryRuns;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Sends;

namespace IntegrationConsole.Tests.Sync;

public sealed class Telling_what_was_sent
{
    [Fact]
    public async Task A_refused_record_is_told_as_the_call_that_it_was_and_a_correction_only_once_it_was_sent()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(3);
        world.Outside.Faults.Add(new OutsideWorld.Fault("/sink/orders/3", OutsideWorld.FaultKind.Status) { Status = 422 });
        await world.RunAsync();
        var letter = (await world.LettersAsync()).Single();

        var (first, _) = await FindAsync(world, letter);
        await world.Console.Get<DeadLetterStore>().EditAsync(world.Tenant, letter.Id, letter.Version, """{"id":3,"name":"it's corrected"}"""u8.ToArray(), TestConsole.Somebody, default);
        var (edited, _) = await FindAsync(world, (await world.LettersAsync()).Single());
        await world.ReplayAsync();
        var (replayed, _) = await FindAsync(world, (await world.LettersAsync()).Single());

        Assert.Equal(("PUT", $"{world.Outside.Address.ToString().TrimEnd('/')}/sink/orders/3", 1, 0), (first!.Calls.Single().Method, first.Calls.Single().Address, first.MappingVersion, first.More));
        Assert.Equal(["""{"id":3,"name":"name 3"}""", """{"id":3,"name":"name 3"}""", """{"id":3,"name":"it's corrected"}"""], new[] { first, edited!, replayed! }.Select(sent => Encoding.UTF8.GetString(sent.Rows.Single())));
    }

    [Fact]
    public async Task What_the_mapping_set_aside_was_never_sent()
    {
        await using var world = await SyncWorld.StartAsync();
        world.System.Records = ["""{"id":"x","name":"y"}"""];
        await world.RunAsync();
        var letter = (await world.LettersAsync()).Single();

        Assert.Equal((null, "Nothing was sent: it was set aside before."), await world.Console.Get<SentRecords>().FindAsync(letter, new LetterContent([], null, ""), default));
    }

    [Fact]
    public void A_call_for_a_shell_masks_secrets_and_is_one_call_whatever_the_record_holds()
    {
        var call = new RestCallText("POST", "https://shop.example/orders?of='x'", """{"name":"it's; rm -rf /"}"""u8.ToArray(), ["Authorization", "X-Api-Key"]);

        Assert.Equal("""
            curl -X POST 'https://shop.example/orders?of='\''x'\''' \
              -H 'Content-Type: application/json' \
              -H 'Authorization: ***' \
              -H 'X-Api-Key: ***' \
              --data-raw '{"name":"it'\''s; rm -rf /"}'
            """.ReplaceLineEndings("\n"), call.Curl);
    }

    [Fact]
    public async Task Each_attempt_says_its_node_its_runs_trace_and_what_the_outside_calls_it_and_the_letter_what_came_back_last()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(3);
        Failure Refusal(string answer, string request) => new(FailureCause.Validation, "The shop wants a name.", "422") { Answer = answer, RequestId = request };
        world.System.Refuse = keys => keys.Contains("3") ? Refusal("first answer", "req-1") : null;
        var run = await world.RunAsync();
        world.System.Refuse = keys => keys.Contains("3") ? Refusal("second answer", "req-2") : null;
        await world.ReplayAsync();
        var (letters, letter) = (world.Console.Get<DeadLetterStore>(), (await world.LettersAsync()).Single());

        var attempts = await letters.ListAttemptsAsync(world.Tenant, letter.Id, default);

        Assert.Equal(["req-2", "req-1"], attempts.Select(attempt => attempt.RequestId));
        Assert.Equal((run.TraceId, run.Node), (attempts[1].TraceId, attempts[1].Node));
        Assert.Matches("^[0-9a-f]{32}$", attempts[1].TraceId);
        Assert.Equal("second answer", (await letters.OpenAsync(world.Tenant, letter.Id, default))!.Answer);
    }

    [Theory]
    [InlineData("X-Request-Id", "8f1c-22", "8f1c-22")]
    [InlineData("x-amzn-RequestId", "b/c+d=", "b/c+d=")]
    [InlineData("X-Request-Id", "<script>", "")]
    [InlineData("X-Request-Id", "two words", "")]
    [InlineData("X-Something", "8f1c", "")]
    public void The_name_of_a_call_is_taken_from_the_usual_headers_where_it_looks_like_one(string header, string value, string name)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
        response.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(name, RequestName.Of(response));
    }

    private static async Task<(SentRecord?, string)> FindAsync(SendWorld world, DeadLetter letter) => await world.Console.Get<SentRecords>().FindAsync(
        letter, (await world.Console.Get<DeadLetterStore>().OpenAsync(world.Tenant, letter.Id, default))!, default);
}
