using System.Numerics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How far a sync's change stream is, and what its source keeps for it.</summary>
/// <param name="AsOf">What the source had committed before this moment has arrived; null until the first read is done.</param>
/// <param name="State">What the source said when it was asked the last time.</param>
/// <param name="KeptBytes">What the source keeps of its log.</param>
public sealed record ChangeStreamFact(DateTimeOffset? AsOf, SlotState State, long KeptBytes);

/// <summary>Judges a change stream: whether it keeps up, and whether its source can still wait for it.</summary>
internal static class ChangeStreamVerdicts
{
    /// <summary>So far behind it is no stream any more.</summary>
    private static readonly TimeSpan[] Behind = [TimeSpan.FromDays(1), TimeSpan.FromHours(6), TimeSpan.FromHours(1), TimeSpan.FromMinutes(15)];

    /// <summary>Less than this is kept at any time.</summary>
    private const long Much = 64 * 1024 * 1024;

    /// <summary>In sentences that stay the same while nothing changes: no figure that moves all the time.</summary>
    public static Finding? Judge(SyncFacts sync, DateTimeOffset now) => sync.Stream switch
    {
        null => null,
        { State: SlotState.Lost } => Of(HealthState.Failing, "The source has given up the replication slot, because too much was kept for it: changes are lost. Start a run: it reads everything and finds what is gone."),
        { State: SlotState.Missing } when sync.Running is null => Of(HealthState.Failing, "The replication slot is gone from the source: changes since then are not kept. Start a run: it reads everything and finds what is gone."),
        { State: SlotState.Endangered } stream => Of(HealthState.Failing, $"The source keeps more than {Kept(stream)} for the replication slot, and will give it up soon: let the integration run, or drop the slot."),
        { } stream when sync.Running is not { } running => Of(
            HealthState.Degraded, $"Nobody reads the replication slot: the source keeps its log for it{(stream.KeptBytes < Much ? "" : $", more than {Kept(stream)} so far")}.", sync.Waiting is not null),
        { AsOf: null } => Of(HealthState.Healthy, "Everything is read for the first time; changes follow.", healsItself: true),
        { AsOf: { } at } when Behind.FirstOrDefault(limit => now - at > limit) is var late && late > TimeSpan.Zero =>
            Of(HealthState.Degraded, $"More than {Moment.Span(late)} behind its source.", healsItself: true),
        _ => Of(HealthState.Healthy, "Level with its source.", healsItself: true),
    };

    private static string Kept(ChangeStreamFact stream) => Durations.Bytes((long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, stream.KeptBytes)) / 2);

    private static Finding Of(HealthState state, string reason, bool healsItself = false) => new(HealthDimension.Freshness, state, reason, healsItself, new Evidence(EvidenceKind.Sync));
}
