using System.Text.Json;
using IntegrationConsole.Schemas;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Whether a source still sends the fields that were agreed.</summary>
/// <param name="New">Fields of the samples that the schema does not name, by path.</param>
/// <param name="Absent">Fields that the schema names and no sample has.</param>
public sealed record FieldDrift(IReadOnlyList<string> New, IReadOnlyList<string> Absent)
{
    private const int DeepestLevel = 8;

    public static readonly FieldDrift None = new([], []);

    /// <param name="schema">As somebody writes it: of one that is none, nothing is said.</param>
    /// <param name="records">UTF-8 JSON; what is not JSON is passed over.</param>
    public static FieldDrift Of(string schema, IReadOnlyList<byte[]> records)
    {
        if (schema.Length == 0 || AgreedSchema.Compile(schema) is not SchemaCompilation.Compiled)
        {
            return None;
        }

        var root = JsonElement.Parse(schema);
        var (fresh, absent) = (new List<string>(), new List<string>());
        Compare(root, root, [.. records.Select(Parsed).OfType<JsonElement>()], "", 0, fresh, absent);
        return new FieldDrift(fresh, absent);
    }

    private static void Compare(JsonElement schema, JsonElement root, List<JsonElement> values, string path, int level, List<string> fresh, List<string> absent)
    {
        if (level >= DeepestLevel)
        {
            return;
        }

        if (SchemaOutline.ItemsOf(schema, root) is { } items)
        {
            Compare(items, root, [.. values.Where(value => value.ValueKind is JsonValueKind.Array).SelectMany(list => list.EnumerateArray())], $"{path}[]", level + 1, fresh, absent);
        }

        var agreed = SchemaOutline.MembersOf(schema, root);
        var sent = MembersOf(values);

        // Where no object arrived at all, the field above it is named already; and an object without listed fields was agreed as it comes.
        if (agreed.Count == 0 || values.All(value => value.ValueKind is not JsonValueKind.Object))
        {
            return;
        }

        string Place(string name) => path.Length == 0 ? Legible.Text(name) : $"{path}.{Legible.Text(name)}";

        if (!SchemaOutline.ExpectsPatterns(schema, root))
        {
            fresh.AddRange(sent.Keys.Where(name => !agreed.ContainsKey(name)).Select(Place));
        }

        absent.AddRange(agreed.Keys.Where(name => !sent.ContainsKey(name)).Select(Place));
        foreach (var (name, member) in agreed)
        {
            if (sent.TryGetValue(name, out var below))
            {
                Compare(member, root, below, Place(name), level + 1, fresh, absent);
            }
        }
    }

    private static Dictionary<string, List<JsonElement>> MembersOf(List<JsonElement> values)
    {
        var members = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach (var property in values.Where(value => value.ValueKind is JsonValueKind.Object).SelectMany(value => value.EnumerateObject()))
        {
            var name = JsonText.NameOf(property);
            if (!members.TryGetValue(name, out var seen))
            {
                members[name] = seen = [];
            }

            seen.Add(property.Value);
        }

        return members;
    }

    private static JsonElement? Parsed(byte[] record)
    {
        try
        {
            return JsonElement.Parse(record);
        }
        catch (JsonException)
        {
            // What is wrong with it is said where the record is shown.
            return null;
        }
    }
}
