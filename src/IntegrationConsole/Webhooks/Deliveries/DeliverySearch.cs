using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>A delivery in which a value stands.</summary>
public sealed record FoundDelivery(WebhookEndpoint Endpoint, Delivery Delivery);

/// <summary>What was looked through for a value.</summary>
/// <param name="Deliveries">How many were looked through, the newest of each endpoint.</param>
/// <param name="IsAll">Whether these are all that are kept.</param>
public sealed record FoundDeliveries(IReadOnlyList<FoundDelivery> Found, int Deliveries, bool IsAll);

/// <summary>
/// Finds the deliveries in which a value stands as a whole. What they hold is sealed and no index knows it, so the newest are
/// opened, as many as are opened in a moment.
/// </summary>
public sealed class DeliverySearch(WebhookStore endpoints, DeliveryStore deliveries)
{
    /// <summary>Of each endpoint.</summary>
    public const int Most = 500;

    /// <summary>Of all endpoints together.</summary>
    private const long MostBytes = 8 * 1024 * 1024;

    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 512 };

    public async Task<FoundDeliveries> FindAsync(TenantId tenant, string value, CancellationToken cancellationToken)
    {
        var found = new List<FoundDelivery>();
        var (looked, isAll, left) = (0, true, MostBytes);
        foreach (var endpoint in await endpoints.ListAsync(tenant, cancellationToken))
        {
            var kept = await deliveries.ListAsync(tenant, endpoint.Id, null, Most + 1, cancellationToken);
            var newest = kept.Take(Most).TakeWhile(delivery => (left -= delivery.Size) >= 0).ToList();
            (looked, isAll) = (looked + newest.Count, isAll && newest.Count == kept.Count);
            if (newest.Count > 0)
            {
                var contents = await deliveries.OpenAsync(tenant, endpoint.Id, newest[^1].Seq, newest[0].Seq, cancellationToken);
                found.AddRange(newest.Where(delivery => delivery.DeliveryId == value || (contents.TryGetValue(delivery.Id, out var content) && Holds(content.Body.Span, value))).Select(delivery => new FoundDelivery(endpoint, delivery)));
            }
        }

        return new FoundDeliveries(found, looked, isAll);
    }

    /// <summary>A text or a number that is the value, and not one that only has it in it. What is no JSON holds nothing.</summary>
    internal static bool Holds(ReadOnlySpan<byte> body, string value)
    {
        var number = Encoding.UTF8.GetBytes(value);
        try
        {
            var reader = new Utf8JsonReader(body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body, Lenient);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String ? reader.ValueTextEquals(value) : reader.TokenType is JsonTokenType.Number && reader.ValueSpan.SequenceEqual(number))
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // A run that reads it says so too, and sets it aside.
        }

        return false;
    }
}
