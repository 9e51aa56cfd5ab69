using System.Text.Json;
using System.Text.Json.Serialization;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>A place in a stream that stands below another: behind which parents, and where below the one in hand. Kept as a run's checkpoint.</summary>
/// <param name="List">The place in the parents' stream behind the parent in hand; null where the parents are given.</param>
/// <param name="Given">How many of the given parents are behind, the one in hand included; null where there is no list of them.</param>
/// <param name="Parent">The parent in hand; null between two.</param>
/// <param name="Child">The place below it.</param>
/// <param name="Found">The system knew a parent at least once: the path is right.</param>
/// <param name="Gone">Parents that it did not know any more.</param>
/// <param name="Unfit">Parents without an id that can stand in an address.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BelowPlace(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RestPlace? List = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Given = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RestPlace? Child = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Found = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Gone = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Unfit = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsEnd = false)
{
    public string ToCheckpoint() => JsonSerializer.Serialize(this, RestPlace.Compact);

    /// <param name="checkpoint">Null for the beginning.</param>
    /// <param name="given">Whether the parents are given.</param>
    public static BelowPlace Of(string? checkpoint, bool given)
    {
        if (checkpoint is null)
        {
            return new BelowPlace(Given: given ? 0 : null);
        }

        try
        {
            return JsonSerializer.Deserialize<BelowPlace>(checkpoint, RestPlace.Compact) is { } place && (place.IsEnd || (given ? place.Given is not null : place.List is not null)) ? place : throw RestPlace.Foreign(null);
        }
        catch (JsonException unreadable)
        {
            throw RestPlace.Foreign(unreadable);
        }
    }
}
