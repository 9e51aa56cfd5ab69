namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>The facts of a delivery that was kept, without what it holds.</summary>
/// <param name="Seq">Counts an endpoint's deliveries, in the order in which they became visible.</param>
/// <param name="GroupSeq">The same for all that became visible together.</param>
/// <param name="DeliveryId">What the sender calls it.</param>
/// <param name="Trial">The console sent it itself: nobody reads it.</param>
public sealed record Delivery(long Seq, long GroupSeq, Guid Id, string DeliveryId, DateTimeOffset ReceivedAt, int Size, string ContentType, bool Trial);
