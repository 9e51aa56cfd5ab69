using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Partitions;

namespace IntegrationConsole.Sync.Runs;

/// <summary>A run that this node may move until its lease ends.</summary>
public sealed record ClaimedRun(
    TenantId Tenant, Guid Id, Guid SyncId, long Number, Guid? ReplayId, RunTrigger Trigger, string RequestedBy, string? Checkpoint,
    string? Watermark, int Attempt, int Retries, RunCounts Counts, DateTimeOffset StartedAt)
{
    /// <summary>What it reads in place of what the cursor says; null for all runs but backfills.</summary>
    public CursorRange? Range { get; init; }

    /// <summary>The deletion that it carries out, and nothing else; null for all other runs.</summary>
    public ApprovedDeletion? Approved { get; init; }

    /// <summary>What an earlier run asked because it would have replaced a table by one with far fewer rows, and no run has done since; null for nothing.</summary>
    public OpenReplacement? Replacement { get; init; }

    /// <summary>The earlier run whose deletion waits to be decided; null for none.</summary>
    public Guid? Undecided { get; init; }

    /// <summary>Which part of a run it is; null for a run of its own.</summary>
    public RunPartition? Partition { get; init; }

    /// <summary>The run that people see: for a part, the whole.</summary>
    public Guid Whole => Partition?.Whole ?? Id;

    /// <summary>The comparison whose differences it repairs; null for all other runs.</summary>
    public Guid? ReconciliationId { get; init; }

    /// <summary>The last deletion of its sync that somebody refused; null for none.</summary>
    public Guid? Refused { get; init; }

    /// <summary>It stops where half of a batch fails alike, if its integration wants that.</summary>
    public bool BatchBreaker { get; init; } = true;

    /// <summary>It has no end of its own.</summary>
    public bool IsStream { get; init; }

    /// <summary>Calls at the same time to a destination that takes calls; 0 for as many as its connection makes.</summary>
    public int MostCalls { get; init; }

    /// <summary>A line for its log, which the parts of a run share.</summary>
    public string InLog(string message) => Partition is { } part ? $"Partition {part.Number}: {message}" : message;

    public bool IsBeside => Trigger is RunTrigger.Replay or RunTrigger.Backfill or RunTrigger.Approval;
}

/// <summary>What a run that goes beside the usual ones is to do.</summary>
internal sealed record BesideWork(RunTrigger Trigger)
{
    public Guid? ReplayId { get; init; }

    public CursorRange? Range { get; init; }

    public Guid? DeletionId { get; init; }

    public Guid? ReconciliationId { get; init; }
}
