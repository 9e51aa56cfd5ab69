using System.Text.Json;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Tests.Connectors;

public sealed class Checking_settings
{
    private static readonly SettingField[] Fields =
    [
        new("url", "Address", SettingKind.Url) { Required = true },
        new("mode", "Mode", SettingKind.Choice) { Choices = [("none", "None"), ("page", "Page")] },
        new("size", "Page size", SettingKind.Number) { Required = true, Min = 1, Max = 1_000, ShownWhen = ("mode", ["page"]) },
        new("strict", "Strict", SettingKind.Switch),
        new("note", "Note", SettingKind.LongText) { ShownWhen = ("strict", ["true"]) },
        new("name", "Name", SettingKind.Text),
        new("headers", "Headers", SettingKind.Pairs),
        new("streams", "Streams", SettingKind.List)
        {
            ItemName = "stream",
            Fields = [new("path", "Path", SettingKind.Text) { Required = true }, new("inner", "Inner", SettingKind.List) { ItemName = "step", Fields = [new("n", "N", SettingKind.Number)] }],
        },
    ];

    [Theory]
    [InlineData("""{"url":"https://a.example"}""", "")]
    [InlineData("""{"url":"https://a.example","mode":"none","size":null}""", "")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":10}""", "")]
    [InlineData("""{"url":"https://a.example","mode":"page"}""", "size: Page size is needed.")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":0}""", "size: Page size must be a whole number from 1 to 1000.")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":1001}""", "size: Page size must be a whole number from 1 to 1000.")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":1.5}""", "size: Page size must be a whole number from 1 to 1000.")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":1e999}""", "size: Page size must be a whole number from 1 to 1000.")]
    [InlineData("""{"url":"https://a.example","mode":"page","size":"10"}""", "size: Page size must be a whole number from 1 to 1000.")]
    [InlineData("""{"url":"https://a.example","mode":"other"}""", "mode: Mode must be one of none, page.")]
    [InlineData("""{"url":"https://a.example","mode":["page"]}""", "mode: Mode must be one of none, page.")]
    [InlineData("""{}""", "url: Address is needed.")]
    [InlineData("""{"url":"  "}""", "url: Address is needed.")]
    [InlineData("""{"url":"a.example"}""", "url: Address must be an address such as https://api.example.com, without a user or password in it.")]
    [InlineData("""{"url":"ftp://a.example"}""", "url: Address must be an address such as https://api.example.com, without a user or password in it.")]
    [InlineData("""{"url":"https://user:pass@a.example"}""", "url: Address must be an address such as https://api.example.com, without a user or password in it.")]
    [InlineData("""{"url":5}""", "url: Address must be an address such as https://api.example.com, without a user or password in it.")]
    [InlineData("""{"url":"https://a.example","strict":"true"}""", "strict: Strict must be true or false.")]
    [InlineData("""{"url":"https://a.example","strict":true,"note":"two\nlines"}""", "")]
    [InlineData("""{"url":"https://a.example","name":"two\nlines"}""", "name: Name must be one line.")]
    [InlineData("""{"url":"https://a.example","name":{}}""", "name: Name must be text.")]
    [InlineData("""{"url":"https://a.example","headers":{"a":"b"}}""", "")]
    [InlineData("""{"url":"https://a.example","headers":{"a":1}}""", "headers: Headers must be names with text values.")]
    [InlineData("""{"url":"https://a.example","headers":[]}""", "headers: Headers must be names with text values.")]
    [InlineData("""{"url":"https://a.example","streams":{}}""", "streams: Streams must be a list.")]
    [InlineData("""{"url":"https://a.example","streams":[{"path":"a"},{}]}""", "streams[1].path: Path is needed.")]
    [InlineData("""{"url":"https://a.example","streams":[{"path":"a","inner":[{"n":1},{"n":"x"}]}]}""", "streams[0].inner[1].n: N must be a whole number from 0 to 2147483647.")]
    [InlineData("""{"url":"https://a.example","streams":["a",null]}""", "streams[0]: Each stream must be an object. streams[1]: Each stream must be an object.")]
    [InlineData("""{"url":"https://a.example","streams":[{"path":"a","extra":1}]}""", "streams[0].extra: There is no such setting.")]
    [InlineData("""{"url":"https://a.example","URL":"https://b.example"}""", "URL: There is no such setting.")]
    [InlineData("[]", ": The settings must be an object.")]
    [InlineData("null", ": The settings must be an object.")]
    [InlineData("\"text\"", ": The settings must be an object.")]
    public void Each_field_says_what_is_wrong_with_it(string settings, string expected) => Assert.Equal(expected, Problems(settings));

    [Theory]
    [InlineData("""{"url":"https://a.example","name":"\ud800"}""", "name: Name must be text.")]
    [InlineData("""{"url":"https://a.example","name":"a\u0000b"}""", "name: Name must be text.")]
    [InlineData("""{"url":"https://a.example","strict":true,"note":"\u0000"}""", "note: Note must be text.")]
    [InlineData("""{"url":"\udc00"}""", "url: Address must be an address such as https://api.example.com, without a user or password in it.")]
    [InlineData("""{"url":"https://a.example","mode":"\ud800"}""", "mode: Mode must be one of none, page.")]
    [InlineData("""{"url":"https://a.example","headers":{"\ud800":"a"}}""", "headers: Headers must be names with text values.")]
    [InlineData("""{"url":"https://a.example","headers":{"a":"\u0000"}}""", "headers: Headers must be names with text values.")]
    [InlineData("""{"\ud800":1,"url":"https://a.example"}""", ": There is no such setting.")]
    [InlineData("""{"url":"https://a.example","streams":[{"\ud800":1,"path":"a"}]}""", "streams[0].: There is no such setting.")]
    public void What_the_database_cannot_keep_is_refused_and_does_not_throw(string settings, string expected) => Assert.Equal(expected, Problems(settings));

    [Theory]
    [InlineData("""{"url":"https://a.example","mode":"none","size":5000}""", "")]
    [InlineData("""{"url":"https://a.example","mode":"none","size":"many"}""", "size: Page size does not count here: remove it.")]
    [InlineData("""{"url":"https://a.example","note":[]}""", "note: Note does not count here: remove it.")]
    public void A_field_that_is_not_shown_does_not_count_but_must_not_break_what_reads_it(string settings, string expected) => Assert.Equal(expected, Problems(settings));

    [Theory]
    [InlineData("""{"mode":"page"}""", true)]
    [InlineData("""{"mode":"none"}""", false)]
    [InlineData("""{"mode":null}""", false)]
    [InlineData("{}", false)]
    public void A_field_is_shown_by_the_value_beside_it(string settings, bool shown) =>
        Assert.Equal(shown, SettingRules.IsShown(Fields[2], Fields, JsonSerializer.Deserialize<JsonElement>(settings)));

    [Fact]
    public void A_switch_beside_it_counts_too() => Assert.True(SettingRules.IsShown(Fields[4], Fields, JsonSerializer.Deserialize<JsonElement>("""{"strict":true}""")));

    [Theory]
    [InlineData("""{"read":true,"pages":"numbered"}""", "size: Size is needed.")]
    [InlineData("""{"pages":"numbered"}""", "size: Size is needed.")]
    [InlineData("""{"read":false,"pages":"numbered"}""", "")]
    [InlineData("""{"read":true}""", "")]
    public void A_field_that_hangs_on_one_that_is_not_shown_is_not_shown_either(string settings, string expected)
    {
        SettingField[] fields =
        [
            new("read", "Read", SettingKind.Switch) { Default = "true" },
            new("pages", "Pages", SettingKind.Choice) { Default = "none", Choices = [("none", "None"), ("numbered", "Numbered")], ShownWhen = ("read", ["true"]) },
            new("size", "Size", SettingKind.Number) { Required = true, ShownWhen = ("pages", ["numbered"]) },
        ];

        Assert.Equal(expected, Problems(settings, fields));
    }

    [Fact]
    public void A_list_that_is_needed_has_at_least_one_item()
    {
        SettingField[] fields = [new("streams", "Streams", SettingKind.List) { ItemName = "stream", Required = true }];

        Assert.Equal("streams: Streams is needed.", Problems("{}", fields));
        Assert.Equal("streams: Add at least one stream.", Problems("""{"streams":[]}""", fields));
    }

    [Fact]
    public void Texts_have_a_limit()
    {
        Assert.Equal("name: Name is too long.", Problems($$"""{"url":"https://a.example","name":"{{new string('x', 2_001)}}"}"""));
        Assert.Equal("note: Note is too long.", Problems($$"""{"url":"https://a.example","strict":true,"note":"{{new string('x', 100_001)}}"}"""));
    }

    [Fact]
    public void The_connectors_own_rules_come_when_the_fields_are_right()
    {
        Assert.Equal("url: Not this one.", Problems("""{"url":"https://forbidden.example"}"""));
        Assert.Equal("name: Name must be text.", Problems("""{"url":"https://forbidden.example","name":1}"""));
    }

    private static string Problems(string settings, SettingField[]? fields = null) => string.Join(
        ' ', SettingRules.Check(new Described(fields ?? Fields), JsonSerializer.Deserialize<JsonElement>(settings)).Select(problem => $"{problem.Path}: {problem.Sentence}"));

    private sealed class Described(SettingField[] fields) : IConnector
    {
        public ConnectorDescriptor Descriptor { get; } = new("described", "Described", "", false, false, [], false, fields);

        public IReadOnlyList<SettingProblem> Validate(JsonElement settings) =>
            settings.TryGetProperty("url", out var url) && url.GetString()!.Contains("forbidden") ? [new SettingProblem("url", "Not this one.")] : [];

        public Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
