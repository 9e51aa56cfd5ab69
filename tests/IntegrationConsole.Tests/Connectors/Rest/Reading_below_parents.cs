using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>The source contract, with the records spread over parents: two, none, three, none, two, and so on.</summary>
public sealed class Reading_below_parents : SourceContract, IAsyncLifetime
{
    private OutsideWorldServer _server = null!;

    public async Task InitializeAsync() => _server = await OutsideWorldServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal override Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows)
    {
        var parents = 0;
        for (var taken = 0; taken < rows.Count; parents++)
        {
            var some = parents % 2 == 1 ? 0 : 2 + (parents / 2 % 2);
            _server.Put($"teams/t{parents}/people", rows.Skip(taken).Take(some).Select(Json));
            taken += some;
        }

        _server.Put("teams", Enumerable.Range(0, parents).Select(number => $$"""{"id":"t{{number}}"}"""));
        var connection = RestWorld.Connection(new
        {
            baseAddress = _server.Address,
            streams = new object[]
            {
                new { name = "people", path = "/below/teams/{parent}/people", parent = "teams", parentField = "team", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 2, keyFields = "id" },
                new { name = "teams", path = "/page/teams", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 5, keyFields = "id" },
            },
        });
        return Task.FromResult(new SourceUnderTest(RestWorld.Connector(console), connection, "people", false, _ => Task.CompletedTask));
    }

    internal override OpenConnection? Dead(SourceUnderTest source) => RestWorld.At(source.Connection, "http://127.0.0.1:1");

    private static string Json(SourceRow row) => JsonSerializer.Serialize(new { id = row.Id, name = row.Name, changed = row.Changed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") });
}
