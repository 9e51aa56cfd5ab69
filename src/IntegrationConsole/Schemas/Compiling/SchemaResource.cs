namespace IntegrationConsole.Schemas.Compiling;

/// <summary>A schema with an address of its own: a document, or a part of one that has an <c>$id</c>.</summary>
/// <param name="document">The document it stands in.</param>
/// <param name="pointer">Where it stands there.</param>
internal sealed class SchemaResource(SchemaDocument document, string pointer, SchemaAddress address, Vocabularies vocabularies)
{
    public SchemaDocument Document { get; } = document;

    public string Pointer { get; } = pointer;

    public SchemaAddress Address { get; } = address;

    /// <summary>Which keywords mean something here.</summary>
    public Vocabularies Vocabularies { get; } = vocabularies;

    /// <summary>Pointers into the document by the names of <c>$anchor</c> and <c>$dynamicAnchor</c>.</summary>
    public Dictionary<string, string> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of <c>$dynamicAnchor</c> alone.</summary>
    public Dictionary<string, string> DynamicAnchors { get; } = new(StringComparer.Ordinal);

    /// <summary>What the dynamic anchors that some <c>$dynamicRef</c> names were compiled to.</summary>
    public Dictionary<string, Checks.SchemaNode> DynamicTargets { get; } = new(StringComparer.Ordinal);
}
