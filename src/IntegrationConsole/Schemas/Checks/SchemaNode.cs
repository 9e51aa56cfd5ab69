using IntegrationConsole.Schemas.Compiling;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>One schema of a document, compiled: the checks that a value must pass, in a fixed order.</summary>
/// <param name="resource">The schema with the nearest <c>$id</c>, whose dynamic anchors come into scope here.</param>
/// <param name="location">Where the schema stands.</param>
internal sealed class SchemaNode(SchemaResource resource, string location)
{
    public SchemaResource Resource { get; } = resource;

    public string Location { get; } = location;

    // Set once the whole graph is known, because schemas refer to each other in circles.
    public Check[] Checks { get; set; } = [];

    public bool AsksForUnevaluated { get; set; }

    /// <summary>The schema <c>false</c>.</summary>
    public bool RefusesAll { get; set; }
}
