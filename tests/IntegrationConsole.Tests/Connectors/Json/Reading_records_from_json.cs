using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Tests.Connectors.Json;

public sealed class Reading_records_from_json
{
    private const int Limit = 64 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public async Task Records_are_the_same_however_the_bytes_arrive(int atATime)
    {
        var text = """
             { "meta": { "next": "bef\u00f6re", "items": [ {"not": "this"} ] }, "data": { "count": 12.50, "items": [ {"a": 1, "b": [{}, "]", "\"}"]},
             {} , {"t":"Zoë 東京 🚀 \ud83d\ude80 \\u"}	, [1,[2]], "text", -1.5e3, true, null ], "more": false }, "end": {"deep": {"x": null}} } 
            """;

        var read = await ReadAsync(text, "data.items", atATime, "meta.next", "data.count", "data.more", "end.deep.x", "nowhere", "data.items.a");

        Assert.Equal(
            ["{\"a\": 1, \"b\": [{}, \"]\", \"\\\"}\"]}", "{}", "{\"t\":\"Zoë 東京 🚀 \\ud83d\\ude80 \\\\u\"}", "[1,[2]]", "\"text\"", "-1.5e3", "true", "null"],
            read.Records.Select(record => record.Text));
        Assert.Equal([null, null, null, "a list", "text", "a number", "true or false", "null"], read.Records.Select(record => record.Problem?.Sentence.Split(" but ")[1].TrimEnd('.')));
        Assert.Equal(["before".Replace("o", "ö"), "12.50", "false", null, null, null], read.Captured);
    }

    [Fact]
    public async Task A_capture_may_stand_behind_the_list()
    {
        var read = await ReadAsync("""{"items":[{"next":"no"}],"paging":{"next":"yes"}}""", "items", 3, "paging.next");

        Assert.Equal(["yes"], read.Captured);
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData(" \n[ ] ", "")]
    [InlineData("\uFEFF[]", "")]
    [InlineData("""{"items":null}""", "items")]
    [InlineData("""{"odd.name":{"a b":[]}}""", "`odd.name`.`a b`")]
    public async Task An_empty_list_has_no_records(string text, string selector) =>
        Assert.Empty((await ReadAsync(text, selector, 1)).Records);

