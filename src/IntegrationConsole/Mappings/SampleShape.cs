using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>A value met in sample records.</summary>
/// <param name="Path">How a mapping refers to it.</param>
/// <param name="Type">The narrowest type that fits every sample.</param>
/// <param name="IsSingle">Neither a list nor an object.</param>
/// <param name="Example">One of the values, shortened.</param>
/// <param name="PresentIn">In how many of the samples it stood.</param>
public sealed record SampleValue(string Path, FieldType Type, bool IsSingle, string Example, int PresentIn);

/// <summary>Learns from sample records what values there are.</summary>
public static class SampleShape
{
    private const int DeepestLevel = 8;
    private const int MostValues = 2_000;

    public static IReadOnlyList<SampleValue> Of(IEnumerable<JsonElement> records)
    {
        var found = new Dictionary<string, Seen>();
        foreach (var record in records)
        {
            Visit(record, "", 0, found);
        }

        return [.. found.Select(pair => new SampleValue(pair.Key, pair.Value.Type ?? FieldType.String, pair.Value.IsSingle, pair.Value.Example, pair.Value.Count))];
    }

    private static void Visit(JsonElement value, string path, int level, Dictionary<string, Seen> found)
    {
        if (value.ValueKind is JsonValueKind.Object && level < DeepestLevel)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (NameOf(property) is { } name)
                {
                    Visit(property.Value, path.Length == 0 ? name : $"{path}.{name}", level + 1, found);
                }
            }

            return;
        }

        if (path.Length == 0 || (!found.ContainsKey(path) && found.Count >= MostValues))
        {
            return;
        }

        var seen = found.GetValueOrDefault(path) ?? new Seen();
        found[path] = seen;
        seen.Count++;
        seen.IsSingle &= value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object);
        var text = TextOf(value);
        if (value.ValueKind is JsonValueKind.Null || text.Length == 0)
        {
            return;
        }

        if (seen.Example.Length == 0)
        {
            // Not in the middle of a character.
            seen.Example = text.Length > 60 ? text[..(char.IsHighSurrogate(text[59]) ? 59 : 60)] + "…" : text;
        }

        seen.Type = Wider(seen.Type, TypeOf(value, text));
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            Visit(value[0], $"{path}[0]", level + 1, found);
        }
    }

    /// <summary>The name as a path writes it; null where no path can: it holds a backtick, or half a character.</summary>
    internal static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name.Contains('`') ? null : SourcePath.Quote(property.Name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Empty for a text that holds half a character.</summary>
    internal static string TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    internal static FieldType TypeOf(JsonElement value, string text) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => FieldType.Boolean,
        JsonValueKind.Number => value.TryGetInt64(out _) ? FieldType.Integer : FieldType.Decimal,
        JsonValueKind.Object or JsonValueKind.Array => FieldType.Json,
        _ => TypeOf(text),
    };

    private static FieldType TypeOf(string text) =>
        text.Length == 36 && Guid.TryParseExact(text, "D", out _) ? FieldType.Uuid
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? FieldType.Date
        : text.Length >= 16 && IsoTime.TryParse(text, out _) ? FieldType.Timestamp
        : FieldType.String;

    internal static FieldType Wider(FieldType? known, FieldType next) => (known, next) switch
    {
        (null, _) => next,
        _ when known == next => next,
        (FieldType.Integer, FieldType.Decimal) or (FieldType.Decimal, FieldType.Integer) => FieldType.Decimal,
        (FieldType.Date, FieldType.Timestamp) or (FieldType.Timestamp, FieldType.Date) => FieldType.Timestamp,
        (FieldType.Json, _) or (_, FieldType.Json) => FieldType.Json,
        _ => FieldType.String,
    };

    private sealed class Seen
    {
        public FieldType? Type { get; set; }

        public bool IsSingle { get; set; } = true;

        public string Example { get; set; } = "";

        public int Count { get; set; }
    }
}
