using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Silences;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>What fires now, grouped by root cause.</summary>
public sealed partial class ActiveAlerts(IncidentStore incidents, ChannelStore channels, SyncStore syncs)
{
    private IReadOnlyList<IncidentView> _incidents = [];
    private Dictionary<Guid, string> _slugs = [];
    private AlertCounts _counts = new(0, 0, 0, 0, 0, 0);
    private int _channels;
    private IncidentView? _asked;
    private string _assignTo = "";
    private ConfirmDialog? _resolve;
    private ConfirmDialog? _assign;
    private SilenceDialog? _silence;

    /// <summary>The incident that a message led to.</summary>
    [SupplyParameterFromQuery(Name = "incident")]
    public string? IncidentInAddressText { get; set; }

    private Guid? IncidentInAddress => AddressText.Id(IncidentInAddressText);

    private IncidentView? Chosen => _incidents.FirstOrDefault(view => view.Incident.Id == IncidentInAddress);

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _incidents = await incidents.ListOpenAsync(Id, Leaving);
        _counts = await incidents.CountAsync(Id, Leaving);
        _channels = (await channels.ListAsync(Id, Leaving)).Count(channel => channel.IsOn);
        _slugs = (await syncs.ListAsync(Id, Leaving)).ToDictionary(sync => sync.Id, sync => sync.Slug);
    }

    private string HrefOf(IncidentView view) => view.Incident.RootKind switch
    {
        ObjectKind.Sync when _slugs.TryGetValue(view.Incident.RootId, out var slug) => At($"integrations/{slug}"),
        ObjectKind.Connection => At($"connections/{view.Incident.RootId}"),
        _ => At("health"),
    };

    private Task AcknowledgeAsync(IncidentView view) => ActAsync(Permission.Run, "acknowledge an alert", async actor =>
    {
        var count = await incidents.AcknowledgeAsync(Id, view.Incident.Id, actor, Leaving);
        await FetchAsync();
        Toasts.Say(count == 0 ? "Somebody was faster: it is acknowledged already." : $"{view.Incident.RootName} is acknowledged: it is neither repeated nor passed on.");
    });

    private Task TakeBackAsync(IncidentView view) => ActAsync(Permission.Run, "take back an acknowledgement", async actor =>
    {
        await incidents.UnacknowledgeAsync(Id, view.Incident.Id, actor, Leaving);
        await FetchAsync();
        Toasts.Say($"{view.Incident.RootName} fires again.", Tone.Info);
    });

    private Task AskResolveAsync(IncidentView view)
    {
        _asked = view;
        return _resolve!.OpenAsync();
    }

    private Task ResolveAsync(string reason) => ActAsync(Permission.Run, "resolve an alert", async actor =>
    {
        await incidents.ResolveAsync(Id, _asked!.Incident.Id, reason, actor, Leaving);
        await FetchAsync();
        Toasts.Say($"{_asked.Incident.RootName} is resolved.");
    });

    private async Task AskAssignAsync(IncidentView view)
    {
        (_asked, _assignTo) = (view, (await Gatekeeper.WhoAsync()).Name);
        await _assign!.OpenAsync();
    }

    private Task AssignAsync(string reason) => ActAsync(Permission.Run, "assign an alert", async actor =>
    {
        await incidents.AssignAsync(Id, _asked!.Incident.Id, _assignTo, actor, Leaving);
        await FetchAsync();
    });

    private Task AskSilenceAsync(IncidentView view) => _silence!.OpenAsync(new AlertMatcher(view.Incident.RootKind, view.Incident.RootId, null, null));
}
