using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>The destination contract, once for each way of sending.</summary>
public abstract class RestDestinationContract : DestinationContract, IAsyncLifetime
{
    private OutsideWorldServer _server = null!;

    protected abstract object Stream { get; }

    protected abstract bool TellsUnchanged { get; }

    public async Task InitializeAsync() => _server = await OutsideWorldServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal override Task<DestinationUnderTest> GivenAsync(TestConsole console) => Task.FromResult(new DestinationUnderTest(
        RestWorld.Connector(console), RestWorld.Connection(new { baseAddress = _server.Address, testPath = "/sink/people", streams = new[] { Stream } }), "people", TellsUnchanged, HeldAsync));

    internal override OpenConnection Dead(DestinationUnderTest destination) => RestWorld.At(destination.Connection, "http://127.0.0.1:1");

    private Task<IReadOnlyList<(int Id, string Name, decimal Amount)>> HeldAsync() =>
        Task.FromResult<IReadOnlyList<(int, string, decimal)>>([.. _server.Sinks["people"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item))
            .Select(item => (item.GetProperty("id").GetInt32(), item.GetProperty("name").GetString()!, item.GetProperty("amount").GetDecimal()))]);
}

public sealed class Writing_record_by_record : RestDestinationContract
{
    protected override bool TellsUnchanged => true;

    protected override object Stream => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, updatePath = "/sink/people/{key}", upsert = "put", upsertPath = "/sink/people/{id}",
        idempotencyHeader = "Idempotency-Key",
    };
}

public sealed class Writing_record_by_record_in_order : RestDestinationContract
{
    protected override bool TellsUnchanged => true;

    protected override object Stream => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, updatePath = "/sink/people/{key}", upsert = "post", upsertPath = "/sink/people?upsert=true",
        idempotencyHeader = "Idempotency-Key", parallelCalls = 1,
    };
}

public sealed class Writing_many_with_a_result_for_each : RestDestinationContract
{
    protected override bool TellsUnchanged => true;

    protected override object Stream => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, sending = "batch", wrapperProperty = "items", createPath = "/sink/people/batch",
        updatePath = "/sink/people/batch?update=true", updateMethod = "POST", upsert = "post", upsertPath = "/sink/people/batch?upsert=true",
        resultsPath = "results", resultStatusPath = "status", resultErrorPath = "error", idempotencyHeader = "Idempotency-Key",
    };
}

public sealed class Writing_many_as_a_whole : RestDestinationContract
{
    protected override bool TellsUnchanged => false;

    protected override object Stream => new
    {
        name = "people", path = "/sink/people", canRead = false, canWrite = true, sending = "batch", batchSize = 2, createPath = "/sink/people/batch?whole=true",
        updatePath = "/sink/people/batch?whole=true&update=true", updateMethod = "POST", upsert = "post", upsertPath = "/sink/people/batch?whole=true&upsert=true", idempotencyHeader = "Idempotency-Key",
    };
}
