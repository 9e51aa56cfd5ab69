using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Deliveries;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Arrivals;

/// <summary>
/// Removes deliveries that everybody who reads their endpoint has read long enough ago. Each hour it is noted how far
/// everybody is; what such a note has covered for as long as deliveries are kept goes. What somebody has still to read,
/// or nobody reads, stays.
/// </summary>
public sealed class DeliveryRetention(
    ArrivalReaders readers, DeliveryStore deliveries, WebhookFigures figures, IOptions<LetterboxOptions> options, TimeProvider clock)
{
    /// <returns>How many deliveries were removed.</returns>
    internal async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var read in await readers.ListReadAsync(cancellationToken))
        {
            await deliveries.MarkReadAsync(read.TenantId, read.EndpointId, read.ReadTo, cancellationToken);
            removed += await deliveries.RemoveReadAsync(read.TenantId, read.EndpointId, read.ReadTo, clock.GetUtcNow() - options.Value.KeepFor, cancellationToken);
        }

        await figures.SumUpAsync(cancellationToken);
        return removed;
    }
}
