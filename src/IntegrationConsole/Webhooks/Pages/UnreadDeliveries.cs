using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Webhooks.Pages;

/// <summary>How many deliveries somebody has still to read.</summary>
internal static class UnreadDeliveries
{
    public const int Most = DeliveryStore.MostCounted;

    /// <summary>The last delivery that everybody has read; 0 where somebody has not begun.</summary>
    public static long ReadTo(IReadOnlyCollection<ArrivalReader> readers) => readers.Count == 0 ? 0 : readers.Min(reader => reader.ReadTo ?? 0);

    public static string Words(int count) => count >= Most ? $"{Durations.Exact(Most)} or more" : count == 0 ? "none" : Durations.Exact(count);
}
