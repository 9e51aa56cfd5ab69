using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>Reads the keywords of one schema by the kind of value they must have. A wrong kind is refused, and then counts as absent.</summary>
internal sealed class SchemaKeywords
{
    private readonly SchemaGraph _graph;
    private readonly SchemaDocument _document;
    private readonly string _pointer;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    public SchemaKeywords(SchemaGraph graph, SchemaDocument document, string pointer, JsonElement schema)
    {
        _graph = graph;
        _document = document;
        _pointer = pointer;
        foreach (var property in schema.EnumerateObject())
        {
            _values[JsonText.NameOf(property)] = property.Value;
        }
    }

    public string LocationOf(string keyword) => _document.Locate($"{_pointer}/{keyword}");

    public bool Has(string keyword) => _values.ContainsKey(keyword);

    public JsonElement? Value(string keyword) => _values.TryGetValue(keyword, out var value) ? value : null;

    public string? Text(string keyword) => OfKind(keyword, JsonValueKind.String, "a text") is { } text ? JsonText.Of(text) : null;

    public bool Flag(string keyword) => Value(keyword) is { ValueKind: JsonValueKind.True };

    public ExactNumber? Number(string keyword) => OfKind(keyword, JsonValueKind.Number, "a number") is { } number ? ExactNumber.Of(number) : null;

    public long? Count(string keyword)
    {
        var count = Number(keyword)?.AsCount();
        return count ?? (Has(keyword) ? Refuse<long?>(keyword, "a whole number that is not negative") : null);
    }

    public string[]? Names(string keyword)
    {
        if (OfKind(keyword, JsonValueKind.Array, "a list of texts") is not { } list)
        {
            return null;
        }

        return list.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(JsonText.Of).Distinct(StringComparer.Ordinal)]
            : Refuse<string[]?>(keyword, "a list of texts");
    }

    public JsonElement? List(string keyword) => OfKind(keyword, JsonValueKind.Array, "a list");

    public JsonElement? Map(string keyword) => OfKind(keyword, JsonValueKind.Object, "an object");

    public SchemaNode? Schema(string keyword) =>
        Value(keyword) is { } schema ? _graph.NodeAt(_document, $"{_pointer}/{keyword}", schema) : null;

    public SchemaNode[]? Schemas(string keyword) => List(keyword) is { } list
        ? [.. list.EnumerateArray().Index().Select(entry => _graph.NodeAt(_document, $"{_pointer}/{keyword}/{entry.Index}", entry.Item))]
        : null;

    public Dictionary<string, SchemaNode>? SchemaMap(string keyword)
    {
        if (Map(keyword) is not { } map)
        {
            return null;
        }

        var schemas = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
        {
            var name = JsonText.NameOf(property);
            schemas[name] = _graph.NodeAt(_document, JsonPointer.Append($"{_pointer}/{keyword}", name), property.Value);
        }

        return schemas;
    }

    public void Refuse(string keyword, string sentence) => _graph.Refusal.Because(LocationOf(keyword), sentence);

    private JsonElement? OfKind(string keyword, JsonValueKind kind, string expected) => Value(keyword) switch
    {
        null => null,
        { } value when value.ValueKind == kind => value,
        _ => Refuse<JsonElement?>(keyword, expected),
    };

    private T? Refuse<T>(string keyword, string expected)
    {
        Refuse(keyword, $"The value of {keyword} must be {expected}.");
        return default;
    }
}
