using System.Text.Json.Nodes;
using IntegrationConsole.Access;
using IntegrationConsole.Credentials;

namespace IntegrationConsole.Connectors.Pages;

public sealed partial class NewConnectionPage(ConnectionStore connections, CredentialStore credentials, ConnectionOpener opener, ConnectorCatalog catalog, TimeProvider clock)
{
    private int _refusals;
    private bool _trying;
    private IConnector? _connector;
    private string _name = "";
    private Guid? _credentialId;
    private JsonObject _values = [];
    private IReadOnlyList<SettingProblem> _problems = [];
    private IReadOnlyList<Credential> _credentials = [];
    private CheckReport? _report;
    private string _untouched = "";

    /// <remarks>What is being saved is not asked about. What is only being tried is not saved.</remarks>
    private bool Changed => (!IsBusy || _trying) && _connector is not null && (_name.Length > 0 || _credentialId is not null || _values.ToJsonString() != _untouched);

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _credentials = await credentials.ListAsync(Id, Leaving);

    private async Task ChooseCredentialAsync(Guid created)
    {
        await FetchAsync();
        _credentialId = created;
    }

    private void Choose(string kind)
    {
        _connector = catalog.Get(kind);
        _values = SettingsForm.Defaults(_connector.Descriptor.Settings);
        (_problems, _report, _credentialId) = ([], null, null);
        _untouched = _values.ToJsonString();
    }

    private void Forget() => _report = null;

    private ConnectionDraft Draft => new(_name, _connector!.Descriptor.Kind, _values.ToJsonString(), _credentialId);

    private Task TestAsync() => ActAsync(Permission.Configure, "test a connection", async actor =>
    {
        _problems = ConnectionRules.Check(_connector!, Draft);
        _refusals += _problems.Count > 0 ? 1 : 0;
        _report = _problems.Count > 0 ? null : await TryAsync(actor);
    });

    private async Task<CheckReport> TryAsync(Actor actor)
    {
        _trying = true;
        try
        {
            return await opener.TestAsync(Id, Guid.CreateVersion7(clock.GetUtcNow()), Draft, actor, Leaving);
        }
        finally
        {
            _trying = false;
        }
    }

    private Task CreateAsync() => ActAsync(Permission.Configure, "create a connection", async actor =>
    {
        _problems = ConnectionRules.Check(_connector!, Draft);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        if (await connections.CreateAsync(Id, Draft, actor, Leaving) is not { } created)
        {
            _problems = [new SettingProblem("name", "Another connection has this name.")];
            return;
        }

        if (_report is not null)
        {
            await connections.SaveCheckAsync(Id, created, 1, _report, Leaving);
        }

        Toasts.Say($"{_name.Trim()} is saved.");
        Navigation.NavigateTo(At($"connections/{created}"));
    });
}
