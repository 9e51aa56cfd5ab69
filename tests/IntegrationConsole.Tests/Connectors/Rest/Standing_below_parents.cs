using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Standing_below_parents : RestWorld
{
    private readonly HurriedClock _clock = new();

    [Fact]
    public async Task The_parents_id_comes_with_each_record_as_its_own_stream_writes_it()
    {
        GivenCustomers("17", "\"x-1\"", "\"Zoë / 東京\"");
        Server.Put("customers/17/orders", ["{\"id\":1,\"no\\u0074e\":\"a \\u00e9 \\u003c\"}", "{}"]);
        Server.Put("customers/x-1/orders", ["{\"id\":2,\"customer\":{\"deep\":[1]},\"total\":1.50}", "17"]);
        Server.Put("customers/Zoë / 東京/orders", ["{\"id\":3}"]);

        var records = await RecordsAsync();

        Assert.Equal(
            [
                """{"customer":17,"id":1,"note":"a \u00e9 \u003c"}""", """{"customer":17}""", """{"customer":"x-1","id":2,"total":1.50}""", "17",
                $$"""{"customer":{{JsonSerializer.Serialize("Zoë / 東京")}},"id":3}""",
            ],
            records);
    }

    [Fact]
    public async Task What_is_no_id_reaches_no_address_and_fails_the_read_behind_all_others()
    {
        string[] ids = ["../", "..", ".", "", "  ", "a/../b", "\\\\..\\\\c", "\\u0000", new('x', 10_000), "%2F", "%2e%2e", "a/b", "é 🚀", "?x=1#y&z"];
        GivenCustomers([.. ids.Select(id => $"\"{id}\""), "null", "true", "[1]", "-1.5e3"]);
        foreach (var id in (string[])["%2F", "%2e%2e", "a/b", "é 🚀", "?x=1#y&z", "-1.5e3"])
        {
            Server.Put($"customers/{id}/orders", [JsonSerializer.Serialize(new { id })]);
        }

        var (records, failure) = await UntilItFailsAsync();
        var targets = Server.Traffic.Last.Select(seen => seen.Target).Where(target => target.StartsWith("/below/", StringComparison.Ordinal)).Distinct();

        Assert.Equal(["%2F", "%2e%2e", "a/b", "é 🚀", "?x=1#y&z", "-1.5e3"], records.Select(record => JsonDocument.Parse(record).RootElement.GetProperty("id").GetString()));
        Assert.Equal(
            ["%252F", "%252e%252e", "a%2Fb", "%C3%A9%20%F0%9F%9A%80", "%3Fx%3D1%23y%26z", "-1.5e3"],
            targets.Select(target => target["/below/customers/".Length..].Split("/orders")[0]).Distinct());
        Assert.Equal((FailureCause.Malformed, ReadRequest.MisplacedCode), (failure.Cause, failure.Code));
        Assert.StartsWith("12 records of customers have no id that can stand in an address", failure.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_that_went_is_skipped_and_said()
    {
        GivenCustomers("1", "2", "3", "4");
        Server.Put("customers/2/orders", ["{\"id\":20}"]);
        Server.Put("customers/4/orders", ["{\"id\":40}"]);

        var batches = await BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, null, 1));

        Assert.Equal(["20", "40"], batches.SelectMany(batch => batch.Ids));
        Assert.Equal("2 records of customers were not there any more when orders was read below them (404): skipped.", batches[^1].Note);
        Assert.All(batches.SkipLast(1), batch => Assert.Null(batch.Note));
    }

    [Fact]
    public async Task A_parent_that_goes_while_it_is_read_keeps_what_was_read()
    {
        GivenCustomers("1", "2");
        Server.Put("customers/1/orders", Enumerable.Range(1, 5).Select(id => $$"""{"id":{{id}}}"""));
        Server.Put("customers/2/orders", ["{\"id\":6}"]);
        Server.Faults.Add(new Fault("/below/customers/1/", FaultKind.Status) { Status = 404, After = 2 });

        var batches = await BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, null, 100));

        Assert.Equal(["1", "2", "3", "4", "6"], batches.SelectMany(batch => batch.Ids));
        Assert.Equal("1 record of customers was not there any more when orders was read below it (404): skipped.", batches[^1].Note);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(200, BelowReading.GoneAtFirst)]
    public async Task Where_no_parent_is_known_the_path_is_wrong_and_no_more_is_asked(int customers, int asked)
    {
        GivenCustomers([.. Enumerable.Range(1, customers).Select(id => $"{id}")]);

        var (_, failure) = await UntilItFailsAsync();

        Assert.Equal(FailureCause.Configuration, failure.Cause);
        Assert.Contains($"nothing at /below/customers/{{parent}}/orders for any of the first {asked} records of customers (404)", failure.Sentence);
        Assert.Equal(asked, Server.Traffic.Counts.Where(count => count.Key.StartsWith("/below/", StringComparison.Ordinal)).Sum(count => count.Value));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task No_sentence_holds_a_parents_id(int status)
    {
        GivenCustomers("\"ada@example.com\"");
        Server.Faults.Add(new Fault("/below", FaultKind.Status) { Status = status });

        var (_, failure) = await UntilItFailsAsync();

        Assert.DoesNotContain("ada", failure.Sentence);
    }

    [Fact]
    public async Task A_cursor_is_refused_when_somebody_set_it_nonetheless()
    {
        GivenCustomers("1");
        await using var console = await TestConsole.StartAsync(_clock);

        var failure = Assert.Throws<FailureException>(() => Connector(console).ReadAsync(Connection(), new ReadRequest("orders", ReadMode.Incremental, null, null, 10), default)).Failure;

        Assert.Contains("stands below customers, and is read in full", failure.Sentence);
    }

    [Fact]
    public async Task A_place_of_another_kind_of_read_is_not_gone_on_from()
    {
        GivenCustomers("1");
        Server.Put("customers/1/orders", ["{\"id\":1}"]);
        string[] foreign = ["{\"page\":2}", "{\"given\":1}", "{}", "not JSON"];

        foreach (var checkpoint in foreign)
        {
            var failure = (await Assert.ThrowsAsync<FailureException>(() => BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, checkpoint, 10)))).Failure;
            Assert.Equal(ReadRequest.MisplacedCode, failure.Code);
        }
    }

    [Fact]
    public async Task Parents_without_records_move_the_place_too()
    {
        GivenCustomers([.. Enumerable.Range(1, 2_500).Select(id => $"{id}")]);
        foreach (var id in Enumerable.Range(1, 2_500))
        {
            Server.Put($"customers/{id}/orders", []);
        }

        var batches = await BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, null, 10) { SameBatches = true });
        var before = Server.Traffic.CountOf("/below/customers/2000/orders");
        await BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, batches[1].Checkpoint, 10));

        Assert.Equal(3, batches.Count);
        Assert.Equal((1, 1), (before, Server.Traffic.CountOf("/below/customers/2000/orders")));
        Assert.Equal(2, Server.Traffic.CountOf("/below/customers/2001/orders"));
    }

    private void GivenCustomers(params string[] ids) => Server.Put("customers", ids.Select(id => $$"""{"number":{{id}}}"""));

    private static OpenConnection Connection(OutsideWorldServer server) => RestWorld.Connection(new
    {
        baseAddress = server.Address,
        streams = new object[]
        {
            new { name = "customers", path = "/page/customers", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 50 },
            new { name = "orders", path = "/below/customers/{parent}/orders", parent = "customers", parentId = "number", parentField = "customer", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 2, stop = "short" },
        },
    });

    private OpenConnection Connection() => Connection(Server);

    private async Task<IReadOnlyList<string>> RecordsAsync() =>
        [.. (await BatchesAsync(new ReadRequest("orders", ReadMode.Full, null, null, 100))).SelectMany(batch => batch.Records)];

    private async Task<IReadOnlyList<Taken>> BatchesAsync(ReadRequest request)
    {
        var batches = new List<Taken>();
        await ReadAsync(request, batches);
        return batches;
    }

    private async Task<(IReadOnlyList<string> Records, Failure Failure)> UntilItFailsAsync()
    {
        var batches = new List<Taken>();
        var failure = (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(new ReadRequest("orders", ReadMode.Full, null, null, 100), batches))).Failure;
        return ([.. batches.SelectMany(batch => batch.Records)], failure);
    }

    private async Task ReadAsync(ReadRequest request, List<Taken> batches)
    {
        await using var console = await TestConsole.StartAsync(_clock);
        await foreach (var batch in Connector(console).ReadAsync(Connection(), request, CancellationToken.None))
        {
            batches.Add(new Taken([.. Enumerable.Range(0, batch.Count).Select(index => Encoding.UTF8.GetString(batch[index].Span))], batch.Checkpoint, batch.Note));
            batch.Dispose();
        }
    }

    private sealed record Taken(IReadOnlyList<string> Records, string? Checkpoint, string? Note)
    {
        public IEnumerable<string> Ids => Records.Select(record => JsonDocument.Parse(record).RootElement.GetProperty("id").ToString());
    }
}
