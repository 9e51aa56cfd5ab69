using IntegrationConsole.Sync;

namespace IntegrationConsole.Connectors.Pages;

public sealed partial class ConnectionsPage(ConnectionStore connections, SyncStore syncs, ConnectorCatalog catalog)
{
    private IReadOnlyList<Connection> _connections = [];
    private ILookup<Guid, string> _uses = Array.Empty<SyncDefinition>().ToLookup(_ => Guid.Empty, _ => "");

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _connections = await connections.ListAsync(Id, Leaving);
        _uses = (await syncs.ListAsync(Id, Leaving))
            .SelectMany(sync => new[] { (sync.SourceConnectionId, sync.Name), (sync.DestinationConnectionId, sync.Name) })
            .ToLookup(use => use.Item1, use => use.Name);
    }
}
