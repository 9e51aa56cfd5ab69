using System.Text.Json;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>A JSON document that holds schemas.</summary>
/// <param name="retrieval">The address it was asked for by; its root may name another.</param>
/// <param name="isMain">Whether it is the one that is compiled, and not one it refers to.</param>
internal sealed class SchemaDocument(SchemaAddress retrieval, JsonElement root, bool isMain)
{
    /// <summary>The resources that begin in this document, by pointer. The root is always one.</summary>
    public Dictionary<string, SchemaResource> Resources { get; } = new(StringComparer.Ordinal);

    public SchemaAddress Retrieval { get; } = retrieval;

    public JsonElement Root { get; } = root;

    /// <summary>A place as an error names it.</summary>
    public string Locate(string pointer) => isMain ? pointer : $"{Retrieval}#{pointer}";

    /// <summary>The resource that a place belongs to.</summary>
    public SchemaResource ResourceAt(string pointer)
    {
        for (var at = pointer; ; at = at[..at.LastIndexOf('/')])
        {
            if (Resources.TryGetValue(at, out var resource))
            {
                return resource;
            }
        }
    }

    public JsonElement? ElementAt(string pointer)
    {
        if (JsonPointer.NamesOf(pointer) is not { } names)
        {
            return null;
        }

        JsonElement? element = Root;
        foreach (var name in names)
        {
            element = JsonPointer.Step(element.Value, name);
            if (element is null)
            {
                return null;
            }
        }

        return element;
    }
}
