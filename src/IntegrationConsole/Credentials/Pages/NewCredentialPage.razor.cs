using IntegrationConsole.Access;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class NewCredentialPage(CredentialStore credentials)
{
    private CredentialDraft _draft = CredentialKind.Of(AuthenticationKind.ApiKey).Draft("");
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();

    private void Choose(AuthenticationKind kind) => (_draft, _problems) = (CredentialKind.Of(kind).Draft(_draft.Name), new Dictionary<string, string>());

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a credential", async actor =>
    {
        _problems = CredentialKind.Of(_draft.Kind).Check(_draft, isNew: true);
        if (_problems.Count > 0)
        {
            return;
        }

        if (await credentials.CreateAsync(Id, _draft, actor, Leaving) is null)
        {
            _problems = new Dictionary<string, string> { ["name"] = "Another credential has this name." };
            return;
        }

        Toasts.Say($"{_draft.Name.Trim()} is saved and sealed.");
        Navigation.NavigateTo(At("credentials"));
    });
}
