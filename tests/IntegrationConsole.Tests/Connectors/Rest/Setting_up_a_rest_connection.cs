using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Rest;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Setting_up_a_rest_connection
{
    private static readonly RestConnector Connector = new(null!, null!, null!, null!, null!);

    [Fact]
    public void What_the_empty_form_starts_with_and_a_few_answers_are_enough()
    {
        var settings = Defaults(Connector.Descriptor.Settings);
        settings["baseAddress"] = "https://api.example.com/v1";
        var stream = Defaults(Connector.Descriptor.Settings.Single(field => field.Name == "streams").Fields);
        stream["name"] = "customers";
        stream["path"] = "/customers?expand=address";
        settings["streams"] = new JsonArray(stream);

        Assert.Empty(Check(settings));

        var read = RestSettings.Parse(JsonSerializer.SerializeToElement(settings));
        Assert.Equal((30, "customers", RestPagination.None, "limit", 100), (read.TimeoutSeconds, read.Streams[0].Name, read.Streams[0].Pagination, read.Streams[0].SizeParameter, read.Streams[0].PageSize));
        Assert.Equal(new RestStream { Name = "customers", Path = "/customers?expand=address", SizeParameter = "limit" }, read.Streams[0]);
    }

    [Fact]
    public void What_a_form_emptied_counts_as_not_set()
    {
        var settings = RestSettings.Parse(JsonSerializer.Deserialize<JsonElement>("""
            {"baseAddress":"https://api.example.com","timeoutSeconds":"","headers":null,"streams":[{"name":"a","path":"/a","pageParameter":"","pageSize":null,"pagination":""}]}
            """));

        Assert.Equal((30, 0, "page", 100), (settings.TimeoutSeconds, settings.Headers.Count, settings.Streams[0].PageParameter, settings.Streams[0].PageSize));
    }

    [Fact]
    public void Every_setting_has_a_field_in_the_form_and_every_field_a_setting()
    {
        Assert.Equal(Settable(typeof(RestSettings)), Connector.Descriptor.Settings.Select(field => field.Name).Order());
        Assert.Equal(Settable(typeof(RestStream)), Connector.Descriptor.Settings.Single(field => field.Name == "streams").Fields.Select(field => field.Name).Order());
    }

    [Theory]
    [InlineData("Authorization", "Bearer x", "belongs in the credential")]
    [InlineData("cookie", "a=b", "belongs in the credential")]
    [InlineData("Proxy-Authorization", "x", "belongs in the credential")]
    [InlineData("Host", "evil.example", "set by the console itself")]
    [InlineData("content-length", "0", "set by the console itself")]
    [InlineData("Transfer-Encoding", "chunked", "set by the console itself")]
    [InlineData("Connection", "close", "set by the console itself")]
    [InlineData("X Header", "a", "not the name of a header")]
    [InlineData("X-Header:", "a", "not the name of a header")]
    [InlineData("X-Header\r\nHost", "a", "not the name of a header")]
    [InlineData("", "a", "not the name of a header")]
    [InlineData("X-Header", "a\r\nHost: evil.example", "printable ASCII")]
    [InlineData("X-Header", "Zoë", "printable ASCII")]
    public void Headers_that_would_say_something_else_are_refused(string name, string value, string says)
    {
        var problem = Assert.Single(Check(Settings(new { name = "a", path = "/a" }, new Dictionary<string, string> { [name] = value })));

        Assert.Equal("headers", problem.Path);
        Assert.Contains(says, problem.Sentence);
    }

    [Theory]
    [InlineData("""{"path":"https://evil.example/a"}""", "path")]
    [InlineData("""{"path":"//evil.example/a"}""", "path")]
    [InlineData("""{"path":"/a b"}""", "path")]
    [InlineData("""{"path":"/a#b"}""", "path")]
    [InlineData("""{"path":"/a\\b"}""", "path")]
    [InlineData("""{"canRead":false}""", "canRead")]
    [InlineData("""{"records":"data..items"}""", "records")]
    [InlineData("""{"pagination":"cursor","cursorParameter":"after"}""", "cursorPath")]
    [InlineData("""{"pagination":"cursor","cursorPath":"next"}""", "cursorParameter")]
    [InlineData("""{"pagination":"nextLink"}""", "nextLinkPath")]
    [InlineData("""{"pagination":"page","stop":"total"}""", "totalPath")]
    [InlineData("""{"incrementalParameter":"since"}""", "cursorField")]
    [InlineData("""{"cursorField":"changed"}""", "incrementalParameter")]
    [InlineData("""{"pagination":"page","pageSize":10.5}""", "pageSize")]
    [InlineData("""{"canWrite":true,"updatePath":"/a"}""", "updatePath")]
    [InlineData("""{"canWrite":true,"updatePath":"/a/{key"}""", "updatePath")]
    [InlineData("""{"canWrite":true,"upsert":"put","upsertPath":"/a"}""", "upsertPath")]
    [InlineData("""{"canWrite":true,"sending":"batch","updatePath":"/a/{key}"}""", "updatePath")]
    [InlineData("""{"canWrite":true,"sending":"batch","resultsPath":"results"}""", "resultStatusPath")]
    [InlineData("""{"canWrite":true,"idempotencyHeader":"Authorization"}""", "idempotencyHeader")]
    [InlineData("""{"canWrite":true,"lookupPath":"/orders"}""", "lookupPath")]
    [InlineData("""{"canWrite":true,"lookupPath":"https://other.example/{key}"}""", "lookupPath")]
    [InlineData("""{"canWrite":true,"lookupPath":"/orders/{key"}""", "lookupPath")]
    [InlineData("""{"canWrite":true,"lookupPath":"/orders/{key}","lookupRecord":"a..b"}""", "lookupRecord")]
    [InlineData("""{"canWrite":true,"answerIdPath":"[0]"}""", "answerIdPath")]
    public void A_stream_that_cannot_work_is_refused_at_the_setting_that_is_wrong(string change, string path)
    {
        var stream = JsonNode.Parse("""{"name":"a","path":"/a"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            stream[name] = value!.DeepClone();
        }

        Assert.Equal($"streams[0].{path}", Assert.Single(Check(Settings(stream))).Path);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("{'parentId':'account.id','parentField':'customerId'}", "")]
    [InlineData("{'canWrite':true,'createPath':'/orders'}", "")]
    [InlineData("{'parent':'nobody'}", "parent: There is no stream named nobody in this connection: write the name of another one here, or nothing.")]
    [InlineData("{'parent':'orders'}", "parent: A stream cannot stand below itself.")]
    [InlineData("{'parent':'outbox'}", "parent: outbox is not set up for reading.")]
    [InlineData("{'parent':'lines'}", "parent: lines stands below another stream itself: only one level is read.")]
    [InlineData("{'parent':null}", "parent: Say below which stream it stands: {parent} in its path is the id of one of that stream's records.")]
    [InlineData("{'path':'/orders'}", "path: Say where the parent's id goes, such as /customers/{parent}/orders.")]
    [InlineData("{'path':'/customers/{parent}/{id}'}", "path: Only {parent} is filled in when the stream is read.")]
    [InlineData("{'path':'/customers/{parent/orders'}", "path: The braces around a name do not match.")]
    [InlineData("{'parent':'people'}", "parentId: Say which field of people is its id: it has no single key field.")]
    [InlineData("{'parentId':'a..b'}", "parentId: This is not a path such as id or account.id; odd names go in backticks.")]
    [InlineData("{'incrementalParameter':'since','cursorField':'changed'}", "incrementalParameter: A stream below another is read in full: while its parents are read one after the other, records change below those that were read already, and a cursor would pass them by.")]
    [InlineData("{'canWrite':true}", "createPath: Say where records are made: {parent} in the stream's own path is for reading.")]
    public void A_stream_stands_below_one_that_can_be_read_in_full(string change, string says)
    {
        var settings = Settings(new { name = "orders", path = "/customers/{parent}/orders", parent = "customers" });
        foreach (var stream in (string[])[
            "{'name':'customers','path':'/customers','keyFields':'id'}", "{'name':'people','path':'/people','keyFields':'id,tenant'}",
            "{'name':'outbox','path':'/outbox','keyFields':'id','canRead':false,'canWrite':true}", "{'name':'lines','path':'/customers/{parent}/lines','parent':'customers','keyFields':'id'}"])
        {
            settings["streams"]!.AsArray().Add(JsonNode.Parse(stream.Replace('\'', '"')));
        }

        foreach (var (name, value) in JsonNode.Parse(change.Replace('\'', '"'))!.AsObject())
        {
            settings["streams"]![0]![name] = value?.DeepClone();
        }

        Assert.Equal(says, string.Join('\n', Check(settings).Select(problem => $"{problem.Path["streams[0].".Length..]}: {problem.Sentence}")));
    }

    [Theory]
    [InlineData("https://api.example.com/v1?key=1")]
    [InlineData("https://api.example.com/#a")]
    [InlineData("https://user:password@api.example.com/")]
    [InlineData("ftp://api.example.com/")]
    [InlineData("api.example.com")]
    public void A_base_address_is_an_address_and_nothing_more(string address)
    {
        var settings = Settings(new { name = "a", path = "/a" });
        settings["baseAddress"] = address;

        Assert.Equal("baseAddress", Assert.Single(Check(settings)).Path);
    }

    [Fact]
    public void Two_streams_cannot_have_the_same_name()
    {
        var settings = Settings(new { name = "a", path = "/a" });
        settings["streams"]!.AsArray().Add(new JsonObject { ["name"] = "a", ["path"] = "/b" });

        Assert.Equal("streams[1].name", Assert.Single(Check(settings)).Path);
    }

    private static JsonObject Settings(object stream, object? headers = null) => JsonSerializer.SerializeToNode(
        new { baseAddress = "https://api.example.com", headers = headers ?? new { }, streams = new[] { stream } })!.AsObject();

    private static IReadOnlyList<SettingProblem> Check(JsonObject settings) => SettingRules.Check(Connector, JsonSerializer.SerializeToElement(settings));

    private static IEnumerable<string> Settable(Type type) =>
        type.GetProperties().Where(property => property.CanWrite).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order();

    private static JsonObject Defaults(IReadOnlyList<SettingField> fields)
    {
        var group = new JsonObject();
        foreach (var field in fields.Where(field => field.Default.Length > 0))
        {
            group[field.Name] = field.Kind is SettingKind.Number or SettingKind.Switch ? JsonNode.Parse(field.Default) : JsonValue.Create(field.Default);
        }

        return group;
    }
}
