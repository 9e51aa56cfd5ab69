using System.Text.Json.Serialization;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>What becomes at the destination of a record that was deleted at the source.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeletePolicy>))]
public enum DeletePolicy
{
    /// <summary>Nothing: its row stays.</summary>
    Ignore,

    /// <summary>A column says so.</summary>
    Soft,

    /// <summary>Its row goes.</summary>
    Hard,
}

/// <summary>How it is known that a record was deleted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeleteSignal>))]
public enum DeleteSignal
{
    /// <summary>It says so itself.</summary>
    Tombstone,

    /// <summary>A complete read of everything did not meet it.</summary>
    Sweep,

    /// <summary>Another stream of the source lists it.</summary>
    Stream,

    /// <summary>The change stream tells of it.</summary>
    Changes,
}

/// <summary>What an integration does about deleted records. Only rows that it brought itself are touched, and only after a complete read.</summary>
public sealed record DeleteRules(DeletePolicy Policy)
{
    public const int UsualShare = 10;
    public const string UsualColumn = "deleted_at";

    public static readonly DeleteRules None = new(DeletePolicy.Ignore);

    public DeleteSignal Signal { get; init; }

    /// <summary>A path or an expression that holds for records that say that they were deleted.</summary>
    public string Tombstone { get; init; } = "";

    /// <summary>The stream of the source that lists what was deleted.</summary>
    public string Stream { get; init; } = "";

    /// <summary>Where its records have the key, in the order of the key fields, with commas between; empty for where the mapping finds it.</summary>
    public string IdPaths { get; init; } = "";

    /// <summary>For soft deletion: the destination's column that says it, a time, a date or a yes/no.</summary>
    public string Column { get; init; } = UsualColumn;

    /// <summary>The per cent of its rows that a run may delete without asking, or leave out where it replaces the whole table.</summary>
    public int Share { get; init; } = UsualShare;

    [JsonIgnore]
    public bool IsOn => Policy is not DeletePolicy.Ignore;

    [JsonIgnore]
    public IReadOnlyList<string> IdPathList => IdPaths.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [JsonIgnore]
    public string Words => Policy is DeletePolicy.Ignore ? "left where it is"
        : (Policy is DeletePolicy.Hard ? "deleted" : $"marked in {Column}") + Signal switch
        {
            DeleteSignal.Tombstone => " when the record says so",
            DeleteSignal.Sweep => " when a complete run does not meet it",
            DeleteSignal.Stream => $" when {Stream} lists it",
            DeleteSignal.Changes => " as the source tells of it",
        };
}
