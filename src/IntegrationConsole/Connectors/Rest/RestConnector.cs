using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Any system that speaks JSON over HTTP.</summary>
public sealed class RestConnector(OutgoingHttp http, OutgoingGuard guard, CallMeter meter, Backoff backoff, CallGate gate) : ISource, IDestination
{
    private readonly RestCalls _calls = new(http, guard, meter, backoff, gate);

    public ConnectorDescriptor Descriptor => RestDescriptor.Descriptor;

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => RestRules.Check(settings);

    public Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        new RestCheck(new RestClient(_calls, connection)).RunAsync(cancellationToken);

    public async Task<ProbeReport?> ProbeAsync(OpenConnection connection, bool mayAsk, CancellationToken cancellationToken) =>
        await new RestProbe(new RestClient(_calls, connection), new Reach(http.Limits, gate.Clock)).RunAsync(connection, mayAsk, cancellationToken);

    public Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StreamInfo>>(
        [
            .. RestSettings.Of(connection).Streams.Select(stream => new StreamInfo(stream.Name, stream.Path, stream.CanRead, stream.CanWrite, stream.IsIncremental, stream.Keys) { CanPartition = stream.IsBelow }),
        ]);

    /// <summary>Nothing is known beforehand: the records tell.</summary>
    public Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StreamField>>([]);

    public IAsyncEnumerable<RecordBatch> ReadAsync(OpenConnection connection, ReadRequest request, CancellationToken cancellationToken)
    {
        var client = new RestClient(_calls, connection);
        var stream = client.Settings.Stream(request.Stream);
        return stream.IsBelow ? new BelowReading(client, stream, request).ReadAsync(cancellationToken) : new RestReading(client, request).ReadAsync(cancellationToken);
    }

    /// <summary>Streams that stand below another are cut by their parents.</summary>
    public async Task<IReadOnlyList<KeyRange>> CutAsync(OpenConnection connection, string stream, int parts, CancellationToken cancellationToken)
    {
        var client = new RestClient(_calls, connection);
        return client.Settings.Stream(stream) is { IsBelow: true } below ? await ParentCuts.OfAsync(client, below, parts, cancellationToken) : [];
    }

    public Task<IDestinationWriter> OpenAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken)
    {
        var client = new RestClient(_calls, connection);
        var stream = client.Settings.Stream(request.Stream);
        stream = request.MostCalls > 0 && request.MostCalls < stream.ParallelCalls ? stream with { ParallelCalls = request.MostCalls } : stream;
        return Task.FromResult<IDestinationWriter>(new RestWriter(client, RestWritePlan.For(stream, request)));
    }
}
