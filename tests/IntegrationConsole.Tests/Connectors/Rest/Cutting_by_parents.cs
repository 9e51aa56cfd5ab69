using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Cutting_by_parents : RestWorld
{
    [Theory]
    [InlineData(4, new[] { 3, 4, 4, 4 })]
    [InlineData(1, new[] { 15 })]
    [InlineData(64, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public async Task Each_parent_is_in_one_list_and_the_lists_have_as_many(int parts, int[] sizes)
    {
        Given([.. Enumerable.Range(1, 15).Select(id => $"{id}")]);
        await using var console = await TestConsole.StartAsync();

        var ranges = await Connector(console).CutAsync(Shop(), "orders", parts, default);
        var read = new List<int>();
        foreach (var range in ranges)
        {
            read.AddRange(await ReadAsync(console, range));
        }

        Assert.Equal(sizes, ranges.Select(range => range.Ids!.Count));
        Assert.Equal(Enumerable.Range(1, 15), read);
        Assert.Equal($"{sizes[^1]} {(sizes[^1] == 1 ? "parent" : "parents")}", ranges[^1].Words);
    }

    [Fact]
    public async Task A_parent_that_is_listed_twice_is_read_once_and_none_that_comes_later_is_missed_by_the_next_run()
    {
        Given("1", "2", "3", "2", "1");
        await using var console = await TestConsole.StartAsync();

        var ranges = await Connector(console).CutAsync(Shop(), "orders", 3, default);
        Given("1", "2", "3", "4");

        Assert.Equal(["1", "2", "3"], ranges.SelectMany(range => range.Ids!));
        Assert.Equal(["1", "2", "3", "4"], (await Connector(console).CutAsync(Shop(), "orders", 4, default)).SelectMany(range => range.Ids!));
    }

    [Fact]
    public async Task A_parent_without_an_id_fails_the_last_part_when_it_has_read_the_others()
    {
        Given("1", "null", "2", "\"..\"");
        await using var console = await TestConsole.StartAsync();
        var ranges = await Connector(console).CutAsync(Shop(), "orders", 2, default);
        var read = await ReadAsync(console, ranges[0]);

        var failure = (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(console, ranges[1], read))).Failure;

        Assert.Equal([1, 3], read);
        Assert.StartsWith("2 records of customers have no id", failure.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_path_is_found_before_anything_is_cut()
    {
        Server.Put("customers", Enumerable.Range(1, 100).Select(id => $$"""{"id":{{id}}}"""));
        await using var console = await TestConsole.StartAsync();

        var failure = (await Assert.ThrowsAsync<FailureException>(() => Connector(console).CutAsync(Shop(), "orders", 4, default))).Failure;

        Assert.Contains("for any of the first 20 records of customers (404)", failure.Sentence);
    }

    [Fact]
    public async Task A_part_whose_parents_all_went_is_read_to_its_end()
    {
        Server.Put("customers", ["""{"id":1}""", """{"id":2}"""]);
        Server.Put("customers/1/orders", ["""{"id":1}"""]);
        await using var console = await TestConsole.StartAsync();
        var ranges = await Connector(console).CutAsync(Shop(), "orders", 2, default);

        Assert.Equal([1], await ReadAsync(console, ranges[0]));
        Assert.Empty(await ReadAsync(console, ranges[1]));
    }

    [Fact]
    public async Task More_parents_than_can_be_kept_are_cut_at_ids_and_each_is_in_one_range()
    {
        var ids = Enumerable.Range(1, 3_000).Select(id => id % 3 == 0 ? $"{id}" : JsonSerializer.Serialize($"c-{id}é")).ToList();
        var sample = new ParentSample(200, 1_000_000);
        ids.ForEach(id => sample.Add(ParentId.Parse(id)));
        sample.Add(ParentId.None);

        var ranges = sample.Cut(4);
        var bounds = ranges.Skip(1).Select(range => range.From).ToList();
        var given = ids.Where((id, index) => index < 60 || bounds.Contains(ParentId.Parse(id).Text)).ToArray();
        Given(given);
        await using var console = await TestConsole.StartAsync();
        var counts = ranges.Select(range => ids.Count(id => IsIn(range, ParentId.Parse(id).Text)));
        var read = new List<int>();
        foreach (var range in ranges)
        {
            read.AddRange(await ReadAsync(console, range));
        }

        Assert.Equal(4, ranges.Count);
        Assert.All(ranges, range => Assert.Null(range.Ids));
        Assert.Equal(3_000, counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 500, 1_000));
        Assert.Equal(Enumerable.Range(1, given.Length), read.Order());
    }

    [Fact]
    public void Long_ids_count_by_their_letters()
    {
        var sample = new ParentSample(1_000, 5_000);
        for (var id = 1; id <= 100; id++)
        {
            sample.Add(new ParentId($"{id}{new string('x', 400)}", false));
        }

        Assert.All(sample.Cut(2), range => Assert.Null(range.Ids));
    }

    [Fact]
    public async Task A_stream_below_none_is_not_cut_and_says_so_beforehand()
    {
        Given("1", "2");
        await using var console = await TestConsole.StartAsync();

        var streams = await Connector(console).DiscoverAsync(Shop(), default);

        Assert.Empty(await Connector(console).CutAsync(Shop(), "customers", 4, default));
        Assert.Equal([("customers", false), ("orders", true)], streams.Select(stream => (stream.Name, stream.CanPartition)));
    }

    /// <summary>Customers with these ids as JSON, each with one order of the same place in the list.</summary>
    private void Given(params string[] ids)
    {
        Server.Put("customers", ids.Select(id => $$"""{"id":{{id}}}"""));
        for (var index = 0; index < ids.Length; index++)
        {
            var text = ids[index].StartsWith('"') ? JsonSerializer.Deserialize<string>(ids[index]) : ids[index];
            Server.Put($"customers/{text}/orders", [$$"""{"id":{{index + 1}}}"""]);
        }
    }

    private OpenConnection Shop() => Connection(new
    {
        baseAddress = Server.Address,
        streams = new object[]
        {
            new { name = "customers", path = "/page/customers", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 50, keyFields = "id" },
            new { name = "orders", path = "/below/customers/{parent}/orders", parent = "customers", records = "data", keyFields = "id" },
        },
    });

    private async Task<List<int>> ReadAsync(TestConsole console, KeyRange range, List<int>? read = null)
    {
        read ??= [];
        await foreach (var batch in Connector(console).ReadAsync(Shop(), new ReadRequest("orders", ReadMode.Full, null, null, 100) { Keys = range }, default))
        {
            read.AddRange(Enumerable.Range(0, batch.Count).Select(index => JsonDocument.Parse(Encoding.UTF8.GetString(batch[index].Span)).RootElement.GetProperty("id").GetInt32()));
            batch.Dispose();
        }

        return read;
    }

    private static bool IsIn(KeyRange range, string id) =>
        (range.From is null || string.CompareOrdinal(id, range.From) >= 0) && (range.To is null || string.CompareOrdinal(id, range.To) < 0);
}
