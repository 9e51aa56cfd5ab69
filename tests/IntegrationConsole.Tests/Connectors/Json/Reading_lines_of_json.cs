using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Tests.Connectors.Json;

public sealed class Reading_lines_of_json
{
    private const int Limit = 4 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1_000_000)]
    public async Task Each_line_is_a_record_and_blank_ones_are_none(int atATime)
    {
        var lines = await ReadAsync("\uFEFF{\"a\":1}\r\n\n   \t\n  {\"b\":\"🚀\"}  \n{\"c\":3}", atATime);

        Assert.Equal(["{\"a\":1}", "{\"b\":\"🚀\"}", "{\"c\":3}"], lines.Select(line => line.Text));
        Assert.Equal([1L, 4L, 5L], lines.Select(line => line.Number));
        Assert.All(lines, line => Assert.Null(line.Problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\n\n\r\n  ")]
    public async Task A_file_without_lines_has_no_records(string text) => Assert.Empty(await ReadAsync(text, 1));

    [Theory]
    [InlineData("{\"a\":", "not valid JSON")]
    [InlineData("{\"a\":1} {\"b\":2}", "not valid JSON")]
    [InlineData("<html>", "not valid JSON")]
    [InlineData("[1]", "not an object but a list")]
    [InlineData("null", "not an object but null")]
    [InlineData("{\"a\":\"\\ud83d\"}", "half a character")]
    public async Task A_bad_line_is_one_malformed_record_and_the_next_is_read(string bad, string says)
    {
        var lines = await ReadAsync($"{{\"a\":1}}\n{bad}\n{{\"c\":3}}\n", 3);

        Assert.Equal([null, FailureCause.Malformed, null], lines.Select(line => line.Problem?.Cause));
        Assert.Contains(says, lines[1].Problem!.Sentence);
        Assert.Equal(bad, lines[1].Text);
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(200 * 1024)]
    [InlineData(20 * 1024 * 1024)]
    public async Task A_line_beyond_the_limit_is_one_record_that_is_too_large_and_the_next_is_read(int length)
    {
        var bad = "{\"a\":\"" + new string('x', length - 8) + "\"}";

        foreach (var end in (string[])["\n{\"c\":3}", "\n", ""])
        {
            var lines = await ReadAsync($"{{\"a\":1}}\n{bad}{end}", 64 * 1024);

            Assert.Equal(FailureCause.TooLarge, lines[1].Problem?.Cause);
            Assert.Contains("Line 2 is longer than 4 KB", lines[1].Problem!.Sentence);
            Assert.False(lines[1].Problem!.IsSystemic);
            Assert.Equal(bad[..NdjsonRecordReader.ExcerptBytes], lines[1].Text);
            Assert.Equal(end.Length > 1 ? 3 : 2, lines.Count);
        }
    }

    [Fact]
    public async Task A_line_of_exactly_the_limit_is_read()
    {
        var fits = "{\"a\":\"" + new string('x', Limit - 8) + "\"}";

        var lines = await ReadAsync($"{fits}\n{fits}", 100);

        Assert.Equal([fits, fits], lines.Select(line => line.Text));
        Assert.All(lines, line => Assert.Null(line.Problem));
    }

    private static async Task<IReadOnlyList<(string Text, Failure? Problem, long Number)>> ReadAsync(string text, int atATime)
    {
        await using var stream = new DribblingStream(Encoding.UTF8.GetBytes(text), atATime);
        using var reader = new NdjsonRecordReader(stream, Limit);
        var lines = new List<(string, Failure?, long)>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            lines.Add((Encoding.UTF8.GetString(reader.Record.Span), reader.Problem, reader.Line));
        }

        return lines;
    }
}
