namespace IntegrationConsole.Sync.Replays;

public enum ReplayState
{
    Running,
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
/// <param name="UseOriginalMapping">Each letter is mapped as it was first tried; otherwise with the published version.</param>
public sealed record Replay(
    TenantId TenantId, Guid Id, string Scope, string Reason, string RequestedBy, DateTimeOffset RequestedAt, bool UseOriginalMapping, ReplayState State, int Total,
    DateTimeOffset? FinishedAt, string? CancelledBy, int Delivered, int Failed, int Skipped)
{
    public int Left => Total - Delivered - Failed - Skipped;
}

/// <summary>One letter of a replay, and what came of it.</summary>
public sealed record ReplayItem(
    Guid LetterId, Guid SyncId, string SyncName, string RecordKey, ReplayItemState State, string Message, DateTimeOffset? FinishedAt)
{
    public string KeyText => RecordKey.Replace(Mappings.Plan.MappingPlan.KeySeparator.ToString(), " · ", StringComparison.Ordinal);
}

/// <summary>A letter that the line has taken up.</summary>
internal sealed record ClaimedLetter(Guid LetterId, byte[] Sealed, int? MappingVersion, string RecordKey, Guid FirstRunId, DeadLetters.LetterOutcome Outcome, long Turn, string? OrderKey);

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
            ReplayState.Running => "Running",
            ReplayState.Done => "Done",
            ReplayState.Cancelled => "Cancelled",
        };
    }
}
