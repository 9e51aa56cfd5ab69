using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class CredentialDialog(CredentialStore credentials, IJSRuntime browser)
{
    private ElementReference _dialog;
    private CredentialDraft? _draft;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private bool _open;

    /// <summary>What the form can use.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<AuthenticationKind> Kinds { get; set; }

    [Parameter]
    public EventCallback<Guid> OnCreated { get; set; }

    private IReadOnlyList<(string, string)> KindOptions => [.. Kinds.Select(kind => (kind.ToString(), CredentialKind.Of(kind).Title))];

    public async Task OpenAsync()
    {
        (_open, _draft, _problems) = (true, CredentialKind.Of(Kinds[0]).Draft(""), new Dictionary<string, string>());
        StateHasChanged();

        // Drawn first, so that there is something in it to focus.
        await Task.Yield();
        await browser.InvokeVoidAsync("shell.open", _dialog, Kinds.Count > 1 ? "credential-kind" : "credential-name");
    }

    private void Choose(string kind) => (_draft, _problems) = (CredentialKind.Of(Enum.Parse<AuthenticationKind>(kind)).Draft(_draft!.Name), new Dictionary<string, string>());

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a credential", async actor =>
    {
        _problems = CredentialKind.Of(_draft!.Kind).Check(_draft, isNew: true);
        if (_problems.Count > 0)
        {
            return;
        }

        if (await credentials.CreateAsync(Id, _draft, actor, Leaving) is not { } created)
        {
            _problems = new Dictionary<string, string> { ["name"] = "Another credential has this name." };
            return;
        }

        Toasts.Say($"{_draft.Name.Trim()} is saved and sealed.");
        await CloseAsync();
        await OnCreated.InvokeAsync(created);
    });

    private async Task CloseAsync()
    {
        _open = false;
        await browser.InvokeVoidAsync("shell.close", _dialog);
    }

    private void Closed() => _open = false;
}
