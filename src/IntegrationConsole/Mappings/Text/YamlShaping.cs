using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace IntegrationConsole.Mappings.Text;

/// <summary>
/// Makes of YAML the JSON of a known type. The type says what stands where, so that a text is a text with quotes or
/// without, and a key that nobody knows is refused on its line in place of being lost.
/// </summary>
internal sealed class YamlShaping(JsonSerializerOptions options)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Lines => _lines;

    /// <summary>The first thing that is wrong; null for nothing.</summary>
    public TextProblem? Problem { get; private set; }

    /// <summary>The line of a key, or of the nearest one around it.</summary>
    public int LineOf(string key)
    {
        while (!_lines.ContainsKey(key) && key.LastIndexOfAny(['.', '[']) is > 0 and var end)
        {
            key = key[..end];
        }

        return _lines.GetValueOrDefault(key, 1);
    }

    /// <returns>Null where something is wrong, and for what is left out.</returns>
    public JsonNode? Shape(YamlNode node, Type type) => Shape(node, type, "");

    private JsonNode? Shape(YamlNode node, Type type, string key)
    {
        _lines.TryAdd(key, node.Line);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (typeof(JsonNode).IsAssignableFrom(type) || type == typeof(JsonElement) || type == typeof(object))
        {
            return Untyped(node, key);
        }

        var info = options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => node is YamlMap map ? Members(map, info, key) : Refuse(node, key, "Keys and values are expected here."),
            JsonTypeInfoKind.Dictionary => node is YamlMap map ? Entries(map, info, key) : Refuse(node, key, "Keys and values are expected here."),
            JsonTypeInfoKind.Enumerable => node is YamlList list ? Items(list, info, key) : IsNothing(node) ? null : Refuse(node, key, "A list is expected here: each item on a line of its own, behind a dash."),
            _ => node is YamlScalarNode scalar ? Single(scalar, type, key) : Refuse(node, key, "A single value is expected here."),
        };
    }

    private JsonObject? Members(YamlMap map, JsonTypeInfo info, string key)
    {
        var shaped = new JsonObject();
        foreach (var (name, line, value) in map.Members)
        {
            var below = Below(key, name);
            _lines[below] = line;
            if (Written(info).FirstOrDefault(property => property.Name == name) is not { } property)
            {
                var known = string.Join(", ", Written(info).Select(each => each.Name));
                Refuse(line, below, $"There is no key named {name} here; there are {known}.");
                return null;
            }

            if (Shape(value, property.PropertyType, below) is { } made)
            {
                shaped[name] = made;
            }
            else if (Problem is not null)
            {
                return null;
            }
        }

        // A name that is still to be typed is a problem of the mapping, and not of its text.
        foreach (var missing in info.Properties.Where(property => (property.IsRequired || property.AssociatedParameter is not null) && property.PropertyType == typeof(string) && !shaped.ContainsKey(property.Name)))
        {
            shaped[missing.Name] = "";
        }

        return Problem is null ? shaped : null;
    }

    /// <summary>What stands in the text: not what is reckoned from it.</summary>
    private static IEnumerable<JsonPropertyInfo> Written(JsonTypeInfo info) => info.Properties.Where(property => property.Get is not null);

    private JsonObject? Entries(YamlMap map, JsonTypeInfo info, string key)
    {
        var shaped = new JsonObject();
        foreach (var (name, line, value) in map.Members)
        {
            _lines[Below(key, name)] = line;
            shaped[name] = Shape(value, info.ElementType!, Below(key, name));
            if (Problem is not null)
            {
                return null;
            }
        }

        return shaped;
    }

    private JsonArray? Items(YamlList list, JsonTypeInfo info, string key)
    {
        var shaped = new JsonArray();
        for (var index = 0; index < list.Items.Count; index++)
        {
            shaped.Add(Shape(list.Items[index], info.ElementType!, $"{key}[{index}]"));
            if (Problem is not null)
            {
                return null;
            }
        }

        return shaped;
    }

    private JsonNode? Single(YamlScalarNode scalar, Type type, string key)
    {
        if (IsNothing(scalar))
        {
            return null;
        }

        if (type == typeof(string))
        {
            return JsonValue.Create(scalar.Text);
        }

        if (type == typeof(bool))
        {
            return scalar.Text is "true" or "false" ? JsonValue.Create(scalar.Text is "true") : Refuse(scalar, key, $"{Shown(scalar)} is neither true nor false.");
        }

        if (type.IsEnum)
        {
            var known = Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
            return known.Contains(scalar.Text) ? JsonValue.Create(scalar.Text) : Refuse(scalar, key, $"{Shown(scalar)} is none of {string.Join(", ", known)}.");
        }

        if (!IsNumber(type))
        {
            return JsonValue.Create(scalar.Text);
        }

        return decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? JsonNode.Parse(scalar.Text.TrimStart('+')) : Refuse(scalar, key, $"{Shown(scalar)} is not a number.");
    }

    /// <summary>Where the type takes anything, YAML's own rules say what a value is.</summary>
    private JsonNode? Untyped(YamlNode node, string key) => node switch
    {
        YamlList list => new JsonArray([.. list.Items.Select((item, index) => Untyped(item, $"{key}[{index}]"))]),
        YamlMap map => new JsonObject(map.Members.Select(member => KeyValuePair.Create(member.Name, Untyped(member.Value, Below(key, member.Name))))),
        YamlScalarNode { IsQuoted: false, Text: "true" or "false" } word => JsonValue.Create(word.Text is "true"),
        YamlScalarNode { IsQuoted: false, Text: "null" or "~" or "" } => null,
        YamlScalarNode { IsQuoted: false } plain when IsJsonNumber(plain.Text) => JsonNode.Parse(plain.Text),
        YamlScalarNode scalar => JsonValue.Create(scalar.Text),
        _ => null,
    };

    private static bool IsJsonNumber(string text)
    {
        try
        {
            return text is ['-' or (>= '0' and <= '9'), ..] && JsonNode.Parse(text) is JsonValue;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static bool IsNothing(YamlNode node) => node is YamlScalarNode { IsQuoted: false, Text: "" or "~" or "null" };

    private static string Shown(YamlScalarNode scalar) => scalar.Text.Length <= 40 ? scalar.Text : scalar.Text[..40] + "…";

    private static string Below(string key, string name) => key.Length == 0 ? name : $"{key}.{name}";

    private JsonNode? Refuse(YamlNode node, string key, string sentence) => Refuse(node.Line, key, sentence);

    private JsonNode? Refuse(int line, string key, string sentence)
    {
        Problem ??= new TextProblem(line, key, sentence);
        return null;
    }
}
