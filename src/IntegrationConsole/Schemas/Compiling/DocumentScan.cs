using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>
/// Finds the resources and anchors of a document. Only places where the draft has a schema are looked at: an <c>$id</c> inside an
/// example or an unknown keyword is data.
/// </summary>
internal sealed class DocumentScan(Dialects dialects, Refusal refusal)
{
    private static readonly string[] SingleSchemas =
    [
        "additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ];

    private static readonly string[] SchemaLists = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly string[] SchemaMaps = ["$defs", "properties", "patternProperties", "dependentSchemas"];

    public void Scan(SchemaDocument document)
    {
        var waiting = new Stack<(JsonElement Schema, string Pointer, SchemaResource Around)>();
        waiting.Push((document.Root, "", RootOf(document)));
        while (waiting.TryPop(out var place))
        {
            if (place.Schema.ValueKind is not JsonValueKind.Object)
            {
                continue;
            }

            var resource = place.Pointer.Length == 0 ? place.Around : ResourceOf(place.Schema, place.Pointer, place.Around);
            AddAnchors(place.Schema, place.Pointer, resource);
            foreach (var (schema, pointer) in SchemasWithin(place.Schema, place.Pointer).Reverse())
            {
                waiting.Push((schema, pointer, resource));
            }
        }
    }

    private SchemaResource RootOf(SchemaDocument document)
    {
        var address = document.Retrieval;
        var vocabularies = Vocabularies.Standard;
        if (document.Root.ValueKind is JsonValueKind.Object)
        {
            address = AddressOf(document.Root, document, "", address) ?? address;
            vocabularies = VocabulariesOf(document.Root, document, "", vocabularies);
        }

        var resource = new SchemaResource(document, "", address, vocabularies);
        document.Resources[""] = resource;
        return resource;
    }

    private SchemaResource ResourceOf(JsonElement schema, string pointer, SchemaResource around)
    {
        if (AddressOf(schema, around.Document, pointer, around.Address) is not { } address)
        {
            return around;
        }

        var resource = new SchemaResource(around.Document, pointer, address, VocabulariesOf(schema, around.Document, pointer, around.Vocabularies));
        around.Document.Resources[pointer] = resource;
        return resource;
    }

    private SchemaAddress? AddressOf(JsonElement schema, SchemaDocument document, string pointer, SchemaAddress around)
    {
        if (TextOf(schema, "$id") is not { } id)
        {
            return null;
        }

        var address = around.Resolve(id);
        if (address.Fragment is { Length: > 0 })
        {
            refusal.Because(document.Locate(pointer + "/$id"), "An $id has no part after a #; name a place within a schema with $anchor.");
        }

        return address.WithoutFragment;
    }

    private Vocabularies VocabulariesOf(JsonElement schema, SchemaDocument document, string pointer, Vocabularies around) =>
        TextOf(schema, "$schema") is { } dialect ? dialects.Find(dialect, document.Locate(pointer + "/$schema")) : around;

    private static void AddAnchors(JsonElement schema, string pointer, SchemaResource resource)
    {
        if (TextOf(schema, "$anchor") is { } anchor)
        {
            resource.Anchors.TryAdd(anchor, pointer);
        }

        if (TextOf(schema, "$dynamicAnchor") is { } dynamicAnchor)
        {
            resource.Anchors.TryAdd(dynamicAnchor, pointer);
            resource.DynamicAnchors.TryAdd(dynamicAnchor, pointer);
        }
    }

    private static IEnumerable<(JsonElement Schema, string Pointer)> SchemasWithin(JsonElement schema, string pointer)
    {
        foreach (var property in schema.EnumerateObject())
        {
            var name = JsonText.NameOf(property);
            var at = JsonPointer.Append(pointer, name);
            if (SingleSchemas.Contains(name))
            {
                yield return (property.Value, at);
            }
            else if (property.Value.ValueKind is JsonValueKind.Array && SchemaLists.Contains(name))
            {
                foreach (var (index, item) in property.Value.EnumerateArray().Index())
                {
                    yield return (item, $"{at}/{index}");
                }
            }
            else if (property.Value.ValueKind is JsonValueKind.Object && SchemaMaps.Contains(name))
            {
                foreach (var member in property.Value.EnumerateObject())
                {
                    yield return (member.Value, JsonPointer.Append(at, JsonText.NameOf(member)));
                }
            }
        }
    }

    private static string? TextOf(JsonElement schema, string keyword) =>
        JsonPointer.Step(schema, keyword) is { ValueKind: JsonValueKind.String } text ? JsonText.Of(text) : null;
}
