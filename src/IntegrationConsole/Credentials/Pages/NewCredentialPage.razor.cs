using IntegrationConsole.Access;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials.Pages;

public sealed partial class NewCredentialPage(CredentialStore credentials)
{
    private int _refusals;
    private CredentialDraft _draft = CredentialKind.Of(AuthenticationKind.ApiKey).Draft("");
    private CredentialDraft? _untouched;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _draft != _untouched;

    protected override void OnInitialized() => _untouched = _draft;

    private void Choose(AuthenticationKind kind)
    {
        _untouched = CredentialKind.Of(kind).Draft("");
        (_draft, _problems) = (_untouched with { Name = _draft.Name }, new Dictionary<string, string>());
    }

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a credential", async actor =>
    {
        _problems = CredentialKind.Of(_draft.Kind).Check(_draft, isNew: true);
        if (_problems.Count > 0)
        {
            _refusals++;
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
