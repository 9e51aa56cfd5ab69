using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class CredentialPage(CredentialStore credentials, ConnectionStore connections, WebhookStore webhooks)
{
    private int _refusals;
    private Credential? _credential;
    private CredentialDraft? _draft;
    private CredentialDraft? _stored;
    private IReadOnlyList<Connection> _uses = [];
    private IReadOnlyList<WebhookEndpoint> _endpoints = [];
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private ConfirmDialog? _delete;
    private bool _outdated;
    private bool _isReplaced;

    [Parameter]
    public Guid CredentialId { get; set; }

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _draft != _stored;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _credential = await credentials.FindAsync(Id, CredentialId, Leaving);
        _uses = [.. (await connections.ListAsync(Id, Leaving)).Where(connection => connection.CredentialId == CredentialId)];
        _endpoints = [.. (await webhooks.ListAsync(Id, Leaving)).Where(endpoint => endpoint.CredentialId == CredentialId || endpoint.OldCredentialId == CredentialId)];
        _draft = _credential is null ? null : new CredentialDraft(
            _credential.Name, _credential.Kind, JsonSerializer.Deserialize<Dictionary<string, string>>(_credential.Settings)!, "", _credential.ExpiresAt);
        (_stored, _outdated) = (_draft, false);
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "change a credential", async actor =>
    {
        _problems = CredentialKind.Of(_draft!.Kind).Check(_draft, isNew: false);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        switch (await credentials.UpdateAsync(Id, CredentialId, _credential!.Version, _draft, actor, Leaving))
        {
            case Saved.Taken:
                _problems = new Dictionary<string, string> { ["name"] = "Another credential has this name." };
                break;
            case Saved.Outdated:
                _outdated = true;
                break;
            default:
                _isReplaced |= _draft.Secret.Length > 0;
                Toasts.Say(_draft.Secret.Length > 0 ? "The secret is replaced." : "Saved.");
                await FetchAsync();
                break;
        }
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a credential", async actor =>
    {
        if (await credentials.DeleteAsync(Id, CredentialId, actor, Leaving))
        {
            Navigation.NavigateTo(At("credentials"));
        }
        else
        {
            Toasts.Say($"{string.Join(", ", _uses.Select(connection => connection.Name).Concat(_endpoints.Select(endpoint => endpoint.Name)))} still use it: give them another credential first.", Tone.Bad);
        }
    });
}
