using System.Text.Json;
using IntegrationConsole.Schemas.Checks;
using IntegrationConsole.Schemas.Values;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>
/// Compiles a document and everything it refers to into nodes that point at each other. Works off a list instead of calling
/// itself, so that neither circles nor depth matter.
/// </summary>
internal sealed class SchemaGraph
{
    private readonly SchemaRegistry _registry;
    private readonly DocumentScan _scan;
    private readonly Dictionary<string, SchemaResource> _resources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<(SchemaDocument Document, string Pointer), SchemaNode> _nodes = [];
    private readonly Queue<(SchemaNode Node, SchemaDocument Document, string Pointer, JsonElement Schema)> _waiting = new();
    private readonly SortedSet<string> _dynamicNames = new(StringComparer.Ordinal);
    private bool _isWholeRegistryRead;

    public SchemaGraph(SchemaRegistry registry)
    {
        _registry = registry;
        _scan = new DocumentScan(new Dialects(registry, Refusal), Refusal);
    }

    public Refusal Refusal { get; } = new();

    /// <summary>The root of the compiled schema. It may only be used where nothing was refused.</summary>
    public SchemaNode Compile(JsonElement root)
    {
        var document = new SchemaDocument(SchemaAddress.Nowhere, root, isMain: true);
        Add(document);
        var node = NodeAt(document, "", root);
        do
        {
            while (Refusal.First is null && _waiting.TryDequeue(out var next))
            {
                new NodeBuilder(this, next.Document, next.Pointer, next.Schema, next.Node).Build();
            }

            AddDynamicTargets();
        }
        while (Refusal.First is null && _waiting.Count > 0);

        return node;
    }

    public SchemaNode NodeAt(SchemaDocument document, string pointer, JsonElement schema)
    {
        if (!_nodes.TryGetValue((document, pointer), out var node))
        {
            node = new SchemaNode(document.ResourceAt(pointer), document.Locate(pointer)) { RefusesAll = schema.ValueKind is JsonValueKind.False };
            _nodes[(document, pointer)] = node;
            _waiting.Enqueue((node, document, pointer, schema));
        }

        return node;
    }

    /// <summary>What a reference written in a resource refers to; null where it was refused.</summary>
    /// <param name="location">Where the reference stands.</param>
    public SchemaNode? Resolve(SchemaResource from, string reference, string location)
    {
        var address = from.Address.Resolve(reference);
        if (Find(address.WithoutFragment) is not { } resource)
        {
            Refusal.Because(location, $"The schema refers to {address.WithoutFragment}, which is not among the documents given; nothing is fetched.");
            return null;
        }

        var fragment = Uri.UnescapeDataString(address.Fragment ?? "");
        var pointer = fragment.Length == 0 || fragment[0] == '/' ? PointerWithin(resource, fragment) : resource.Anchors.GetValueOrDefault(fragment);
        if (pointer is null || resource.Document.ElementAt(pointer) is not { } schema)
        {
            Refusal.Because(location, $"The schema refers to {reference}, and there is no such place.");
            return null;
        }

        return NodeAt(resource.Document, pointer, schema);
    }

    /// <summary>The dynamic anchor that a reference names, if it names one: only then is it resolved anew at each evaluation.</summary>
    public string? DynamicNameOf(SchemaResource from, string reference)
    {
        var address = from.Address.Resolve(reference);
        var name = Uri.UnescapeDataString(address.Fragment ?? "");
        if (Find(address.WithoutFragment)?.DynamicAnchors.ContainsKey(name) is not true)
        {
            return null;
        }

        _dynamicNames.Add(name);
        return name;
    }

    // Written anew name by name, so that two spellings of a place are one node.
    private static string? PointerWithin(SchemaResource resource, string fragment) =>
        JsonPointer.NamesOf(fragment)?.Aggregate(resource.Pointer, JsonPointer.Append);

    private SchemaResource? Find(SchemaAddress address)
    {
        var text = address.ToString();
        if (!_resources.ContainsKey(text))
        {
            Read(text);
        }

        if (!_resources.ContainsKey(text) && !_isWholeRegistryRead)
        {
            // A document may be known to others by the $id it holds instead of the address it was given under.
            _isWholeRegistryRead = true;
            foreach (var known in _registry.Addresses)
            {
                Read(known);
            }
        }

        return _resources.GetValueOrDefault(text);
    }

    private void Read(string address)
    {
        if (!_asked.Add(address) || _registry.Find(address) is not { } text)
        {
            return;
        }

        var (root, problem) = SchemaJson.Parse(text);
        if (root is null)
        {
            Refusal.Because(address + "#", problem);
            return;
        }

        Add(new SchemaDocument(SchemaAddress.Parse(address), root.Value, isMain: false));
    }

    private void Add(SchemaDocument document)
    {
        _scan.Scan(document);
        _resources.TryAdd(document.Retrieval.ToString(), document.Resources[""]);
        foreach (var resource in document.Resources.Values)
        {
            _resources.TryAdd(resource.Address.ToString(), resource);
        }
    }

    private void AddDynamicTargets()
    {
        foreach (var resource in _resources.Values.ToList())
        {
            foreach (var name in _dynamicNames.Where(name => !resource.DynamicTargets.ContainsKey(name)))
            {
                if (resource.DynamicAnchors.TryGetValue(name, out var pointer) && resource.Document.ElementAt(pointer) is { } schema)
                {
                    resource.DynamicTargets[name] = NodeAt(resource.Document, pointer, schema);
                }
            }
        }
    }
}
