using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Sends;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class EditIntegrationPage(ConnectionStore connections, MappingStore mappings, TenantStore tenants, SendLedger ledger, TimeProvider clock)
{
    private int _refusals;
    private IReadOnlyList<Connection> _connections = [];
    private List<string> _fields = [];
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private SyncDraft? _draft;
    private SyncDraft? _stored;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private LedgerSize? _sends;
    private ConfirmDialog? _delete;
    private ConfirmDialog? _forget;
    private bool _outdated;

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _draft != _stored;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        await FindSyncAsync();
        if (Sync is not { } sync)
        {
            return;
        }

        _connections = await connections.ListAsync(Id, Leaving);
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
        _fields = [.. (await mappings.ListVersionsAsync(Id, sync.MappingId, Leaving))[0].Parsed.Fields.Select(rule => rule.Name)];
        _draft = new SyncDraft(
            sync.Name, sync.SourceConnectionId, sync.SourceStream, sync.ReadMode, sync.DestinationConnectionId, sync.DestinationStream, sync.WriteMode, sync.KeyFields,
            sync.CreateDestination, sync.When, sync.Overlap)
        { OrderKey = sync.OrderKey, LookBack = sync.LookBack, Deletes = sync.DeleteRules, Partitions = sync.Partitions, OnArrival = sync.OnArrival, BatchBreaker = sync.BatchBreaker };
        _sends = await ledger.SizeAsync(Id, sync.Id, Leaving);
        (_stored, _outdated) = (_draft, false);
    }

    /// <summary>What was marked when it was last sent is looked at again while it is corrected.</summary>
    private void Change(SyncDraft draft)
    {
        _draft = draft;
        if (_problems.Count > 0)
        {
            _problems = Check(draft);
        }
    }

    private IReadOnlyDictionary<string, string> Check(SyncDraft draft) => SyncRules.Check(draft, _zone, clock.GetUtcNow(), _fields.Count == 0 ? null : _fields);

    private Task SaveAsync() => ActAsync(Permission.Configure, "change an integration", async actor =>
    {
        _problems = Check(_draft!);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        _outdated = await Syncs.UpdateAsync(Id, Sync!.Id, Sync.Version, _draft!, actor, Leaving) is Saved.Outdated;
        if (!_outdated)
        {
            Toasts.Say("Saved. It holds from the next run.");
            Navigation.NavigateTo(Here);
        }
    });

    private Task ForgetCursorAsync() => ActAsync(Permission.Configure, "forget a cursor", async actor =>
    {
        await Syncs.ForgetCursorAsync(Id, Sync!.Id, actor, Leaving);
        await FetchAsync();
        Toasts.Say("The next run begins from the start.");
    });

    private Task ForgetSendsAsync(string reason) => ActAsync(Permission.Configure, "forget what was sent", async actor =>
    {
        await ledger.ForgetAsync(Id, Sync!.Id, Sync.Name, actor, Leaving);
        _sends = await ledger.SizeAsync(Id, Sync.Id, Leaving);
        Toasts.Say("The next run sends everything.");
    });

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete an integration", async actor =>
    {
        await Syncs.DeleteAsync(Id, Sync!.Id, actor, Leaving);
        Toasts.Say($"{Sync.Name} was deleted.");
        Navigation.NavigateTo(At("integrations"));
    });
}
