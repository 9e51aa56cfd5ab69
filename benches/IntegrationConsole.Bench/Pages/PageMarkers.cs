using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Bench.Pages;

/// <summary>What stands in a page's markup for the components that live in a circuit.</summary>
internal static partial class PageMarkers
{
    /// <returns>Asks the circuit for all of them, as the browser's script does.</returns>
    public static string Additions(string html) => new JsonObject
    {
        ["batchId"] = 1,
        ["operations"] = new JsonArray([.. Marker().Matches(html).Select((match, index) => new JsonObject
        {
            ["type"] = "add", ["ssrComponentId"] = index + 1, ["marker"] = JsonNode.Parse(match.Groups[1].Value),
        })]),
    }.ToJsonString(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <returns>What the server wants to have back; empty for nothing.</returns>
    public static string State(string html) => Kept().Match(html).Groups[1].Value;

    [GeneratedRegex("<!--Blazor:(\\{[^>]*?\"type\":\"server\".*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex Kept();
}
