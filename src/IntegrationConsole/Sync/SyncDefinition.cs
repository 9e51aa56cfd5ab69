using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Sync;

/// <summary>What to do when a run falls due while the one before it is still going.</summary>
public enum OverlapRule
{
    /// <summary>It waits and starts when the other ends; one at most waits.</summary>
    Queue,

    /// <summary>It is skipped, which is recorded with the reason.</summary>
    Skip,
}

/// <summary>A source stream, a mapping, a destination stream, and when to move records from one to the other: what pages call an integration.</summary>
/// <param name="Slug">The sync in addresses.</param>
/// <param name="KeyFields">Destination fields that identify a record.</param>
/// <param name="CreateDestination">Make the destination stream where it does not exist.</param>
/// <param name="Cursor">Where the next incremental run starts.</param>
/// <param name="OrderKey">A path or an expression of the source record: records for which it gives the same stay in their order. Empty for none.</param>
/// <param name="LookBack">How far before its cursor an incremental run begins; empty for at the cursor.</param>
/// <param name="Partitions">Into how many parts its source is cut, which are read at the same time; one for not at all.</param>
/// <param name="OnArrival">It runs when something arrives at its source, besides its schedule.</param>
/// <param name="AgainFrom">Where the next incremental run starts, once, in place of its cursor; null where it stands nowhere, and for at the start.</param>
/// <param name="AgainAt">Since when it is to do so; null where it is not.</param>
/// <param name="BatchBreaker">A run stops where half of a batch would be set aside for one reason; otherwise it goes on and sets it aside.</param>
/// <param name="DeletedAt">Since when it is gone; its history stays readable.</param>
public sealed record SyncDefinition(
    TenantId TenantId, Guid Id, string Slug, string Name, Guid SourceConnectionId, string SourceStream, ReadMode ReadMode, Guid DestinationConnectionId,
    string DestinationStream, WriteMode WriteMode, string[] KeyFields, bool CreateDestination, Guid MappingId, string Schedule, OverlapRule Overlap,
    DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason, string? Cursor, DateTimeOffset? CursorAt, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt, int Version, string OrderKey, string LookBack,
    string? Deletes, int Partitions, bool OnArrival, string? AgainFrom, DateTimeOffset? AgainAt, bool BatchBreaker)
{
    public DeleteRules DeleteRules => Deletes is null ? DeleteRules.None : JsonSerializer.Deserialize<DeleteRules>(Deletes, JsonSerializerOptions.Web) ?? DeleteRules.None;

    public Schedule When => JsonSerializer.Deserialize<Schedule>(Schedule, JsonSerializerOptions.Web) ?? Schedules.Schedule.Manual;

    /// <summary>Without a key every record is new: what was written once must not be written again under another token.</summary>
    public bool IsKeyless => KeyFields.Length == 0 || WriteMode is WriteMode.Append;
}

/// <summary>What a person enters about a sync.</summary>
public sealed record SyncDraft(
    string Name, Guid SourceConnectionId, string SourceStream, ReadMode ReadMode, Guid DestinationConnectionId, string DestinationStream, WriteMode WriteMode,
    IReadOnlyList<string> KeyFields, bool CreateDestination, Schedule Schedule, OverlapRule Overlap)
{
    /// <summary>Empty: order is not kept.</summary>
    public string OrderKey { get; init; } = "";

    /// <summary>Such as "2 hours" or "1000"; empty for none.</summary>
    public string LookBack { get; init; } = "";

    /// <summary>What becomes of records that were deleted at the source.</summary>
    public DeleteRules Deletes { get; init; } = DeleteRules.None;

    /// <summary>Into how many parts the source is cut; one for not at all.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>It runs when something arrives at its source, besides its schedule.</summary>
    public bool OnArrival { get; init; }

    /// <summary>A run stops where half of a batch would be set aside for one reason.</summary>
    public bool BatchBreaker { get; init; } = true;

    /// <summary>The address that a new sync should have; empty for one made of its name.</summary>
    public string Slug { get; init; } = "";
}
