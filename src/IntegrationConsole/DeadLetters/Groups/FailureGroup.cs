using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

public enum GroupState
{
    /// <summary>Nobody has said anything about it.</summary>
    Open,

    /// <summary>Somebody knows of it.</summary>
    Acknowledged,

    /// <summary>Out of sight until something happens.</summary>
    Snoozed,

    /// <summary>Said to be over. Another failure of its kind opens it again.</summary>
    Resolved,
}

/// <summary>What a snoozed group waits for; it wakes at the first of them.</summary>
/// <param name="Seen">Wakes when so many failures have been counted since the group began.</param>
/// <param name="Version">Wakes when this mapping version is published, or fails as well.</param>
/// <param name="ConnectionId">Wakes when the circuit of this connection is closed.</param>
public sealed record Snooze(DateTimeOffset? Until = null, long? Seen = null, int? Version = null, Guid? ConnectionId = null);

/// <summary>What a step in a group's life was.</summary>
public enum GroupStep
{
    Acknowledged,
    Assigned,
    Snoozed,
    Woke,
    Resolved,
    Regressed,
    Reopened,
    Discarded,
    Merged,
    Parted,
    Noted,
    Tagged,
    Untagged,
    Undone,

    /// <summary>A person said that its cause is another one.</summary>
    Classified,

    /// <summary>A legal hold: neither it nor its letters are removed.</summary>
    Held,
    Unheld,
}

/// <summary>Failures that are the same one, of one integration, with what people have said about them.</summary>
/// <param name="Title">What happened, with placeholders where values were.</param>
/// <param name="Open">How many of its letters are open.</param>
/// <param name="Seen">Failures since the group began, repeated ones too.</param>
/// <param name="SplitValue">The value by which a rule took it apart, sealed.</param>
/// <param name="HeldAt">Since when there is a legal hold on it and its letters; null where there is none.</param>
/// <param name="TagText">Its tags, with blanks between them.</param>
public sealed record FailureGroup(
    TenantId TenantId, Guid Id, Guid SyncId, string SyncName, string SyncSlug, Guid MappingId, Guid Pattern, FailureCause Cause, LetterStage Stage, string Code, string Field, string Title,
    string Template, GroupState State, DateTimeOffset StateSince, string StateBy, string StateReason, string? Owner, DateTimeOffset? SnoozeUntil, long? SnoozeSeen, int? SnoozeVersion,
    Guid? SnoozeConnectionId, int? ResolvedVersion, DateTimeOffset? RegressedAt, int? RegressedVersion, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, int? FirstVersion,
    int? LastVersion, long Seen, Guid? MergedInto, Guid? RuleId, byte[]? SplitValue, string TagText, DateTimeOffset? HeldAt, string? HeldBy, string? HeldWhy, int Version, int Open)
{
    public static readonly TimeSpan NewFor = TimeSpan.FromHours(24);

    public IReadOnlyList<string> Tags => TagText.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public bool IsLive => State is GroupState.Open or GroupState.Acknowledged;

    /// <summary>It came back after somebody had called it over.</summary>
    public bool IsRegressed => IsLive && RegressedAt is not null;

    public bool IsNewAt(DateTimeOffset now) => IsLive && now - FirstSeen < NewFor;
}

/// <summary>One step in a group's life.</summary>
/// <param name="CanUndo">Nothing has happened to the group since.</param>
public sealed record GroupActivity(long Seq, DateTimeOffset At, string Actor, GroupStep Kind, string Detail, bool CanUndo);

public static class GroupWords
{
    extension(GroupState state)
    {
        public string Words => state switch
        {
            GroupState.Open => "Open",
            GroupState.Acknowledged => "Acknowledged",
            GroupState.Snoozed => "Snoozed",
            GroupState.Resolved => "Resolved",
        };
    }

    extension(GroupStep step)
    {
        public string Words => step switch
        {
            GroupStep.Acknowledged => "Acknowledged",
            GroupStep.Assigned => "Assigned",
            GroupStep.Snoozed => "Snoozed",
            GroupStep.Woke => "Woke up",
            GroupStep.Resolved => "Resolved",
            GroupStep.Regressed => "Came back",
            GroupStep.Reopened => "Opened again",
            GroupStep.Discarded => "Letters discarded",
            GroupStep.Merged => "Merged",
            GroupStep.Parted => "Taken apart",
            GroupStep.Noted => "Remark",
            GroupStep.Tagged => "Tagged",
            GroupStep.Untagged => "Tag removed",
            GroupStep.Undone => "Taken back",
            GroupStep.Classified => "Another cause",
            GroupStep.Held => "Put on legal hold",
            GroupStep.Unheld => "Legal hold lifted",
        };
    }
}
