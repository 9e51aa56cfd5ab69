using System.Text.Encodings.Web;
using System.Text.Json;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>One line of a record as it is shown: a value with its name, or the beginning or the end of an object or a list.</summary>
/// <param name="Path">How a mapping refers to the value; empty for ends, and where no path can.</param>
/// <param name="Name">With its quotes; empty for items of lists.</param>
/// <param name="Text">The value as JSON, shortened; a bracket for objects and lists.</param>
/// <param name="Style">The class that gives the value its colour.</param>
public sealed record RecordLine(int Level, string Path, string Name, string Text, string Style)
{
    /// <summary>The same for all items of a list.</summary>
    public string Place { get; } = SourceReads.WithoutPositions(Path);
}

/// <summary>Lays a record out in lines, of which each can be pointed at.</summary>
public static class RecordLines
{
    private const int MostLines = 600;
    private const int MostItems = 50;
    private const int MostCharacters = 300;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The lines, or null for a record that is not JSON.</returns>
    public static IReadOnlyList<RecordLine>? Of(byte[] record)
    {
        try
        {
            using var document = JsonDocument.Parse(record, new JsonDocumentOptions { MaxDepth = 256 });
            var lines = new List<RecordLine>();
            Add(lines, document.RootElement, 0, "", "", hasPath: true, "");
            return lines;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(List<RecordLine> lines, JsonElement value, int level, string path, string name, bool hasPath, string comma)
    {
        if (lines.Count >= MostLines)
        {
            if (lines.Count == MostLines)
            {
                lines.Add(new RecordLine(level, "", "", "… and more than can be shown", "muted"));
            }

            return;
        }

        var place = hasPath ? path : "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                lines.Add(new RecordLine(level, place, name, "{", "json-open"));
                Members(lines, value, level, path, hasPath);
                lines.Add(new RecordLine(level, "", "", "}" + comma, ""));
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                lines.Add(new RecordLine(level, place, name, "[", "json-open"));
                Items(lines, value, level, path, hasPath);
                lines.Add(new RecordLine(level, "", "", "]" + comma, ""));
                break;
            default:
                lines.Add(new RecordLine(level, place, name, Text(value) + comma, Style(value)));
                break;
        }
    }

    private static void Members(List<RecordLine> lines, JsonElement value, int level, string path, bool hasPath)
    {
        var left = value.EnumerateObject().Count();
        foreach (var property in value.EnumerateObject())
        {
            var step = SampleShape.NameOf(property);
            Add(lines, property.Value, level + 1, path.Length == 0 ? step ?? "" : $"{path}.{step}", NameText(property), hasPath && step is not null, --left > 0 ? "," : "");
        }
    }

    private static void Items(List<RecordLine> lines, JsonElement value, int level, string path, bool hasPath)
    {
        var index = 0;
        var count = value.GetArrayLength();
        foreach (var item in value.EnumerateArray().Take(MostItems))
        {
            Add(lines, item, level + 1, $"{path}[{index}]", "", hasPath && path.Length > 0, ++index < count ? "," : "");
        }

        if (count > MostItems)
        {
            lines.Add(new RecordLine(level + 1, "", "", $"… and {count - MostItems} more", "muted"));
        }
    }

    private static string NameText(JsonProperty property)
    {
        try
        {
            return JsonSerializer.Serialize(property.Name, Relaxed);
        }
        catch (InvalidOperationException)
        {
            // Half a character cannot be written; the name is shown without it.
            return "\"…\"";
        }
    }

    private static string Text(JsonElement value)
    {
        var text = value.GetRawText();
        if (value.ValueKind is JsonValueKind.String)
        {
            text = SampleShape.TextOf(value) is { Length: > 0 } readable ? JsonSerializer.Serialize(readable, Relaxed) : text;
        }

        return text.Length <= MostCharacters ? text : text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
    }

    private static string Style(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "json-text",
        JsonValueKind.Number => "json-number",
        JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => "json-word",
        _ => "",
    };
}
