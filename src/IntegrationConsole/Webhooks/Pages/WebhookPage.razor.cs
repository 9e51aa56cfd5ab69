using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Credentials;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Reading;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Webhooks.Pages;

public sealed partial class WebhookPage(WebhookStore endpoints, WebhookFigures figures, DeliveryStore deliveries, ArrivalReaders arrivals, WebhookSecretStore secrets)
{
    private int _refusals;
    private WebhookEndpoint? _endpoint;
    private WebhookDraft _draft = WebhookDraft.Empty;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private IReadOnlyList<Credential> _credentials = [];
    private IReadOnlyList<ArrivalReader> _readers = [];
    private WebhookActivity? _activity;
    private TrialAnswer? _answer;
    private ConfirmDialog? _rotate;
    private ConfirmDialog? _removeOld;
    private ConfirmDialog? _delete;
    private string _secret = "";
    private bool _secretAsked;
    private long _readTo;
    private int _unread;
    private bool _trying;
    private bool _outdated;

    [Inject]
    public required CredentialStore Credentials { get; set; }

    [Inject]
    public required ConnectionStore Connections { get; set; }

    [Inject]
    public required TrialDelivery Trials { get; set; }

    [Parameter]
    public Guid WebhookId { get; set; }

    private string Address => Navigation.ToAbsoluteUri(_endpoint!.Path).ToString();

    private string? SecretProblem => (_secret.Length == 0 && !_secretAsked) || _endpoint is null ? null : WebhookSecretStore.ProblemWith(_endpoint.Rules.Scheme, _secret);

    private static WebhookDraft StoredOf(WebhookEndpoint endpoint) => new(endpoint.Name, endpoint.Slug, endpoint.Rules, endpoint.Enabled);

    /// <remarks>What is being saved is not asked about. What is only being tried is not saved.</remarks>
    private bool Changed => (!IsBusy || _trying) && _endpoint is { } endpoint && _draft != StoredOf(endpoint);

    protected override Task OnParametersSetAsync() => _endpoint?.Id == WebhookId ? Task.CompletedTask : LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _endpoint = await endpoints.FindAsync(Id, WebhookId, Leaving);
        if (_endpoint is not null)
        {
            _draft = StoredOf(_endpoint);
            (_problems, _outdated) = (new Dictionary<string, string>(), false);
            await FetchFactsAsync();
        }
    }

    /// <summary>What changes by itself. What is being edited stays, unless nothing was changed yet.</summary>
    private async Task FetchFactsAsync()
    {
        var isUntouched = !Changed;
        if (await endpoints.FindAsync(Id, WebhookId, Leaving) is { } endpoint && isUntouched)
        {
            (_endpoint, _draft) = (endpoint, StoredOf(endpoint));
        }

        _activity = (await figures.OfDayAsync(Id, Leaving)).GetValueOrDefault(WebhookId);
        _readers = [.. (await arrivals.ListAsync(Id, Leaving)).Where(reader => reader.EndpointId == WebhookId)];
        _readTo = UnreadDeliveries.ReadTo([.. _readers]);
        _unread = await deliveries.CountBehindAsync(Id, WebhookId, _readTo, UnreadDeliveries.Most, Leaving);
        _credentials = await Credentials.ListAsync(Id, Leaving);
    }

    private Task LoadTheirsAsync() => LoadAsync(FetchAsync);

    private string NameOf(Guid credential) => _credentials.FirstOrDefault(candidate => candidate.Id == credential)?.Name ?? "the credential";

    private void Change(WebhookDraft draft)
    {
        _draft = draft;
        if (_problems.Count > 0)
        {
            _problems = WebhookRules.Check(draft);
        }
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "change a webhook endpoint", async actor =>
    {
        _problems = WebhookRules.Check(_draft);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        await SaidAsync(await endpoints.UpdateAsync(Id, WebhookId, _endpoint!.Version, _draft, null, actor, Leaving), "Saved. It holds for the next delivery.");
    });

    private Task AskRotateAsync()
    {
        (_secret, _secretAsked) = ("", false);
        return _rotate!.OpenAsync();
    }

    private string? FindWrongSecret()
    {
        _secretAsked = true;
        return SecretProblem is null ? null : "webhook-secret";
    }

    private Task RotateAsync(string reason) => ActAsync(Permission.Configure, "change a webhook's secret", async actor =>
    {
        var saved = await secrets.RotateAsync(_endpoint!, _secret, actor, Leaving);
        _secret = "";
        await SaidAsync(saved, "The new secret is sealed and good. Take the old one away when the sender has changed over.");
    });

    private Task RemoveOldAsync(string reason) => ActAsync(Permission.Configure, "take a webhook's old secret away", async actor =>
        await SaidAsync(await secrets.RemoveOldAsync(_endpoint!, actor, Leaving), "The old secret is not good any more."));

    private async Task SaidAsync(Saved saved, string sentence)
    {
        _outdated = saved is Saved.Outdated;
        if (saved is Saved.Done)
        {
            Toasts.Say(sentence);
            await FetchAsync();
        }
    }

    private Task TryAsync() => ActAsync(Permission.Configure, "test a webhook endpoint", async _ =>
    {
        _trying = true;
        try
        {
            _answer = await Trials.SendAsync(_endpoint!, new Uri(Navigation.BaseUri).Authority, Leaving);
            await FetchFactsAsync();
        }
        finally
        {
            _trying = false;
        }
    });

    /// <summary>An integration reads endpoints through a connection, of which a tenant needs no more than one.</summary>
    private Task UseAsync() => ActAsync(Permission.Configure, "use a webhook endpoint in an integration", async actor =>
    {
        var connection = (await Connections.ListAsync(Id, Leaving)).FirstOrDefault(candidate => candidate.Kind == WebhookConnector.Kind)?.Id
            ?? await Connections.CreateAsync(Id, new ConnectionDraft("Webhooks", WebhookConnector.Kind, "{}", null), actor, Leaving)
            ?? await Connections.CreateAsync(Id, new ConnectionDraft($"Webhooks {WebhookId:n}", WebhookConnector.Kind, "{}", null), actor, Leaving);
        Navigation.NavigateTo(At($"integrations/new?source={connection}&stream={_endpoint!.Slug}"));
    });

    private Task AskDeleteAsync() => ActAsync(Permission.Configure, "delete a webhook endpoint", async _ =>
    {
        await FetchFactsAsync();
        await _delete!.OpenAsync();
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a webhook endpoint", async actor =>
    {
        await endpoints.DeleteAsync(Id, WebhookId, actor, Leaving);
        Toasts.Say($"{_endpoint!.Name} was deleted.");
        Navigation.NavigateTo(At("webhooks"));
    });
}
