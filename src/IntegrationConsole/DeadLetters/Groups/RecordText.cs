using System.Text.Json;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Looks into records for single values: a part of a record that is itself a list or an object has none.</summary>
internal static class RecordText
{
    private const int MostLevels = 3;
    private const int MostFields = 200;
    private const int MostCharacters = 200;

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

    /// <summary>All single values with their paths, those of nested objects too.</summary>
    public static IReadOnlyDictionary<string, string> All(ReadOnlyMemory<byte> record)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
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

    private static void Gather(JsonElement element, string prefix, int level, Dictionary<string, string> values)
    {
        if (element.ValueKind is not JsonValueKind.Object || level >= MostLevels)
        {
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (values.Count >= MostFields)
            {
                return;
            }

            var path = prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}";
            if (Text(property.Value) is { } text)
            {
                values[path] = text;
            }
            else
            {
                Gather(property.Value, path, level + 1, values);
            }
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
