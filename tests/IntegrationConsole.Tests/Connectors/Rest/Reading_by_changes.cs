using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Reading_by_changes : RestWorld
{
    private static readonly object Versions = new
    {
        name = "people", path = "/offset/people?sinceField=version", records = "items", pagination = "offset", sizeParameter = "limit", pageSize = 10, incrementalParameter = "since", cursorField = "version",
    };

    [Fact]
    public async Task The_greatest_value_of_an_interrupted_run_is_not_forgotten()
    {
        Server.Put("people", Enumerable.Range(1, 40).Select(id => $$"""{"id":{{id}},"name":"","version":{{(id == 3 ? 9_999 : id)}}}"""));

        var whole = await ReadAsync(null, null);
        var resumed = await ReadAsync(null, whole[0].Checkpoint);

        Assert.Equal("9999", whole[^1].Watermark);
        Assert.Equal("9999", resumed[^1].Watermark);
        Assert.Equal(25, resumed.Sum(batch => batch.Ids.Count));
    }

    [Fact]
    public async Task A_run_that_finds_nothing_keeps_the_value_of_the_last_one()
    {
        Server.Put("people", ["{\"id\":1,\"name\":\"\",\"version\":5}"]);

        var batches = await ReadAsync("77", null);

        Assert.Equal([("77", 0)], batches.Select(batch => (batch.Watermark!, batch.Ids.Count)));
        Assert.Equal("/offset/people?sinceField=version&since=77&limit=10&offset=0", Server.Traffic.Last.Single().Target);
    }

    [Fact]
    public async Task A_range_ends_before_its_last_value_although_the_system_knows_no_end()
    {
        Server.Put("people", Enumerable.Range(1, 40).Select(id => $$"""{"id":{{id}},"name":"","version":{{id}}}"""));
        await using var console = await TestConsole.StartAsync();
        var source = new SourceUnderTest(Connector(console), Connect(Versions), "people", true, _ => Task.CompletedTask);

        var batches = await SourceContract.ReadAsync(source, new ReadRequest("people", ReadMode.Incremental, null, null, 15) { Since = "10", Until = "20" });

        Assert.Equal(10, batches.Sum(batch => batch.Ids.Count));
    }

    [Fact]
    public async Task A_run_that_is_over_asks_for_nothing_when_it_is_resumed()
    {
        Server.Put("people", ["{\"id\":1,\"name\":\"\",\"version\":5}"]);
        var batches = await ReadAsync(null, null);
        var asked = Server.Traffic.Last.Count;

        var again = await ReadAsync(null, batches[^1].Checkpoint);

        Assert.Equal([("5", 0)], again.Select(batch => (batch.Watermark!, batch.Ids.Count)));
        Assert.Equal(asked, Server.Traffic.Last.Count);
    }

    [Fact]
    public async Task A_stream_without_a_parameter_for_it_cannot_be_read_by_changes()
    {
        await using var console = await TestConsole.StartAsync();
        var source = new SourceUnderTest(Connector(console), Connect(new { name = "people", path = "/api/people" }), "people", false, _ => Task.CompletedTask);

        var problem = await Assert.ThrowsAsync<FailureException>(() => SourceContract.ReadAsync(source, new ReadRequest("people", ReadMode.Incremental, null, null, 10)));

        Assert.Contains("cannot be read by changes", problem.Failure.Sentence);
        Assert.False((await source.Connector.DiscoverAsync(source.Connection, CancellationToken.None))[0].SupportsIncremental);
    }

    [Fact]
    public async Task The_city_register_has_500_spoilt_rows_50_of_each_kind_until_it_is_told_not_to()
    {
        var cities = CityRegister.Generate(10_000);
        Server.Datasets.Put(CityRegister.Name, cities);

        var spoilt = await CitiesAsync();
        cities.Spoil(false);
        var clean = await CitiesAsync();

        Assert.Equal((10_000, 10_000), (spoilt.Count, clean.Count));
        Assert.Equal(Enumerable.Range(1, 10_000), clean.Select(city => city.GetProperty("id").GetInt32()));
        Assert.All(clean, city => Assert.True(decimal.TryParse(city.GetProperty("lat").GetString(), out _)));
        Assert.Equal(500, spoilt.Where((city, index) => !JsonElement.DeepEquals(city, clean[index])).Count());
        Assert.Equal(50, spoilt.Count(city => !city.TryGetProperty("name", out _)));
        Assert.Equal(50, spoilt.Count(city => !city.TryGetProperty("country", out _)));
        Assert.Equal(50, spoilt.Count(city => city.TryGetProperty("country", out var country) && country.GetString() == "ZZ"));
        Assert.Equal(50, spoilt.Count(city => city.GetProperty("lat").ValueKind is JsonValueKind.Object));
        Assert.Equal(50, spoilt.Zip(spoilt.Skip(1)).Count(pair => pair.First.GetProperty("id").GetInt32() == pair.Second.GetProperty("id").GetInt32()));
    }

    private async Task<IReadOnlyList<ReadBatch>> ReadAsync(string? cursor, string? checkpoint)
    {
        await using var console = await TestConsole.StartAsync();
        return await SourceContract.ReadAsync(
            new SourceUnderTest(Connector(console), Connect(Versions), "people", true, _ => Task.CompletedTask), new ReadRequest("people", ReadMode.Incremental, cursor, checkpoint, 15));
    }

    private async Task<IReadOnlyList<JsonElement>> CitiesAsync()
    {
        await using var console = await TestConsole.StartAsync();
        var stream = new { name = "cities", path = "/page/cities", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 3_000 };
        var cities = new List<JsonElement>();
        await foreach (var batch in Connector(console).ReadAsync(Connect(stream), new ReadRequest("cities", ReadMode.Full, null, null, 5_000), CancellationToken.None))
        {
            cities.AddRange(Enumerable.Range(0, batch.Count).Select(index => JsonSerializer.Deserialize<JsonElement>(batch[index].Span)));
            batch.Dispose();
        }

        return cities;
    }
}
