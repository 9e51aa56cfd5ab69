using System.Text.Json;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Looks into records for single values: a part of a record that is itself a list or an object has none.</summary>
internal static class RecordText
{
    private const int MostLevels = 4;
    private const int MostItems = 20;
    private const int MostValues = 300;
    public const int MostCharacters = 200;

    /// <summary>The value at a path with dots.</summary>
    /// <returns>Null where there is none, or no single value.</returns>
    public static string? At(ReadOnlyMemory<byte> record, string path)
    {
        try
        {
            using var parsed = JsonDocument.Parse(record);
            var at = parsed.RootElement;
            foreach (var name in path.Split('.'))
            {
                if (at.ValueKind is not JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return Text(at);
        }
        catch (JsonException)
        {
            // A record that is no JSON is why it was set aside; it has no values.
            return null;
        }
    }

    /// <summary>All single values with their paths, each value once for each path; positions in lists are asterisks.</summary>
    public static IReadOnlyCollection<(string Path, string Value)> All(ReadOnlyMemory<byte> record)
    {
        var values = new HashSet<(string, string)>();
        try
        {
            using var parsed = JsonDocument.Parse(record);
            Gather(parsed.RootElement, "", 0, values);
        }
        catch (JsonException)
        {
            // As above.
        }

        return values;
    }

    private static void Gather(JsonElement element, string path, int level, HashSet<(string, string)> values)
    {
        if (values.Count >= MostValues || level > MostLevels)
        {
            return;
        }

        if (element.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                Gather(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", level + 1, values);
            }
        }
        else if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray().Take(MostItems))
            {
                Gather(item, $"{path}[*]", level + 1, values);
            }
        }
        else if (Text(element) is { } text)
        {
            values.Add((path, text));
        }
    }

    private static string? Text(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            JsonValueKind.Null => "null",
            _ => null,
        };
        return text?.Length > MostCharacters ? text[..MostCharacters] : text;
    }
}
