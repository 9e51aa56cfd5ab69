using IntegrationConsole.Access;

namespace IntegrationConsole.Webhooks.Pages;

public sealed partial class NewWebhookPage(WebhookSecretStore secrets)
{
    private const string SecretProblem = "Secret";

    private int _refusals;
    private WebhookDraft _draft = WebhookDraft.Empty;
    private string _secret = "";
    private Dictionary<string, string> _problems = [];

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && (_draft != WebhookDraft.Empty || _secret.Length > 0);

    private void ChangeSecret(string secret)
    {
        _secret = secret;
        CheckAgain();
    }

    private void Change(WebhookDraft draft)
    {
        _draft = draft;
        CheckAgain();
    }

    /// <summary>What was marked when it was last sent is looked at again while it is corrected.</summary>
    private void CheckAgain()
    {
        if (_problems.Count > 0)
        {
            _problems = Check();
        }
    }

    private Dictionary<string, string> Check()
    {
        var problems = new Dictionary<string, string>(WebhookRules.Check(_draft));
        if (WebhookSecretStore.ProblemWith(_draft.Settings.Scheme, _secret) is { } wrong)
        {
            problems[SecretProblem] = wrong;
        }

        return problems;
    }

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a webhook endpoint", async actor =>
    {
        _problems = Check();
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        if (await secrets.CreateAsync(Id, _draft, _secret, actor, Leaving) is not { } created)
        {
            _problems = new Dictionary<string, string> { [nameof(WebhookDraft.Slug)] = $"Another endpoint is called {WebhookStore.SlugOf(_draft)} already: give this one another name as a stream." };
            _refusals++;
            return;
        }

        Toasts.Say($"{_draft.Name.Trim()} is saved. Give its address to the sender.");
        Navigation.NavigateTo(At($"webhooks/{created}"));
    });
}
