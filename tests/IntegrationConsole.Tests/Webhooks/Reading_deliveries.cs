using System.Net;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Webhooks.Reading;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Webhooks;

public sealed class Reading_deliveries
{
    [Fact]
    public async Task Two_hundred_deliveries_at_once_over_two_nodes_are_each_read_once_while_they_arrive()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await using var other = await TestConsole.StartAsync(beside: world.Console, configure: services => services.AddSingleton<IConnector>(world.System));
        await using var second = await LetterboxWorld.ServeAsync(other);
        using var toSecond = new HttpClient { BaseAddress = new Uri(second.Urls.Single()) };
        var sync = await world.GivenASyncAsync(WriteMode.Append);

        var sending = Enumerable.Range(1, 200).Select(number => world.SendAsync(LetterboxWorld.Record(number), $"id {number}", http: number % 2 == 0 ? toSecond : null)).ToList();
        while (sending.Any(one => !one.IsCompleted))
        {
            Assert.Equal(RunState.Succeeded, (await world.RunAsync(sync)).State);
        }

        await world.RunAsync(sync);
        Assert.All(await Task.WhenAll(sending), response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        Assert.Equal(200, world.System.Arrivals.Count);
        Assert.Equal(200, world.System.Arrivals.Distinct().Count());
    }

    [Fact]
    public async Task A_run_goes_on_behind_the_last_delivery_of_the_one_before()
    {
        await using var world = await LetterboxWorld.StartAsync();
        var sync = await world.GivenASyncAsync();
        await world.StatusAsync(LetterboxWorld.Record(1));
        Assert.Equal(1, (await world.RunAsync(sync)).RecordsRead);

        Assert.Equal(0, (await world.RunAsync(sync)).RecordsRead);
        await world.StatusAsync(LetterboxWorld.Record(2));
        await world.StatusAsync(LetterboxWorld.Record(3));
        Assert.Equal(2, (await world.RunAsync(sync)).RecordsRead);
        Assert.Equal("3|name 3", world.System.Held["3"]);
    }

    [Fact]
    public async Task Deliveries_that_the_destination_refuses_alike_stay_waiting()
    {
        await using var world = await LetterboxWorld.StartAsync();
        var sync = await world.GivenASyncAsync();
        for (var number = 1; number <= 25; number++)
        {
            await world.StatusAsync(LetterboxWorld.Record(number));
        }

        world.System.Refuse = _ => new Failure(FailureCause.Validation, "Not today.");
        var stopped = await world.RunAsync(sync);
        world.System.Refuse = _ => null;
        var run = await world.RunAsync(sync);

        Assert.Equal((RunState.Failed, true, 5), (stopped.State, stopped.IsBroken, stopped.RecordsRead));
        Assert.Equal((RunState.Succeeded, 25), (run.State, run.Written));
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_becomes_one_dead_letter_and_the_others_arrive()
    {
        await using var world = await LetterboxWorld.StartAsync();
        var sync = await world.GivenASyncAsync();
        await world.StatusAsync(LetterboxWorld.Record(1));
        await world.StatusAsync("<order id='2'/>");
        await world.StatusAsync(LetterboxWorld.Record(3));

        var run = await world.RunAsync(sync);

        Assert.Equal((RunState.Partial, 3L, 2L, 1L), (run.State, run.RecordsRead, run.Written, run.Rejected));
        var letter = Assert.Single(await world.LettersAsync());
        Assert.Equal(FailureCause.Malformed, letter.Cause);
        Assert.DoesNotContain("order", letter.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "empty")]
    [InlineData("{\"a\":", "", "json")]
    [InlineData("{\"a\":1}", "data.items", "selector")]
    [InlineData("{\"data\":{\"items\":7}}", "data.items", "selector")]
    [InlineData("{\"a\":\"\\ud800\"}", "", "encoding")]
    public async Task What_makes_no_record_is_one_with_its_problem(string body, string list, string code)
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { Records = list });
        await world.StatusAsync(body);

        using var batch = Assert.Single(await ReadAsync(world, new ReadRequest("hook", ReadMode.Full, null, null, 100)));

