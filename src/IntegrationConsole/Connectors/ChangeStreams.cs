namespace IntegrationConsole.Connectors;

/// <summary>What a source keeps for a change stream, as it says itself.</summary>
public enum SlotState
{
    /// <summary>Somebody reads from it now.</summary>
    Active,

    /// <summary>Nobody reads from it: what changes is kept.</summary>
    Idle,

    /// <summary>So much is kept that the server will give it up soon.</summary>
    Endangered,

    /// <summary>The server gave it up: changes since are gone.</summary>
    Lost,
    Missing,
}

/// <param name="KeptBytes">What the server keeps of its log for it.</param>
/// <param name="BytesBehind">What of that was not confirmed yet.</param>
public sealed record SlotReport(SlotState State, long KeptBytes, long BytesBehind)
{
    public static readonly SlotReport Gone = new(SlotState.Missing, 0, 0);
}

/// <summary>What a batch of a change stream says besides its records.</summary>
/// <param name="AsOf">What the source had committed before this moment is in the batch or came before it; null while that is not known.</param>
/// <param name="BytesBehind">What the source's log holds behind it, at the last look; null while that is not known.</param>
/// <param name="Confirm">For when the batch is recorded: the source need not keep what came up to here.</param>
public sealed record ChangeMark(DateTimeOffset? AsOf, long? BytesBehind, Action Confirm)
{
    /// <summary>The field that only records of deleted rows have; it is true.</summary>
    public const string DeletedField = "_deleted";

    /// <summary>It only says where the stream begins, and is recorded before anything is written: whatever happens then, it goes on from there.</summary>
    public bool IsBeginning { get; init; }

    /// <summary>No transaction of the source goes on behind it.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The batch ends the first read of everything, which began then; null for all others.</summary>
    public DateTimeOffset? ReadSince { get; init; }
}