    [Theory]
    [InlineData("", "", "malformed", "empty")]
    [InlineData("  \n ", "", "malformed", "empty")]
    [InlineData("\uFEFF", "", "malformed", "empty")]
    [InlineData("<!doctype html><html><body>Sign in</body></html>", "", "malformed", "an HTML page")]
    [InlineData("  <?xml version=\"1.0\"?><a/>", "", "malformed", "XML")]
    [InlineData("Service temporarily down", "", "malformed", "not valid JSON")]
    [InlineData("[{\"a\":1},", "", "malformed", "ended in the middle")]
    [InlineData("[{\"a\":1},{\"b\":\"te", "", "malformed", "ended in the middle")]
    [InlineData("[{\"a\":1},{\"b\":tru", "", "malformed", "ended in the middle")]
    [InlineData("{\"items\":[{}]", "items", "malformed", "ended in the middle")]
    [InlineData("[{\"a\":1},{\"b\":oops}]", "", "malformed", "not valid JSON")]
    [InlineData("[{}]x", "", "malformed", "goes on after the end")]
    [InlineData("[{}][{}]", "", "malformed", "goes on after the end")]
    [InlineData("{\"data\":{\"things\":[]}}", "data.items", "schema-change", "has no list at data.items")]
    [InlineData("{\"data\":[{\"items\":[]}]}", "data.items", "schema-change", "has no list at data.items")]
    [InlineData("{\"items\":{}}", "items", "schema-change", "has no list at items, but an object")]
    [InlineData("[]", "items", "schema-change", "has no list at items")]
    [InlineData("{\"items\":[]}", "", "configuration", "set the record selector")]
    [InlineData("17", "", "schema-change", "not a list, but a number")]
    [InlineData("null", "", "schema-change", "not a list")]
    [InlineData("{\"next\":\"\\ud800\",\"items\":[]}", "items", "malformed", "text that is not valid")]
    public async Task What_cannot_be_read_ends_in_a_sentence(string text, string selector, string cause, string says)
    {
        foreach (var atATime in (int[])[1, 1_000])
        {
            var failure = (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(text, selector, atATime, "next"))).Failure;

            Assert.Equal(cause, failure.Cause.Code);
            Assert.StartsWith("The answer of shop.example ", failure.Sentence);
            Assert.Contains(says, failure.Sentence);
        }
    }

    [Theory]
    [InlineData("""[{"a":"\ud83d"},{"a":1}]""")]
    [InlineData("""[{"a":"\uDE80\ud83d"},{"a":1}]""")]
    [InlineData("""[{"\ud83d":2},{"a":1}]""")]
    public async Task Half_a_character_is_a_problem_of_its_record_alone(string text)
    {
        var read = await ReadAsync(text, "", 5);

        Assert.Contains("half a character", read.Records[0].Problem?.Sentence);
        Assert.Equal(FailureCause.Malformed, read.Records[0].Problem?.Cause);
        Assert.Null(read.Records[1].Problem);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_a_problem_of_their_record_alone()
    {
        byte[] bytes = [.. "[{\"a\":\""u8, 0xC3, 0x28, .. "\"},{\"a\":1}]"u8];

        var read = await ReadAsync(bytes, "", 100);

        Assert.Equal([true, false], read.Records.Select(record => record.Problem is not null));
    }

    [Fact]
    public async Task A_record_may_be_nested_as_deep_as_every_reader_takes_and_no_deeper()
    {
        var fits = string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "{}" + new string('}', 63);
        var tooDeep = string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "{}" + new string('}', 64);

        var read = await ReadAsync($"[{fits},{tooDeep},{{}}]", "", 1_000);

        Assert.Equal([null, "depth", null], read.Records.Select(record => record.Problem?.Code));
        System.Text.Json.JsonDocument.Parse(fits).Dispose();
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => System.Text.Json.JsonDocument.Parse(tooDeep));
    }

    [Theory]
    [InlineData("""[{"small":1},{"text":"{0}"}]""", "")]
    [InlineData("""[{"small":1},{"list":[{0}]}]""", "")]
    [InlineData("""{"text":"{0}","items":[]}""", "items")]
    public async Task A_record_beyond_the_limit_ends_the_reading_before_all_of_it_is_in_memory(string frame, string selector)
    {
        var filler = string.Concat(Enumerable.Repeat("12345678901234567890, ", 1_000_000)).TrimEnd(' ', ',');
        await using var stream = new DribblingStream(Encoding.UTF8.GetBytes(frame.Replace("{0}", filler)), 16 * 1024);
        using var reader = new JsonRecordReader(stream, new JsonRecordOptions("The file big.json", FieldPath.Parse(selector), Limit));

        var failure = (await Assert.ThrowsAsync<FailureException>(async () =>
        {
            while (await reader.ReadAsync(CancellationToken.None))
            {
                Assert.Equal("{\"small\":1}", Encoding.UTF8.GetString(reader.Record.Span));
            }
        })).Failure;

        Assert.Equal(FailureCause.TooLarge, failure.Cause);
        Assert.True(failure.IsSystemic);
        Assert.Contains("64 KB", failure.Sentence);
        Assert.InRange(stream.Given, 0, 4 * Limit);
    }

    [Fact]
    public async Task A_record_just_within_the_limit_is_read_though_it_comes_in_small_pieces()
    {
        var record = "{\"a\":\"" + new string('x', Limit - 8) + "\"}";

        var read = await ReadAsync($"[{record},{record}]", "", 10);

        Assert.Equal([record, record], read.Records.Select(found => found.Text));
    }

    [Fact]
    public async Task Reading_does_not_cost_memory_by_the_record()
    {
        var text = "[" + string.Join(',', Enumerable.Range(1, 20_000).Select(id => $$"""{"id":{{id}},"name":"a name of some length","changed":"2026-01-01T00:00:00Z"}""")) + "]";
        var bytes = Encoding.UTF8.GetBytes(text);
        await ReadAsync(text, "", 1_000_000);
        using var stream = new MemoryStream(bytes);
        using var reader = new JsonRecordReader(stream, new JsonRecordOptions("It", FieldPath.Document, Limit));
        var count = 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            count++;
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        Assert.Equal(20_000, count);
        Assert.InRange(each, 0, 4);
    }

    private static Task<Result> ReadAsync(string text, string selector, int atATime, params string[] captures) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), selector, atATime, captures);

    private static async Task<Result> ReadAsync(byte[] bytes, string selector, int atATime, params string[] captures)
    {
        await using var stream = new DribblingStream(bytes, atATime);
        using var reader = new JsonRecordReader(
            stream, new JsonRecordOptions("The answer of shop.example", FieldPath.Parse(selector), Limit) { Captures = [.. captures.Select(FieldPath.Parse)] });
        var records = new List<(string, Failure?)>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            records.Add((Encoding.UTF8.GetString(reader.Record.Span), reader.Problem));
        }

        return new Result(records, [.. captures.Select((_, index) => reader.Captured(index))]);
    }

    private sealed record Result(IReadOnlyList<(string Text, Failure? Problem)> Records, IReadOnlyList<string?> Captured);
}
