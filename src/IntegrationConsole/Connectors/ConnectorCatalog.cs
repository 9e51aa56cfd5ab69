namespace IntegrationConsole.Connectors;

/// <summary>The kinds of outside systems that the console knows.</summary>
public sealed class ConnectorCatalog(IEnumerable<IConnector> connectors)
{
    private readonly Dictionary<string, IConnector> _byKind = connectors.ToDictionary(connector => connector.Descriptor.Kind);

    public IReadOnlyList<ConnectorDescriptor> All => [.. _byKind.Values.Select(connector => connector.Descriptor)];

    public IConnector? Find(string kind) => _byKind.GetValueOrDefault(kind);

    public IConnector Get(string kind) => Find(kind) ?? throw new InvalidOperationException($"There is no connector of kind {kind}.");
}
