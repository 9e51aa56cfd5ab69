using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class CredentialsPage(CredentialStore credentials, ConnectionStore connections)
{
    private IReadOnlyList<Credential> _credentials = [];
    private ILookup<Guid, string> _uses = Array.Empty<Connection>().ToLookup(_ => Guid.Empty, _ => "");

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _credentials = await credentials.ListAsync(Id, Leaving);
        _uses = (await connections.ListAsync(Id, Leaving)).Where(connection => connection.CredentialId is not null)
            .ToLookup(connection => connection.CredentialId!.Value, connection => connection.Name);
    }

    private string UsedBy(Credential credential) => _uses[credential.Id].ToList() is { Count: > 0 } names ? string.Join(", ", names) : "nothing yet";
}
