using IntegrationConsole.Connectors;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class CredentialsPage(CredentialStore credentials, ConnectionStore connections, WebhookStore webhooks)
{
    private IReadOnlyList<Credential> _credentials = [];
    private ILookup<Guid, string> _uses = Array.Empty<WebhookEndpoint>().ToLookup(_ => Guid.Empty, _ => "");

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _credentials = await credentials.ListAsync(Id, Leaving);
        var uses = (await connections.ListAsync(Id, Leaving)).Select(connection => (connection.CredentialId, connection.Name))
            .Concat((await webhooks.ListAsync(Id, Leaving)).SelectMany(endpoint => new (Guid? CredentialId, string Name)[] { (endpoint.CredentialId, endpoint.Name), (endpoint.OldCredentialId, endpoint.Name) }));
        _uses = uses.Where(use => use.CredentialId is not null).ToLookup(use => use.CredentialId!.Value, use => use.Name);
    }

    private string UsedBy(Credential credential) => _uses[credential.Id].ToList() is { Count: > 0 } names ? string.Join(", ", names) : "nothing yet";
}
