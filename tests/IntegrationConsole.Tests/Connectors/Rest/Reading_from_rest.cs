using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>The source contract, once for each style of pagination.</summary>
public abstract class RestSourceContract : SourceContract, IAsyncLifetime
{
    private OutsideWorldServer _server = null!;

    /// <summary>How the stream is read. Pages are shorter than batches here, and longer in another style.</summary>
    protected abstract object Stream { get; }

    public async Task InitializeAsync() => _server = await OutsideWorldServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal override Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows)
    {
        _server.Put("people", rows.Select(Json));
        var connection = RestWorld.Connection(new { baseAddress = _server.Address, streams = new[] { Stream } });
        return Task.FromResult(new SourceUnderTest(RestWorld.Connector(console), connection, "people", true, added =>
        {
            _server.Datasets.Add("people", added.Select(Json));
            return Task.CompletedTask;
        }));
    }

    internal override OpenConnection? Dead(SourceUnderTest source) => RestWorld.At(source.Connection, "http://127.0.0.1:1");

    private static string Json(SourceRow row) => JsonSerializer.Serialize(new { id = row.Id, name = row.Name, changed = row.Changed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") });
}

public sealed class Reading_one_answer_that_holds_everything : RestSourceContract
{
    protected override object Stream => new { name = "people", path = "/api/people", incrementalParameter = "since", cursorField = "changed" };
}

public sealed class Reading_by_page_number : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/page/people", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 7,
        totalPath = "meta.total", incrementalParameter = "since", cursorField = "changed",
    };
}

public sealed class Reading_by_page_number_until_the_total : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/page/people?sort=id", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 30,
        stop = "total", totalPath = "meta.total", incrementalParameter = "since", cursorField = "changed", cursorFormat = "iso8601",
    };
}

public sealed class Reading_by_page_number_until_there_is_none : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/page/people?strict=true", records = "data", pagination = "page", sizeParameter = "limit", pageSize = 1,
        stop = "notFound", incrementalParameter = "since", cursorField = "changed",
    };
}

public sealed class Reading_by_offset : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/offset/people", records = "items", pagination = "offset", sizeParameter = "limit", pageSize = 10,
        stop = "short", incrementalParameter = "since", cursorField = "changed",
    };
}

public sealed class Reading_by_cursor : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/cursor/people", records = "data", pagination = "cursor", cursorPath = "paging.next", cursorParameter = "cursor", sizeParameter = "limit", pageSize = 13,
        hasMorePath = "paging.more", totalPath = "paging.total", incrementalParameter = "since", cursorField = "changed",
    };
}

public sealed class Reading_by_the_link_in_the_answer : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/nextlink/people?relative=true", records = "value", pagination = "nextLink", nextLinkPath = "next", sizeParameter = "limit", pageSize = 8,
        incrementalParameter = "since", cursorField = "changed",
    };
}

public sealed class Reading_by_the_link_header : RestSourceContract
{
    protected override object Stream => new
    {
        name = "people", path = "/link/people", pagination = "linkHeader", sizeParameter = "limit", pageSize = 20, totalHeader = "X-Total-Count",
        incrementalParameter = "since", cursorField = "changed",
    };
}
