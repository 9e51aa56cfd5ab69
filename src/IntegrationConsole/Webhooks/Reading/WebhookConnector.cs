using System.Diagnostics;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Webhooks.Deliveries;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Webhooks.Reading;

/// <summary>What was sent to the tenant's webhook endpoints as a source like any other: each endpoint is a stream.</summary>
public sealed class WebhookConnector(WebhookStore endpoints, DeliveryStore deliveries, IOptions<OutgoingOptions> limits, TimeProvider clock) : ISource
{
    public const string Kind = "webhook";

    public ConnectorDescriptor Descriptor { get; } = new(
        Kind, "Webhooks", "Reads what other systems sent to the webhook endpoints of this tenant.",
        CanRead: true, CanWrite: false, Accepts: [], NeedsCredential: false, Settings: [])
    { TellsOfArrivals = true };

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => [];

    public async Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var count = (await endpoints.ListAsync(connection.Tenant, cancellationToken)).Count;
        return new CheckReport([new CheckStep(
            "Look for webhook endpoints", true, count switch { 0 => "There is none yet.", 1 => "There is 1 webhook endpoint.", _ => $"There are {count} webhook endpoints." },
            Stopwatch.GetElapsedTime(started).TotalMilliseconds)]);
    }

    public async Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken) =>
    [
        .. (await endpoints.ListAsync(connection.Tenant, cancellationToken))
            .Select(endpoint => new StreamInfo(endpoint.Slug, endpoint.Name, CanRead: true, CanWrite: false, SupportsIncremental: true, [])),
    ];

    /// <summary>What stands in a body only deliveries can tell.</summary>
    public Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StreamField>>([]);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        OpenConnection connection, ReadRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var endpoint = await endpoints.FindBySlugAsync(connection.Tenant, request.Stream, cancellationToken)
            ?? throw new FailureException(new Failure(FailureCause.Configuration, $"There is no webhook endpoint {request.Stream}: choose another stream, or make it."));
        var reading = new DeliveryReading(deliveries, endpoint, request, limits.Value.MostRecordBytes, clock);
        await foreach (var batch in reading.ReadAsync(cancellationToken))
        {
            yield return batch;
        }
    }
}
