using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>A REST connection's settings, as <see cref="RestDescriptor"/> asks for them.</summary>
internal sealed record RestSettings
{
    public string BaseAddress { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string TestPath { get; init; } = "";

    public int TimeoutSeconds { get; init; } = 30;

    /// <remarks>This and the next two are read where the call budget is kept, for all connections that share it.</remarks>
    public int? CallsPerSecond { get; init; }

    public int? CallsPerMinute { get; init; }

    public int? CallsPerDay { get; init; }

    public bool Http2 { get; init; }

    public IReadOnlyList<RestStream> Streams { get; init; } = [];

    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    public static RestSettings Of(OpenConnection connection)
    {
        try
        {
            return Parse(connection.Settings);
        }
        catch (JsonException unreadable)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"The settings of {connection.Name} cannot be read: open them and save them again.", "settings"), unreadable);
        }
    }

    /// <exception cref="JsonException">A value has another type than the descriptor says.</exception>
    public static RestSettings Parse(JsonElement settings) =>
        WithoutBlanks(JsonNode.Parse(settings.GetRawText())).Deserialize<RestSettings>(JsonSerializerOptions.Web) ?? throw new JsonException("The settings are empty.");

    public RestStream Stream(string name) => Streams.FirstOrDefault(stream => stream.Name == name)
        ?? throw new FailureException(new Failure(FailureCause.Configuration, $"The connection has no stream named {name}.", "stream"));

    /// <summary>A form keeps what was emptied as null or empty text. Both mean that nothing was set, so the default holds.</summary>
    private static JsonNode? WithoutBlanks(JsonNode? node)
    {
        if (node is JsonObject group)
        {
            foreach (var name in group.Where(property => property.Value is null || IsBlankText(property.Value)).Select(property => property.Key).ToList())
            {
                group.Remove(name);
            }
        }

        foreach (var inner in node switch { JsonObject some => some.Select(property => property.Value), JsonArray list => list, _ => [] })
        {
            WithoutBlanks(inner);
        }

        return node;
    }

    private static bool IsBlankText(JsonNode node) => node.GetValueKind() is JsonValueKind.String && string.IsNullOrWhiteSpace(node.GetValue<string>());
}
