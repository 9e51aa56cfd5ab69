using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Deletes;

namespace IntegrationConsole.Sync.Runs;

/// <summary>How a run came to its end.</summary>
/// <param name="Cursor">Where the next incremental run starts; null leaves the cursor where it is.</param>
/// <param name="Stage">Where on the line it failed; null where nothing of the line is at fault.</param>
public sealed record RunEnding(RunState State, string Reason, Failure? Failure = null, CursorMove? Cursor = null, LetterStage? Stage = null)
{
    /// <summary>Rows that were deleted at the destination.</summary>
    public long Deleted { get; init; }

    /// <summary>It stopped because half of a batch failed alike.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The connection whose circuit opens for it; null for none.</summary>
    public Guid? Opens { get; init; }

    /// <summary>What waits for approval; null for nothing.</summary>
    public HeldDeletes? Held { get; init; }
}

/// <summary>A step of a sync's cursor, which is taken where nobody moved it meanwhile.</summary>
/// <param name="To">Where to; null where nothing was read.</param>
/// <param name="From">Where it stood when the run began.</param>
/// <param name="FromAt">Since when.</param>
/// <param name="Again">What was to be read once more, by when that was noted, and was read; null for nothing.</param>
public sealed record CursorMove(string? To, string? From, DateTimeOffset? FromAt, DateTimeOffset? Again);
