using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>One named field of a schema.</summary>
/// <param name="IsRequired">Whether the object around it must have it.</param>
/// <param name="Types">The types it may have, in words; empty for any.</param>
/// <param name="OtherRules">All else that is said of it, as comparable text.</param>
internal sealed record OutlinedField(bool IsRequired, string Types, string OtherRules);

/// <summary>
/// The fields that a schema names, each by its path such as <c>address.zip</c> or <c>lines[].sku</c>. What alternatives and
/// conditions say is not in it: a schema is more than its outline.
/// </summary>
internal static class SchemaOutline
{
    private const int DeepestLevel = 8;
    private const int MostReferences = 8;

    // These are told field by field; the annotations say nothing about records.
    private static readonly string[] Outlined = ["properties", "required", "type", "items", "title", "description", "$comment", "examples", "$schema", "$id", "$defs"];

    public static Dictionary<string, OutlinedField> Of(JsonElement schema)
    {
        var found = new Dictionary<string, OutlinedField>(StringComparer.Ordinal);
        Visit(schema, schema, "", 0, found);
        return found;
    }

    /// <summary>What is said of a record beside its fields.</summary>
    public static OutlinedField Whole(JsonElement schema) => Outline(schema, isRequired: false);

    /// <summary>What a schema says of the members of an object; none where it names none.</summary>
    public static IReadOnlyDictionary<string, JsonElement> MembersOf(JsonElement schema, JsonElement root)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (Part(Resolve(schema, root), "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
            {
                members[JsonText.NameOf(property)] = property.Value;
            }
        }

        return members;
    }

    /// <summary>What a schema says of every item of a list; null where it says nothing.</summary>
    public static JsonElement? ItemsOf(JsonElement schema, JsonElement root) => Part(Resolve(schema, root), "items");

    /// <summary>Whether names that are not listed are expected as well: then none of them is new.</summary>
    public static bool ExpectsPatterns(JsonElement schema, JsonElement root) => Part(Resolve(schema, root), "patternProperties") is not null;

    private static void Visit(JsonElement schema, JsonElement root, string path, int level, Dictionary<string, OutlinedField> found)
    {
        if (level >= DeepestLevel)
        {
            return;
        }

        var required = TextsOf(Part(Resolve(schema, root), "required"));
        foreach (var (name, member) in MembersOf(schema, root))
        {
            var place = path.Length == 0 ? Legible.Text(name) : $"{path}.{Legible.Text(name)}";
            found[place] = Outline(Resolve(member, root), required.Contains(name));
            Visit(member, root, place, level + 1, found);
        }

        if (ItemsOf(schema, root) is { } items)
        {
            Visit(items, root, $"{path}[]", level + 1, found);
        }
    }

    private static OutlinedField Outline(JsonElement field, bool isRequired)
    {
        if (field.ValueKind is not JsonValueKind.Object)
        {
            return new OutlinedField(isRequired, "", field.GetRawText());
        }

        var others = field.EnumerateObject().Where(rule => !Outlined.Contains(JsonText.NameOf(rule))).Select(rule => $"{JsonText.NameOf(rule)}:{Compact(rule.Value)}");
        return new OutlinedField(isRequired, string.Join(" or ", TextsOf(Part(field, "type"))), string.Join(",", others.Order(StringComparer.Ordinal)));
    }

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    private static JsonElement Resolve(JsonElement schema, JsonElement root)
    {
        for (var step = 0; step < MostReferences && Part(schema, "$ref") is { ValueKind: JsonValueKind.String } reference; step++)
        {
            // Elsewhere than in this document nobody has looked yet: such a field is only known by its name.
            if (JsonText.Of(reference) is not ['#', .. var pointer] || JsonPointer.NamesOf(Uri.UnescapeDataString(pointer)) is not { } names)
            {
                return schema;
            }

            JsonElement? target = root;
            foreach (var name in names)
            {
                target = target is { } at ? JsonPointer.Step(at, name) : null;
            }

            if (target is not { } known)
            {
                return schema;
            }

            schema = known;
        }

        return schema;
    }

    private static JsonElement? Part(JsonElement schema, string keyword) => JsonPointer.Step(schema, keyword);

    private static List<string> TextsOf(JsonElement? part) => part switch
    {
        { ValueKind: JsonValueKind.String } text => [JsonText.Of(text)],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.String).Select(JsonText.Of)],
        _ => [],
    };
}
