using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Going_through_pages : RestWorld
{
    private static readonly object ByLink = new { name = "people", path = "/nextlink/people", records = "value", pagination = "nextLink", nextLinkPath = "next", sizeParameter = "limit", pageSize = 10 };
    private static readonly object ByHeader = new { name = "people", path = "/link/people", pagination = "linkHeader", sizeParameter = "limit", pageSize = 10, totalHeader = "X-Total-Count" };
    private static readonly object ByCursor = new
    {
        name = "people", path = "/cursor/people", records = "data", pagination = "cursor", cursorPath = "paging.next", cursorParameter = "cursor", sizeParameter = "limit", pageSize = 10,
    };

    [Fact]
    public async Task Small_pages_fill_a_batch()
    {
        var batches = await ReadAsync(ByHeader);

        Assert.Equal([25, 25, 25, 20], batches.Select(batch => batch.Ids.Count));
    }

    [Fact]
    public async Task A_next_link_that_leads_in_a_circle_ends_the_run()
    {
        Server.Faults.Add(new Fault("/nextlink", FaultKind.NextLeadsTo) { Target = $"{Server.Address}/nextlink/people?limit=10&from=10", After = 2 });

        await LeadsBackAsync(ByLink);
    }

    [Fact]
    public async Task A_link_header_that_leads_to_the_page_itself_ends_the_run()
    {
        Server.Faults.Add(new Fault("/link", FaultKind.NextLeadsTo) { Target = $"{Server.Address}/link/people?limit=10" });

        await LeadsBackAsync(ByHeader);
    }

    [Fact]
    public async Task A_cursor_that_comes_again_ends_the_run()
    {
        Server.Faults.Add(new Fault("/cursor", FaultKind.NextLeadsTo) { Target = "MTA=", After = 2 });

        await LeadsBackAsync(ByCursor);
    }

    [Theory]
    [InlineData("page")]
    [InlineData("offset")]
    public async Task A_system_that_does_not_know_the_page_parameter_and_gives_the_same_page_for_ever_ends_the_run(string pagination) =>
        await LeadsBackAsync(new { name = "people", path = "/api/people", pagination });

    [Fact]
    public async Task A_circle_is_found_though_the_run_was_resumed_within_it()
    {
        Server.Faults.Add(new Fault("/cursor", FaultKind.NextLeadsTo) { Target = "MTA=" });

        var failure = await FailAsync(ByCursor, "{\"cursor\":\"MTA=\",\"taken\":3}");

        Assert.Contains("leads back", failure.Sentence);
    }

    [Theory]
    [InlineData("http://evil.example/people")]
    [InlineData("//evil.example/people")]
    [InlineData("https://127.0.0.1/people")]
    [InlineData("http://127.0.0.1:1/people")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:secret@{0}/people")]
    public async Task A_next_link_to_another_origin_is_not_followed(string link)
    {
        var target = link.Replace("{0}", new Uri(Server.Address).Authority);
        Server.Faults.Add(new Fault("/", FaultKind.NextLeadsTo) { Target = target });

        foreach (var stream in (object[])[ByLink, ByHeader])
        {
            var failure = await FailAsync(stream);

            Assert.Equal((FailureCause.Configuration, "next-link"), (failure.Cause, failure.Code));
            Assert.DoesNotContain("secret", failure.Sentence);
        }
    }

    [Fact]
    public async Task A_checkpoint_that_leads_to_another_origin_is_refused_before_anything_is_sent()
    {
        await using var elsewhere = await OutsideWorldServer.StartAsync();

        var failure = await FailAsync(ByLink, $$"""{"url":"{{elsewhere.Address}}/nextlink/people"}""");

        Assert.Equal(FailureCause.Configuration, failure.Cause);
        Assert.Empty(elsewhere.Traffic.Last);
    }

    [Theory]
    [InlineData("{\"page\":3}")]
    [InlineData("{\"url\":\"not an address\"}")]
    [InlineData("not json")]
    [InlineData("null")]
    public async Task A_checkpoint_of_other_settings_is_refused(string checkpoint) =>
        Assert.Contains("start the run from the beginning", (await FailAsync(ByLink, checkpoint)).Sentence);

    [Fact]
    public async Task A_key_in_the_query_does_not_get_into_a_checkpoint_though_the_system_repeats_it()
    {
        var batches = await ReadAsync(ByLink, $"{Server.Address}/secure/query", new KeyInQuery());

        Assert.Equal(95, batches.Sum(batch => batch.Ids.Count));
        Assert.All(batches, batch => Assert.DoesNotContain(SecureArea.ApiKey, batch.Checkpoint));
        Assert.Contains(batches, batch => batch.Checkpoint!.Contains("/secure/query/nextlink/people?limit=10&from=", StringComparison.Ordinal));
        Assert.All(Server.Traffic.Last, seen => Assert.Equal(1, seen.Target.Split("api_key=").Length - 1));
    }

    [Fact]
    public async Task A_system_that_says_there_is_more_but_not_where_does_not_end_the_list()
    {
        Server.Faults.Add(new Fault("/cursor", FaultKind.NextLeadsTo) { Target = "" });

        var failure = await FailAsync(new { name = "people", path = "/cursor/people", records = "data", pagination = "cursor", cursorPath = "paging.next", cursorParameter = "cursor", hasMorePath = "paging.more", sizeParameter = "limit", pageSize = 10 });

        Assert.Equal(FailureCause.SchemaChange, failure.Cause);
    }

    /// <summary>Ended by an empty page, by a short one, by the total, by a word that there is no more: whatever ends it, the list is not whole before its total.</summary>
    public static TheoryData<string, object> WithTotal => new()
    {
        { "/page", new { name = "people", path = "/page/people", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 10, totalPath = "meta.total" } },
        { "/page", new { name = "people", path = "/page/people", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 10, stop = "total", totalPath = "meta.total" } },
        { "/offset", new { name = "people", path = "/offset/people", records = "items", pagination = "offset", sizeParameter = "limit", pageSize = 10, stop = "short", totalPath = "total" } },
        { "/link", ByHeader },
    };

    [Theory]
    [MemberData(nameof(WithTotal))]
    public async Task A_list_that_ends_before_as_many_records_came_as_it_says_it_has_is_not_taken_for_whole(string path, object stream)
    {
        Server.Faults.Add(new Fault(path, FaultKind.Hollow) { After = 3, Times = 20 });
        var read = new List<int>();

        var failure = await Assert.ThrowsAsync<FailureException>(() => ReadAsync(stream, read));

        Assert.Equal((FailureCause.Malformed, "incomplete"), (failure.Failure.Cause, failure.Failure.Code));
        Assert.Equal("127.0.0.1 says that people has 95 records, and its list ended after 30, twice.", failure.Failure.Sentence.Split(" Run it again")[0]);
        Assert.Equal(30, read.Sum());
    }

    [Theory]
    [MemberData(nameof(WithTotal))]
    public async Task A_page_that_is_empty_once_before_the_total_is_asked_for_again(string path, object stream)
    {
        Server.Faults.Add(new Fault(path, FaultKind.Hollow) { After = path == "/link" ? 9 : 3, Times = 1 });
        var read = new List<int>();

        await ReadAsync(stream, read);

        Assert.Equal(95, read.Sum());
    }

    [Fact]
    public async Task A_server_that_gives_fewer_a_page_than_asked_for_does_not_end_a_list_that_ends_with_a_short_page()
    {
        var failure = await FailAsync(new { name = "people", path = "/page/people?limit=10", records = "data", pagination = "page", pageSize = 50, stop = "short", totalPath = "meta.total" });

        Assert.Equal("incomplete", failure.Code);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task Compressed_answers_are_read(string compression)
    {
        Server.Datasets.Compression = compression;

        Assert.Equal(95, (await ReadAsync(ByCursor)).Sum(batch => batch.Ids.Count));
        Assert.Contains("gzip, deflate, br", Server.Traffic.Last.First().Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task Http2_is_spoken_to_those_who_are_known_to_speak_it()
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();
        var source = new SourceUnderTest(Connector(console), Connect(ByHeader, Server.Http2Address, http2: true), "people", false, _ => Task.CompletedTask);

        var batches = await SourceContract.ReadAsync(source, new ReadRequest("people", ReadMode.Full, null, null, 25));

        Assert.Equal(95, batches.Sum(batch => batch.Ids.Count));
        Assert.All(Server.Traffic.Last, seen => Assert.Equal("HTTP/2", seen.Protocol));
    }

    [Fact]
    public async Task A_destination_that_takes_long_makes_the_batches_that_follow_smaller()
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();
        var pace = new BatchPace(50);
        var request = new ReadRequest("people", ReadMode.Full, null, null, 50) { Pace = pace };
        var counts = new List<int>();

        await foreach (var batch in Connector(console).ReadAsync(Connect(ByHeader), request, CancellationToken.None))
        {
            counts.Add(batch.Count);
            pace.Tell(batch.Count, counts.Count == 1 ? TimeSpan.FromSeconds(15) : TimeSpan.FromSeconds(1));
            batch.Dispose();
        }

        Assert.Equal([50, 10, 10, 10, 10, 5], counts);
    }

    [Fact]
    public async Task The_system_says_how_many_records_to_expect()
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();

        await foreach (var batch in Connector(console).ReadAsync(Connect(ByHeader), new ReadRequest("people", ReadMode.Full, null, null, 25), CancellationToken.None))
        {
            Assert.Equal(95, batch.Expected);
            Assert.Null(batch.Watermark);
            batch.Dispose();
        }
    }

    [Fact]
    public async Task A_person_s_headers_are_sent_and_ours_where_there_are_none()
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();
        var headers = new Dictionary<string, string> { ["X-Tenant"] = "7", ["Accept"] = "application/vnd.shop+json" };
        var source = new SourceUnderTest(Connector(console), Connect(ByCursor, headers: headers), "people", false, _ => Task.CompletedTask);

        await SourceContract.ReadAsync(source, new ReadRequest("people", ReadMode.Full, null, null, 100));

        var seen = Server.Traffic.Last.First().Headers;
        Assert.Equal(("7", "application/vnd.shop+json", "IntegrationConsole"), (seen["X-Tenant"], seen["Accept"], seen["User-Agent"]));
    }

    [Fact]
    public async Task Each_call_is_measured_and_whether_it_succeeded()
    {
        var measured = new List<(double Seconds, bool Succeeded)>();
        var meter = Guid.Parse("0198a000-0000-7000-8000-00000000ffff");
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == CallMeter.Instrument)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            var byName = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (Equals(byName["connection"], meter))
            {
                measured.Add((seconds, (bool)byName["succeeded"]!));
            }
        });
        listener.Start();
        Server.Put("people", People);
        Server.Faults.Add(new Fault("/cursor", FaultKind.Cut) { Bytes = 200, Times = 1, After = 1 });
        Server.Faults.Add(new Fault("/cursor", FaultKind.Status) { Times = 1, After = 3 });
        await using var console = await TestConsole.StartAsync(new HurriedClock());
        var source = new SourceUnderTest(Connector(console), Connect(ByCursor, timeoutSeconds: 300) with { Id = meter }, "people", false, _ => Task.CompletedTask);

        await SourceContract.ReadAsync(source, new ReadRequest("people", ReadMode.Full, null, null, 100));

        Assert.Equal((12, 10), (measured.Count, measured.Count(call => call.Succeeded)));
    }

    private static IEnumerable<string> People => Enumerable.Range(1, 95).Select(id => $$"""{"id":{{id}},"name":"person {{id}}"}""");

    private async Task LeadsBackAsync(object stream)
    {
        var failure = await FailAsync(stream);

        Assert.Equal(FailureCause.Configuration, failure.Cause);
        Assert.Contains("leads back to a page that was read already", failure.Sentence);
        Assert.InRange(Server.Traffic.Last.Count, 1, 4);
    }

    private async Task<IReadOnlyList<ReadBatch>> ReadAsync(object stream, string? address = null, IAuthentication? authentication = null, string? checkpoint = null)
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();
        return await SourceContract.ReadAsync(
            new SourceUnderTest(Connector(console), Connect(stream, address, authentication), "people", false, _ => Task.CompletedTask), new ReadRequest("people", ReadMode.Full, null, checkpoint, 25));
    }

    /// <summary>Notes the length of each batch as it comes.</summary>
    private async Task ReadAsync(object stream, List<int> read)
    {
        Server.Put("people", People);
        await using var console = await TestConsole.StartAsync();
        await foreach (var batch in Connector(console).ReadAsync(Connect(stream), new ReadRequest("people", ReadMode.Full, null, null, 25), CancellationToken.None))
        {
            read.Add(batch.Count);
            batch.Dispose();
        }
    }

    private async Task<Failure> FailAsync(object stream, string? checkpoint = null) =>
        (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(stream, checkpoint: checkpoint))).Failure;

    private sealed class KeyInQuery : IAuthentication
    {
        public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!;
            request.RequestUri = new UriBuilder(address) { Query = $"{address.Query.TrimStart('?')}&api_key={SecureArea.ApiKey}".TrimStart('&') }.Uri;
            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken) => ValueTask.FromResult<DatabaseLogin?>(null);
    }
}
