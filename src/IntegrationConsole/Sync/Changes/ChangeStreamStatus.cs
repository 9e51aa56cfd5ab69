using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Changes;

/// <summary>How far a change stream is, and what its source keeps for it.</summary>
/// <param name="AsOf">What the source had committed before this moment is at the destination; null until the first read is done.</param>
/// <param name="BytesBehind">What the source's log held behind that; null while that is not known.</param>
/// <param name="NotedAt">When a run said so; null before the first batch.</param>
/// <param name="State">What the source said when it was asked the last time.</param>
/// <param name="KeptBytes">What the source kept of its log for it then.</param>
public sealed record ChangeStreamStatus(
    Guid ConnectionId, string Slot, DateTimeOffset? AsOf, long? BytesBehind, DateTimeOffset? NotedAt, SlotState State, long KeptBytes, DateTimeOffset LookedAt)
{
    /// <summary>How much time the destination is behind; null until the first read is done.</summary>
    public TimeSpan? Lag(DateTimeOffset now) => AsOf is { } at ? now > at ? now - at : TimeSpan.Zero : null;

    /// <summary>The name of what a source keeps for a sync.</summary>
    public static string SlotOf(Guid sync) => $"integration_console_{sync:N}";
}
