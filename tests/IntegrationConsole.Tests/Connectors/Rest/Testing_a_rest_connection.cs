using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

public sealed class Testing_a_rest_connection : RestWorld
{
    private static readonly object People = new { name = "people", path = "/page/people?sort=id", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 500 };

    [Fact]
    public async Task It_reads_one_record_and_says_what_came_back()
    {
        Server.Put("people", ["{\"id\":1}", "{\"id\":2}"]);

        var report = await CheckAsync(Connect(People));

        Assert.True(report.Passed, report.Summary);
        Assert.Equal(["Find 127.0.0.1", "GET /page/people?sort=id&limit=1&page=1", "Read data of people"], report.Steps.Select(step => step.Tried));
        Assert.Equal("Answered with 200, application/json, 47 bytes.", report.Steps[1].Answer);
        Assert.All(report.Steps, step => Assert.Empty(step.Suggestion));
    }

    [Theory]
    [InlineData("/page/nothing", "data", 1, "(404)", "Check the path and the base address, then test again.")]
    [InlineData("/page/people", "data.items", 2, "has no list at data.items. At its top the answer has: ", "Correct the record selector.")]
    [InlineData("/page/people", "", 2, "At its top the answer has: ", "Correct the record selector.")]
    public async Task It_stops_at_what_is_wrong_and_says_what_to_do(string path, string records, int step, string says, string advice)
    {
        Server.Put("people", ["{\"id\":1}"]);

        var report = await CheckAsync(Connect(new { name = "people", path, records }));

        Assert.Equal((false, step), (report.Passed, report.Steps.Count - 1));
        Assert.Contains(says, report.Steps[^1].Answer);
        Assert.Equal(advice, report.Steps[^1].Suggestion);
    }

    [Fact]
    public async Task A_page_for_people_does_not_pass()
    {
        Server.Faults.Add(new Fault("/", FaultKind.Html));

        Assert.Contains("HTML page", (await CheckAsync(Connect(People))).Summary);
    }

    [Fact]
    public async Task A_refused_credential_is_said_and_tried_once()
    {
        Server.Put("people", ["{\"id\":1}"]);

        var report = await CheckAsync(Connect(People, $"{Server.Address}/secure/bearer"));

        Assert.Contains("does not accept the credential (401)", report.Summary);
        Assert.Single(Server.Traffic.Last);
    }

    [Fact]
    public async Task The_test_path_is_asked_for_where_there_is_one()
    {
        Server.Put("people", []);

        var report = await CheckAsync(Connection(new { baseAddress = Server.Address, testPath = "/api/people", streams = new[] { People } }));

        Assert.Equal((true, "GET /api/people"), (report.Passed, report.Steps[^1].Tried));
    }

    [Fact]
    public async Task An_address_inside_the_network_fails_at_the_first_step()
    {
        await using var console = await TestConsole.StartAsync(settings: []);

        var report = await Connector(console).CheckAsync(Connect(People), CancellationToken.None);

        Assert.Single(report.Steps);
        Assert.Contains("Outgoing__AllowedNetworks", report.Summary);
        Assert.Empty(Server.Traffic.Last);
    }

    private static async Task<CheckReport> CheckAsync(OpenConnection connection)
    {
        await using var console = await TestConsole.StartAsync();
        return await Connector(console).CheckAsync(connection, CancellationToken.None);
    }
}
