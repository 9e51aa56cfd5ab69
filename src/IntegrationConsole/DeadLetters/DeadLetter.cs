using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.DeadLetters;

/// <summary>Where on the line a record was set aside.</summary>
public enum LetterStage
{
    Read,
    Map,
    Write,
}

/// <summary>What the line recorded of a record that did not arrive.</summary>
public enum LetterOutcome
{
    /// <summary>Its own fault.</summary>
    Rejected,

    /// <summary>The world's fault.</summary>
    Failed,

    /// <summary>It was sent and the answer was lost: it may have arrived.</summary>
    Unknown,
}

public enum LetterState
{
    /// <summary>Waits for somebody to do something about it.</summary>
    Waiting,

    /// <summary>Stands in a replay's queue.</summary>
    Queued,

    /// <summary>Is on the line at this moment, as nodes of an earlier version say it: now the replay knows how far its letters were taken up.</summary>
    Replaying,

    /// <summary>Arrived.</summary>
    Resolved,

    /// <summary>A later run brought the same record, and it arrived.</summary>
    Superseded,

    /// <summary>Somebody decided against it, with a reason.</summary>
    Discarded,

    /// <summary>Nobody decided about it for so long that its record was deleted. What is known of it stays for a while.</summary>
    Expired,
}

/// <summary>A record that the line set aside, without its payload.</summary>
/// <param name="GroupId">The failures that are the same one; null while it is not sorted, and for what only waits behind another.</param>
/// <param name="BackAt">When it began to wait again without failing: taken back, given back by a replay, corrected, or released with its group.</param>
/// <param name="BodyDeletedAt">Since when its record is deleted.</param>
/// <param name="IsHeld">There is a legal hold on its group.</param>
/// <param name="WaitingBehind">How many letters of the same order key wait for this one.</param>
public sealed record DeadLetter(
    TenantId TenantId, Guid Id, Guid SyncId, string SyncName, string SyncSlug, string RecordKey, LetterStage Stage, FailureCause Cause, LetterOutcome Outcome,
    string Code, string Field, string Place, string Message, LetterState State, int Attempts, int? MappingVersion, int PayloadSize, bool IsEdited, string? EditedBy,
    DateTimeOffset? EditedAt, Guid FirstRunId, Guid LastRunId, DateTimeOffset FirstFailedAt, DateTimeOffset LastFailedAt, DateTimeOffset? ClosedAt,
    string? ClosedBy, string? CloseReason, int Version, Guid? GroupId, DateTimeOffset? BackAt, DateTimeOffset? BodyDeletedAt, bool IsHeld, int WaitingBehind)
{
    public bool IsOpen => State is LetterState.Waiting or LetterState.Queued or LetterState.Replaying;

    /// <summary>Somebody may take it back: it was closed without having arrived by itself, and its record is still there.</summary>
    public bool CanBeRestored => State is LetterState.Discarded or LetterState.Superseded && BodyDeletedAt is null;

    /// <summary>The business key as people read it; for a record without one, the place where it stands.</summary>
    public string KeyText => KeyTextOf(RecordKey, Place);

    internal static string KeyTextOf(string key, string place) => key is ['#', ..] && place.Length > 0 ? place : key.Replace(MappingPlan.KeySeparator.ToString(), " · ", StringComparison.Ordinal);
}

/// <summary>The record of an open letter, as a replay would send it.</summary>
public sealed record OpenRecord(Guid Id, string KeyText, byte[] Record);

/// <summary>One try to bring a letter to its destination.</summary>
/// <param name="RequestId">What the outside system calls the call that failed; empty where it said nothing.</param>
/// <param name="TraceId">Of its run, which the outside was told too; empty where the run is gone.</param>
public sealed record LetterAttempt(
    int Number, Guid RunId, long RunNumber, DateTimeOffset At, string Node, int? MappingVersion, string RequestedBy, string Outcome, FailureCause? Cause, string Message,
    string RequestId, string TraceId);

/// <summary>What a letter holds: the record as it came, as somebody edited it, and what the outside answered.</summary>
public sealed record LetterContent(byte[] Payload, byte[]? Edited, string Answer)
{
    /// <summary>The rows that the last try made of it, where they are kept.</summary>
    internal byte[]? Mapped { get; init; }

    /// <summary>What a replay sends, or maps.</summary>
    public byte[] Current => Edited ?? Payload;
}

public static class LetterStates
{
    extension(LetterState state)
    {
        public string Words => state switch
        {
            LetterState.Waiting => "Waiting",
            LetterState.Queued => "Queued for replay",
            LetterState.Replaying => "Being replayed",
            LetterState.Resolved => "Delivered",
            LetterState.Superseded => "Superseded",
            LetterState.Discarded => "Discarded",
            LetterState.Expired => "Expired",
        };
    }

    extension(LetterStage stage)
    {
        public string Words => stage switch
        {
            LetterStage.Read => "Reading",
            LetterStage.Map => "Mapping",
            LetterStage.Write => "Writing",
        };
    }
}
