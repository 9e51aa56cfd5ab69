using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Compiling;

namespace IntegrationConsole.Schemas.Inference;

/// <summary>Writes what was observed as a schema.</summary>
internal static class InferredSchema
{
    // Few values over many samples are a list of choices; a name that happens to repeat is not.
    private const int FewestTextsForChoices = 20;
    private const int TextsPerChoice = 5;
    private const int LongestChoice = 50;

    private static readonly (ValueTypes Type, string Name)[] Names =
    [
        (ValueTypes.Object, "object"), (ValueTypes.Array, "array"), (ValueTypes.String, "string"), (ValueTypes.Number, "number"),
        (ValueTypes.Integer, "integer"), (ValueTypes.Boolean, "boolean"), (ValueTypes.Null, "null"),
    ];

    public static string Write(ObservedValue seen)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Dialects.Standard);
            WriteRules(json, seen);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void WriteRules(Utf8JsonWriter json, ObservedValue seen)
    {
        WriteTypes(json, seen.Types);
        if (ChoicesOf(seen) is { } choices)
        {
            WriteChoices(json, seen, choices);
        }
        else if (seen.Format is { } format)
        {
            json.WriteString("format", format);
        }

        if (seen.Members is { Count: > 0 } members)
        {
            WriteMembers(json, seen, members);
        }

        if (seen.Items is { } items)
        {
            json.WriteStartObject("items");
            WriteRules(json, items);
            json.WriteEndObject();
        }
    }

    private static void WriteTypes(Utf8JsonWriter json, ValueTypes types)
    {
        // A fraction among whole numbers makes them all numbers.
        var known = types.HasFlag(ValueTypes.Number) ? types & ~ValueTypes.Integer : types;
        var names = Names.Where(entry => known.HasFlag(entry.Type)).Select(entry => entry.Name).ToList();
        if (names.Count == 1)
        {
            json.WriteString("type", names[0]);
        }
        else if (names.Count > 1)
        {
            json.WriteStartArray("type");
            names.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }
    }

    /// <summary>Null where the texts are free, or other kinds of values stand among them, which a list of choices would exclude.</summary>
    private static SortedSet<string>? ChoicesOf(ObservedValue seen) =>
        (seen.Types & ~(ValueTypes.String | ValueTypes.Null)) == 0
        && seen.Format is null
        && seen.Texts >= FewestTextsForChoices
        && seen.Values is { } values
        && values.Count * TextsPerChoice <= seen.Texts
        && values.All(value => value.Length <= LongestChoice) ? values : null;

    private static void WriteChoices(Utf8JsonWriter json, ObservedValue seen, SortedSet<string> choices)
    {
        json.WriteStartArray("enum");
        foreach (var choice in choices)
        {
            json.WriteStringValue(choice);
        }

        if (seen.Types.HasFlag(ValueTypes.Null))
        {
            json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter json, ObservedValue seen, Dictionary<string, ObservedValue> members)
    {
        json.WriteStartObject("properties");
        foreach (var (name, member) in members)
        {
            json.WriteStartObject(name);
            WriteRules(json, member);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        var always = members.Where(member => member.Value.Presence == seen.Objects).Select(member => member.Key).ToList();
        if (always.Count > 0)
        {
            json.WriteStartArray("required");
            always.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }
    }
}
