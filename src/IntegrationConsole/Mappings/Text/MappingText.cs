using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IntegrationConsole.Mappings.Text;

/// <summary>What is wrong with a mapping's text.</summary>
/// <param name="Line">The first is 1.</param>
/// <param name="Key">Where in the mapping, such as <c>fields[2].type</c>; empty for the text as a whole.</param>
public sealed record TextProblem(int Line, string Key, string Sentence)
{
    public override string ToString() => Key.Length > 0 ? $"Line {Line}, {Key}: {Sentence}" : $"Line {Line}: {Sentence}";
}

/// <summary>A mapping read from its text, or what is wrong with it.</summary>
/// <param name="Lines">On which line each key stands, for sentences about what is wrong with the mapping itself.</param>
public sealed record TextReading(MappingDocument? Document, TextProblem? Problem, IReadOnlyDictionary<string, int> Lines);

/// <summary>
/// A whole mapping as YAML, and back. Both go over the mapping's JSON, so that whatever a mapping can hold is in its text:
/// in the order of the JSON, without what holds anyway.
/// </summary>
public static class MappingText
{
    public const int MostCharacters = 2_000_000;

    public static string Write(MappingDocument document)
    {
        var json = document.ToJson();
        var text = YamlText.Write(Tree(document));

        // Empty texts hold anyway where they are left out; should they once not, they are written.
        return Read(text).Document?.ToJson() == json ? text : YamlText.Write(JsonNode.Parse(json)!);
    }

    public static TextReading Read(string text)
    {
        if (text.Length > MostCharacters)
        {
            return new TextReading(null, new TextProblem(1, "", string.Create(CultureInfo.InvariantCulture, $"The text is longer than {MostCharacters:N0} characters.")), new Dictionary<string, int>());
        }

        var tree = YamlTree.Read(text);
        return tree.Root is { } root
            ? Read(root)
            : new TextReading(null, tree.Problem ?? new TextProblem(1, "", "The text is empty: a mapping has fields."), new Dictionary<string, int>());
    }

    /// <summary>The same for a mapping that stands in a larger text; lines are those of that text.</summary>
    internal static TextReading Read(YamlNode root)
    {
        var shaping = new YamlShaping(MappingDocument.Json);
        var json = shaping.Shape(root, typeof(MappingDocument));
        if (shaping.Problem is not null || json is null)
        {
            return new TextReading(null, shaping.Problem, shaping.Lines);
        }

        // The two lists are always there, written or not.
        json["fields"] ??= new JsonArray();
        json["conditions"] ??= new JsonArray();
        try
        {
            return new TextReading(MappingDocument.Parse(json.ToJsonString()), null, shaping.Lines);
        }
        catch (JsonException unfit)
        {
            var key = (unfit.Path ?? "").TrimStart('$', '.');
            return new TextReading(null, new TextProblem(shaping.LineOf(key), key, "This is not a value that can stand here."), shaping.Lines);
        }
    }

    /// <summary>A mapping as it stands in its text: without texts that are empty.</summary>
    internal static JsonNode Tree(MappingDocument document) => WithoutEmpties(JsonNode.Parse(document.ToJson())!)!;

    private static JsonNode? WithoutEmpties(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(member => member.Value is not JsonValue value || value.GetValueKind() is not JsonValueKind.String || value.GetValue<string>().Length > 0)
            .Select(member => KeyValuePair.Create(member.Key, WithoutEmpties(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(WithoutEmpties)]),
        _ => node?.DeepClone(),
    };
}