        Assert.Equal(1, batch.Count);
        Assert.Equal((FailureCause.Malformed, code), (batch.ProblemOf(0)?.Cause, batch.ProblemOf(0)?.Code));
        Assert.StartsWith("""{"delivery":{"id":"sha256:""", Encoding.UTF8.GetString(batch[0].Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_says_with_what_it_came()
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { Records = "data.items" });
        await world.StatusAsync("""{"data":{"items":[{"id":1},[2]]}}""", "one");

        using var batch = Assert.Single(await ReadAsync(world, new ReadRequest("hook", ReadMode.Full, null, null, 100)));

        Assert.Equal(2, batch.Count);
        Assert.Null(batch.ProblemOf(0));
        var record = System.Text.Json.JsonDocument.Parse(batch[1]).RootElement;
        Assert.Equal("[2]", record.GetProperty("body").GetRawText());
        var delivery = record.GetProperty("delivery");
        Assert.Equal(("one", 1, 1), (delivery.GetProperty("id").GetString(), delivery.GetProperty("number").GetInt32(), delivery.GetProperty("index").GetInt32()));
        Assert.Equal("application/json; charset=utf-8", delivery.GetProperty("headers").GetProperty("content_type").GetString());
    }

    [Fact]
    public async Task A_long_list_is_read_in_batches_and_gone_on_with_in_its_middle()
    {
        await using var world = await LetterboxWorld.StartAsync(LetterboxWorld.ByHeader with { Records = "items" });
        await world.StatusAsync($$"""{"items":[{{string.Join(',', Enumerable.Range(0, 25))}}]}""");
        await world.StatusAsync("""{"items":[]}""");
        var request = new ReadRequest("hook", ReadMode.Incremental, null, null, 10);

        var batches = await ReadAsync(world, request);
        var rest = await ReadAsync(world, request with { Checkpoint = batches[1].Checkpoint });

        Assert.Equal([10, 10, 5], batches.Select(batch => batch.Count));
        Assert.Equal(("1+20", "0"), (batches[1].Checkpoint, batches[1].Watermark));
        Assert.Equal(("2", "2"), (batches[2].Checkpoint, batches[2].Watermark));
        Assert.Equal([batches[2][0].ToArray()], rest.Select(batch => batch[0].ToArray()));
    }

    /// <summary>What appends knows its batches by what is in them: one that grows after a crash would be appended again.</summary>
    [Fact]
    public async Task A_batch_that_is_read_again_is_the_same_although_more_has_arrived()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.StatusAsync(LetterboxWorld.Record(1));
        await world.StatusAsync(LetterboxWorld.Record(2));
        var request = new ReadRequest("hook", ReadMode.Incremental, null, null, 100) { SameBatches = true };
        var before = await ReadAsync(world, request);
        await world.StatusAsync(LetterboxWorld.Record(3));

        var after = await ReadAsync(world, request);

        Assert.Equal(before.Where(batch => batch.Count > 0).Select(Texts), after.Where(batch => batch.Count > 0).Select(Texts).Take(before.Count(batch => batch.Count > 0)));
        Assert.Equal(3, after.Sum(batch => batch.Count));
    }

    [Fact]
    public async Task A_backfill_reads_the_deliveries_of_a_range_once_more()
    {
        await using var world = await LetterboxWorld.StartAsync();
        for (var number = 1; number <= 5; number++)
        {
            await world.StatusAsync(LetterboxWorld.Record(number));
        }

        var batches = await ReadAsync(world, new ReadRequest("hook", ReadMode.Incremental, null, null, 100) { Since = "2", Until = "4" });

        Assert.Equal(2, batches.Sum(batch => batch.Count));
        Assert.Contains("\"id\":\"2\"", Texts(batches[0]), StringComparison.Ordinal);
    }

    private static string Texts(RecordBatch batch) => string.Join('\n', Enumerable.Range(0, batch.Count).Select(index => Encoding.UTF8.GetString(batch[index].Span)));

    private static async Task<List<RecordBatch>> ReadAsync(LetterboxWorld world, ReadRequest request)
    {
        var connection = new OpenConnection(world.Tenant, Guid.Empty, "Webhooks", WebhookConnector.Kind, default, new NoAuthentication());
        var batches = new List<RecordBatch>();
        await foreach (var batch in ((ISource)world.Console.Get<ConnectorCatalog>().Get(WebhookConnector.Kind)).ReadAsync(connection, request, default))
        {
            batches.Add(batch);
        }

        return batches;
    }
}
