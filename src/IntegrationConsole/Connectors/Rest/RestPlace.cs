using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>A place in a paginated list: a page, and how many of its records lie before the place. Kept as a run's checkpoint.</summary>
/// <param name="Taken">Records of the page that lie before the place.</param>
/// <param name="Before">Records of all pages before this one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RestPlace(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Page = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Offset = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cursor = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Taken = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Before = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Watermark = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsEnd = false)
{
    internal static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string ToCheckpoint() => JsonSerializer.Serialize(this, Compact);

    public static RestPlace Parse(string checkpoint)
    {
        try
        {
            return JsonSerializer.Deserialize<RestPlace>(checkpoint, Compact) ?? throw Foreign(null);
        }
        catch (JsonException unreadable)
        {
            throw Foreign(unreadable);
        }
    }

    /// <summary>The settings changed while a run was interrupted: going on in the middle could leave records out.</summary>
    public static FailureException Foreign(Exception? inner) => new(
        new Failure(FailureCause.Configuration, "The place where the run stopped does not fit the stream's settings any more: start the run from the beginning.", ReadRequest.MisplacedCode), inner);
}
