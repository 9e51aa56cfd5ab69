using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// Takes deliveries: verifies the bytes as they came, tells what came before, keeps it, and only then says that it has it.
/// A sender that hears anything else still has the delivery.
/// </summary>
internal sealed class Letterbox(OpenEndpoints endpoints, LetterboxPace pace, BodyReader bodies, DeliveryKeeper keeper, RefusalCounts refusals, TimeProvider clock)
{
    public async Task<LetterboxAnswer> TakeAsync(Arrival arrival, CancellationToken cancellationToken)
    {
        if (!pace.TakesFrom(arrival.Address, endpoints.Knows(arrival.PublicId)))
        {
            return LetterboxAnswer.TooMany;
        }

        try
        {
            return await endpoints.FindAsync(arrival.PublicId, cancellationToken) is { } endpoint ? await TakeAsync(endpoint, arrival, cancellationToken) : LetterboxAnswer.Unknown;
        }
        catch (Exception problem) when (problem.IsDatabaseOutage || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return LetterboxAnswer.Later;
        }
    }

    private async Task<LetterboxAnswer> TakeAsync(OpenEndpoint endpoint, Arrival arrival, CancellationToken cancellationToken)
    {
        if (!endpoint.IsEnabled)
        {
            return Refuse(endpoint, Refusal.Off);
        }

        var read = await bodies.ReadAsync(arrival.Body, arrival.DeclaredBytes, endpoint.Settings.MostBytes, cancellationToken);
        if (read.Body is not { } body)
        {
            return read.Refusal is { } unreadable ? Refuse(endpoint, unreadable) : LetterboxAnswer.Later;
        }

        // Held until the delivery is committed: it counts as memory in use as long as anything of it waits.
        using (body)
        {
            var now = clock.GetUtcNow();
            if (Verifier.Check(endpoint.Settings, endpoint.Keys, arrival.Headers, body.Bytes, now) is { } refusal)
            {
                return Refuse(endpoint, refusal);
            }

            if (!pace.TakesFor(endpoint.Id))
            {
                return Refuse(endpoint, Refusal.TooMany);
            }

            if (await keeper.KeepAsync(endpoint, Delivery(endpoint, arrival, body.Bytes, now)) is not { } isNew)
            {
                return LetterboxAnswer.Unknown;
            }

            WebhookMeter.Kept(endpoint.Tenant, isNew);
            return isNew ? LetterboxAnswer.Kept : LetterboxAnswer.Duplicate;
        }
    }

    private static IncomingDelivery Delivery(OpenEndpoint endpoint, Arrival arrival, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        var content = new DeliveryContent(KeptHeaders.Of(endpoint.Settings, arrival.Headers), body);
        var type = arrival.Headers["content-type"];
        return new IncomingDelivery(
            id, DeliveryIds.Of(endpoint.Settings, arrival.Headers, body.Span), now, body.Length, type.Length <= 100 && !type.Any(char.IsControl) ? type : "", arrival.IsTrial,
            content.Seal(endpoint.Seal, id));
    }

    private LetterboxAnswer Refuse(OpenEndpoint endpoint, Refusal refusal)
    {
        refusals.Add(endpoint, refusal);
        WebhookMeter.Refused(endpoint.Tenant, refusal);
        return refusal switch
        {
            Refusal.Unsigned or Refusal.WrongSignature or Refusal.NoSecret => LetterboxAnswer.Unverified,
            Refusal.Stale => LetterboxAnswer.Stale,
            Refusal.TooLarge => LetterboxAnswer.TooLarge,
            Refusal.TooSlow => LetterboxAnswer.TooSlow,
            Refusal.TooMany => LetterboxAnswer.TooMany,
            Refusal.Off => LetterboxAnswer.Unknown,
        };
    }
}

/// <summary>Something that somebody sent, not yet looked at.</summary>
/// <param name="PublicId">For which endpoint.</param>
/// <param name="Address">Who sends.</param>
/// <param name="DeclaredBytes">What the sender says that the body has; null where it does not say.</param>
/// <param name="IsTrial">The console itself sends it, to try the endpoint.</param>
internal sealed record Arrival(string PublicId, string Address, ReceivedHeaders Headers, Stream Body, long? DeclaredBytes, bool IsTrial);
