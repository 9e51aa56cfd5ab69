using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Partitions;

/// <summary>Which part of a run another run is.</summary>
/// <param name="Whole">The run that was cut.</param>
/// <param name="Number">From 1.</param>
/// <param name="WholeStartedAt">What the mapping takes for the run's time: the same in all parts.</param>
public sealed record RunPartition(Guid Whole, int Number, KeyRange Keys, DateTimeOffset WholeStartedAt);

/// <summary>How far a part of a run is.</summary>
/// <param name="Expected">How many records it has, where the source says so.</param>
/// <param name="Parents">How many parents it has a list of; null where it has none.</param>
public sealed record PartitionProgress(
    int Partition, string? KeyFrom, string? KeyTo, RunState State, string Reason, long RecordsRead, long Written, long Unchanged, long SetAside, long? Expected, string? Node,
    int Attempt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, int? Parents)
{
    public string KeyWords => Parents is { } parents ? KeyRange.WordsOf(parents) : new KeyRange(KeyFrom, KeyTo).Words;

    public double? Share => Expected is > 0 and var expected ? Math.Min(1, (double)RecordsRead / expected) : State is RunState.Succeeded or RunState.Partial ? 1 : null;
}
