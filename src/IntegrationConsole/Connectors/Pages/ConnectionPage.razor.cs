using System.Text.Json.Nodes;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Credentials;
using IntegrationConsole.Health.Probing;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Maintenance;
using IntegrationConsole.Tenants.Pages;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Connectors.Pages;

public sealed partial class ConnectionPage(ConnectionStore connections, CredentialStore credentials, ConnectionOpener opener, ConnectorCatalog catalog, SyncStore syncs)
{
    private int _refusals;
    private bool _trying;
    private Connection? _connection;
    private Circuit? _circuit;
    private IConnector? _connector;
    private string _name = "";
    private Guid? _credentialId;
    private JsonObject _values = [];
    private IReadOnlyList<SettingProblem> _problems = [];
    private IReadOnlyList<Credential> _credentials = [];
    private IReadOnlyList<SyncDefinition> _uses = [];
    private CheckReport? _report;
    private Discovery? _discovery;
    private ConfirmDialog? _delete;
    private MaintenanceDialog? _planning;
    private MaintenanceTime? _maintenance;
    private ConnectionProbe? _probe;
    private bool _outdated;

    [Inject]
    public required CircuitStore Circuits { get; set; }

    [Inject]
    public required MaintenanceStore Maintenance { get; set; }

    [Inject]
    public required ProbeStore Probes { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    [Parameter]
    public Guid ConnectionId { get; set; }

    private ConnectionDraft Stored => new(_connection!.Name, _connection.Kind, JsonNode.Parse(_connection.Settings)!.ToJsonString(), _connection.CredentialId);

    private ConnectionDraft Draft => new(_name, _connection!.Kind, _values.ToJsonString(), _credentialId);

    /// <remarks>What is being saved is not asked about. What is only being tried is not saved.</remarks>
    private bool Changed => (!IsBusy || _trying) && _connection is not null && Draft != Stored;

    protected override Task OnParametersSetAsync() => _connection?.Id == ConnectionId ? Task.CompletedTask : LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _connection = await connections.FindAsync(Id, ConnectionId, Leaving);
        _credentials = await credentials.ListAsync(Id, Leaving);
        await FetchUsesAsync();
        await FetchCircuitAsync();
        if (_connection is null)
        {
            return;
        }

        _connector = catalog.Find(_connection.Kind);
        _name = _connection.Name;
        _credentialId = _connection.CredentialId;
        _values = JsonNode.Parse(_connection.Settings)!.AsObject();
        (_problems, _report, _outdated) = ([], _connection.LastCheck, false);
    }

    private async Task FetchCircuitAsync()
    {
        _circuit = await Circuits.FindAsync(Id, ConnectionId, Leaving);
        _maintenance = await Maintenance.FindNextAsync(Id, MaintenanceScope.Connection, ConnectionId, Leaving);
        _probe = await Probes.FindAsync(Id, ConnectionId, Leaving);
    }

    private async Task FetchUsesAsync() => _uses = await syncs.ListOfConnectionAsync(Id, ConnectionId, Leaving);

    private async Task ChooseCredentialAsync(Guid created)
    {
        _credentials = await credentials.ListAsync(Id, Leaving);
        _credentialId = created;
    }

    private Task TestAsync() => ActAsync(Permission.Configure, "test a connection", async actor =>
    {
        _problems = ConnectionRules.Check(_connector!, Draft);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        _report = await TryAsync(() => opener.TestAsync(Id, ConnectionId, Draft, actor, Leaving));
        if (Draft == Stored)
        {
            await connections.SaveCheckAsync(Id, ConnectionId, _connection!.Version, _report, Leaving);
            _connection = await connections.FindAsync(Id, ConnectionId, Leaving);
        }
    });

    private async Task<T> TryAsync<T>(Func<Task<T>> attempt)
    {
        _trying = true;
        try
        {
            return await attempt();
        }
        finally
        {
            _trying = false;
        }
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "change a connection", async actor =>
    {
        _problems = ConnectionRules.Check(_connector!, Draft);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        switch (await connections.UpdateAsync(Id, ConnectionId, _connection!.Version, Draft, actor, Leaving))
        {
            case Saved.Taken:
                _problems = [new SettingProblem("name", "Another connection has this name.")];
                break;
            case Saved.Outdated:
                _outdated = true;
                break;
            default:
                Toasts.Say("Saved. Runs use it from their next start.");
                await FetchAsync();
                break;
        }
    });

    private Task DiscoverAsync() => ActAsync(Permission.ViewPayload, "discover streams", async _ =>
    {
        try
        {
            _discovery = new Discovery(await TryAsync(() => _connector!.DiscoverAsync(opener.OpenForTrial(_connection!), Leaving)), "");
        }
        catch (Exception problem) when (!Leaving.IsCancellationRequested)
        {
            // The border of a request to an outside system.
            var failure = FailureClassifier.Classify(problem, _connection!.Name);
            _discovery = new Discovery([], $"{failure.Sentence} {failure.Cause.Suggestion}");
        }
    });

    private Task SetProbedAsync(bool on) => ActAsync(Permission.Configure, "set probes on or off", async actor =>
    {
        await Probes.SetOnAsync(Id, ConnectionId, on, actor, Leaving);
        Toasts.Say(on ? "It is probed again within a minute." : "It is not probed any more.");
        await FetchCircuitAsync();
    });

    private Task<Actor?> AdmitUploadAsync(string attempt) => Gatekeeper.AdmitAsync(Tenant, Permission.Configure, attempt, Leaving);

    private Task AskDeleteAsync() => ActAsync(Permission.Configure, "delete a connection", async _ =>
    {
        await FetchUsesAsync();
        await _delete!.OpenAsync();
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a connection", async actor =>
    {
        if (await connections.DeleteAsync(Id, ConnectionId, actor, Leaving))
        {
            Navigation.NavigateTo(At("connections"));
        }
        else
        {
            // Somebody gave it to an integration while the question stood on the screen.
            await FetchUsesAsync();
            Toasts.Say($"{string.Join(", ", _uses.Select(sync => sync.Name))} took it into use meanwhile: it was not deleted.", Tone.Bad);
        }
    });

    private sealed record Discovery(IReadOnlyList<StreamInfo> Streams, string Problem);
}
