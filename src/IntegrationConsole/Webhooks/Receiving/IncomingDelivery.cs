namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>A proved delivery on its way into the database.</summary>
/// <param name="DeliveryId">What the sender calls it.</param>
/// <param name="IsTrial">Sent from the endpoint's page, to try it.</param>
/// <param name="Sealed">Headers and body.</param>
internal sealed record IncomingDelivery(Guid Id, string DeliveryId, DateTimeOffset ReceivedAt, int Size, string ContentType, bool IsTrial, byte[] Sealed);
