using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Completeness;

namespace IntegrationConsole.Sync.Runs;

/// <summary>What made a run happen.</summary>
public enum RunTrigger
{
    Schedule,
    Manual,
    Replay,
    Command,
    Backfill,

    /// <summary>Somebody approved what a run held back.</summary>
    Approval,

    /// <summary>Something arrived at the source.</summary>
    Arrival,
}

public enum RunState
{
    /// <summary>Waits: for the run before it, for a free place, or for the time of its next attempt.</summary>
    Queued,
    Running,

    /// <summary>Read to the end, every record accounted for, none set aside.</summary>
    Succeeded,

    /// <summary>Read to the end, every record accounted for, some set aside as dead letters.</summary>
    Partial,
    Failed,
    Cancelled,

    /// <summary>Fell due and did not start; the reason says why.</summary>
    Skipped,

    /// <summary>Read to the end, and wants to delete more than it may: waits for somebody's approval.</summary>
    Held,
}

/// <summary>What became of the records of a run so far. <c>Read</c> is always the sum of the others.</summary>
public sealed record RunCounts(long Read, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown)
{
    public static readonly RunCounts Zero = new(0, 0, 0, 0, 0, 0, 0);

    public bool Balances => Read == Written + Unchanged + Filtered + Rejected + Failed + Unknown;

    public long SetAside => Rejected + Failed + Unknown;

    /// <summary>What the mapping did not leave out, whatever became of it.</summary>
    public long Brought => Read - Filtered;

    public RunCounts Plus(RunCounts more) => new(
        Read + more.Read, Written + more.Written, Unchanged + more.Unchanged, Filtered + more.Filtered, Rejected + more.Rejected, Failed + more.Failed,
        Unknown + more.Unknown);
}

/// <summary>One execution of a sync.</summary>
/// <param name="Number">Counts a sync's runs from 1.</param>
/// <param name="Stage">Where on the line it failed; null where it did not, or where nothing of the line is at fault.</param>
/// <param name="Reason">Why it is in this state, in words; empty where the state says it all.</param>
/// <param name="BatchBreaker">Off where somebody said of this one run that what fails alike is set aside all the same.</param>
/// <param name="IsBroken">It stopped because half of a batch failed alike.</param>
/// <param name="NeedsPerson">Nothing will heal what stopped it; somebody has to act.</param>
/// <param name="Deleted">Rows deleted at the destination; apart from the balance, since not each of them was read.</param>
/// <param name="Expected">How many records there are in all, where the source says so.</param>
/// <param name="Attempt">How many times a node took it up.</param>
/// <param name="Usual">How many records it usually brings at this time; null where that is not known.</param>
/// <param name="QuietRuns">So many runs up to this one brought nothing although something is usual.</param>
/// <param name="ReconciliationId">The comparison whose differences it repairs; null for all other runs.</param>
/// <param name="Retries">How often it was put back because the outside world failed it.</param>
public sealed record Run(
    TenantId TenantId, Guid Id, Guid SyncId, string SyncName, string SyncSlug, long Number, RunTrigger Trigger, string RequestedBy, Guid? ReplayId, RunState State,
    FailureCause? Cause, LetterStage? Stage, string Reason, bool NeedsPerson, int? MappingVersion, long RecordsRead, long Written, long Unchanged, long Filtered, long Rejected,
    long Failed, long Unknown, long BytesRead, long? Expected, long ReadMs, long MapMs, long WriteMs, string? Checkpoint, int Attempt, int Retries, string? Node,
    DateTimeOffset QueuedAt, DateTimeOffset StartAfter, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? CancelRequestedBy, string? TraceId,
    string? RangeFrom, string? RangeTo, long Deleted, string SourceSum, string DestinationSum, long? Usual, UsualOf? UsualOf, int QuietRuns, Guid? ReconciliationId, bool BatchBreaker, bool IsBroken)
{
    /// <summary>It goes beside the usual runs, and leaves the cursor where it is.</summary>
    public bool IsBeside => Trigger is RunTrigger.Replay or RunTrigger.Backfill or RunTrigger.Approval;

    /// <summary>What a backfill reads; null for other runs.</summary>
    public CursorRange? Range => RangeFrom is { } from && RangeTo is { } to ? new CursorRange(from, to) : null;

    /// <summary>What it is called by what it does.</summary>
    public string Kind => ReconciliationId is null ? Trigger.Words : "Repair";

    public string SourceHash => SumText.Of(SourceSum);

    public string DestinationHash => SumText.Of(DestinationSum);

    /// <summary>How what it brought compares with what is usual.</summary>
    public Volume Volume => new(Counts.Brought, Usual, UsualOf, QuietRuns);

    public RunCounts Counts => new(RecordsRead, Written, Unchanged, Filtered, Rejected, Failed, Unknown);

    public bool IsOpen => State is RunState.Queued or RunState.Running;
}

public sealed record RunLogLine(long Seq, DateTimeOffset At, RunLogLevel Level, string Message);

/// <summary>Some lines of a log, the oldest first.</summary>
/// <param name="HasEarlier">There are lines before them.</param>
public sealed record RunLogPage(IReadOnlyList<RunLogLine> Lines, bool HasEarlier)
{
    public static readonly RunLogPage Empty = new([], HasEarlier: false);
}

public enum RunLogLevel
{
    Info,
    Warning,
    Error,
}

public static class RunWords
{
    extension(RunState state)
    {
        public string Words => state switch
        {
            RunState.Queued => "Waiting",
            RunState.Running => "Running",
            RunState.Succeeded => "Succeeded",
            RunState.Partial => "Done, some set aside",
            RunState.Failed => "Failed",
            RunState.Cancelled => "Cancelled",
            RunState.Skipped => "Skipped",
            RunState.Held => "Waits for approval",
        };
    }

    extension(RunTrigger trigger)
    {
        public string Words => trigger switch
        {
            RunTrigger.Schedule => "Schedule",
            RunTrigger.Manual => "By hand",
            RunTrigger.Replay => "Replay",
            RunTrigger.Command => "Command",
            RunTrigger.Backfill => "Backfill",
            RunTrigger.Approval => "Approved deletion",
            RunTrigger.Arrival => "Arrival",
        };
    }
}
