using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Replays;

public enum ReplayState
{
    /// <summary>Kept for later; no letter is in it.</summary>
    Draft,

    /// <summary>A second person has to agree; none of its letters is taken.</summary>
    Asked,

    /// <summary>Its letters are being written down, its time has not come, or another replay has the lane.</summary>
    Waiting,
    Running,

    /// <summary>Somebody stopped it; its letters stay its own.</summary>
    Paused,

    /// <summary>Too much failed; its letters stay its own until somebody decides.</summary>
    Stopped,
    Done,
    Cancelled,
}

public enum ReplayItemState
{
    Queued,
    Claimed,
    Delivered,
    Failed,
    Skipped,
}

/// <summary>Some dead letters on their way back to the line.</summary>
/// <param name="Scope">Which letters, in words.</param>
/// <param name="RequestedBy">A person, or the console where a rule of the integration asked for it.</param>
/// <param name="Options">How it goes about them.</param>
/// <param name="Total">How many letters it has so far; final when it is frozen.</param>
/// <param name="FrozenAt">When the last of its letters was written down; null while that goes on.</param>
/// <param name="Stage">The stage it is in, from 1 to 4.</param>
/// <param name="StageDone">Letters of this stage that arrived or failed.</param>
/// <param name="StateBy">Who put it into its state.</param>
/// <param name="StateReason">Why, in whole sentences; empty where the state says it all.</param>
/// <param name="Excluded">Letters that were sent before and whose answer was lost, and that it leaves out.</param>
/// <param name="Patched">Letters that its patch changed.</param>
public sealed record Replay(
    TenantId TenantId, Guid Id, string Scope, string Reason, string RequestedBy, DateTimeOffset RequestedAt, ReplayOptions Options, ReplayState State, int Total,
    DateTimeOffset? AsOf, DateTimeOffset? FrozenAt, DateTimeOffset? BeganAt, DateTimeOffset? FinishedAt, string StateBy, string StateReason, DateTimeOffset? StateAt,
    int Delivered, int Failed, int Skipped, int Stage, int StageDone, int StageFailed, int Excluded, int Patched, bool IsPolicy, string? Address, IReadOnlyList<Guid> SyncIds)
{
    /// <summary>How many letters it was asked for, while a second person has still to agree; they are none of its letters yet.</summary>
    public int? Asked { get; init; }

    public int Left => Total - Delivered - Failed - Skipped;

    public bool UseOriginalMapping => Options.Mapping is ReplayMapping.Original;

    public string? CancelledBy => State is ReplayState.Cancelled ? StateBy : null;

    /// <summary>It has letters that may still be sent.</summary>
    public bool IsOpen => State is ReplayState.Waiting or ReplayState.Running or ReplayState.Paused or ReplayState.Stopped;

    public double Share => Total == 0 ? State is ReplayState.Waiting or ReplayState.Asked or ReplayState.Draft ? 0 : 1 : 1 - ((double)Left / Total);
}

/// <summary>One letter of a replay, and what came of it.</summary>
/// <param name="IsSame">It failed again for what it had failed for before.</param>
public sealed record ReplayItem(
    Guid LetterId, Guid SyncId, string SyncName, string RecordKey, ReplayItemState State, string Message, DateTimeOffset? FinishedAt, int Stage, bool IsSame)
{
    public string KeyText => RecordKey.Replace(Mappings.Plan.MappingPlan.KeySeparator.ToString(), " · ", StringComparison.Ordinal);
}

/// <summary>Why letters of a replay failed again.</summary>
/// <param name="IsSame">It is what they had failed for before.</param>
/// <param name="Message">What was said of one of them.</param>
public sealed record ReplayCause(FailureCause Cause, string Code, string Field, bool IsSame, int Count, string Message);

/// <summary>What happened to a replay, and who did it.</summary>
public sealed record ReplayEvent(DateTimeOffset At, string Actor, string Message);

/// <summary>A replay behind which another one waits.</summary>
/// <param name="Destination">The connection to which both go.</param>
public sealed record ReplayAhead(Guid Id, string Scope, string RequestedBy, string Destination);

/// <summary>A draft as it was left: what stands in no address.</summary>
/// <param name="AsOf">The moment for which its letters were chosen.</param>
/// <param name="Only">Of the letters in the address those that were picked, as after a dry run; null for all.</param>
public sealed record ReplayDraft(string Reason, DateTimeOffset AsOf, DeadLetters.Patches.LetterPatch Patch, IReadOnlyList<Guid>? Only);

/// <summary>A letter that the line has taken up.</summary>
/// <param name="MappingVersion">The version of its first try, where the replay asks for it; otherwise null.</param>
/// <param name="AsMapped">It goes as it was mapped then.</param>
/// <param name="Mapped">The rows of it that were kept for that; null where there are none.</param>
internal sealed record ClaimedLetter(
    Guid LetterId, byte[] Sealed, int? MappingVersion, string RecordKey, Guid FirstRunId, DeadLetters.LetterOutcome Outcome, long Turn, string? OrderKey, bool AsMapped, byte[]? Mapped);

public static class ReplayWords
{
    extension(ReplayItemState state)
    {
        public string Words => state switch
        {
            ReplayItemState.Queued => "Waiting",
            ReplayItemState.Claimed => "On the line",
            ReplayItemState.Delivered => "Delivered",
            ReplayItemState.Failed => "Failed again",
            ReplayItemState.Skipped => "Skipped",
        };
    }

    extension(ReplayState state)
    {
        public string Words => state switch
        {
            ReplayState.Draft => "Draft",
            ReplayState.Asked => "Waits for approval",
            ReplayState.Waiting => "Waiting",
            ReplayState.Running => "Running",
            ReplayState.Paused => "Paused",
            ReplayState.Stopped => "Stopped",
            ReplayState.Done => "Done",
            ReplayState.Cancelled => "Cancelled",
        };
    }
}
