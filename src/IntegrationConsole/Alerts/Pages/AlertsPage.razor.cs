using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>What fires, what did, by which rules, who is told over which channels, and when nobody is.</summary>
public sealed partial class AlertsPage(IncidentStore incidents, ChannelStore channels)
{
    private static readonly (string Key, string Text)[] AllTabs =
        [("active", "Active"), ("history", "History"), ("rules", "Rules"), ("silences", "Silences"), ("maintenance", "Maintenance"), ("channels", "Channels")];

    private AlertCounts? _counts;
    private IReadOnlyList<AlertChannel> _broken = [];

    [SupplyParameterFromQuery(Name = "tab")]
    public string? TabInAddress { get; set; }

    private string Tab => AllTabs.Any(tab => tab.Key == TabInAddress) ? TabInAddress! : "active";

    private IReadOnlyList<(string, string, string)> TabItems =>
        [.. AllTabs.Select(tab => (tab.Key, tab.Key == "active" && _counts is { Firing: > 0 } counts ? $"Active ({counts.Firing})" : tab.Text, At(tab.Key == "active" ? "alerts" : $"alerts?tab={tab.Key}")))];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _counts = await incidents.CountAsync(Id, Leaving);
        _broken = [.. (await channels.ListAsync(Id, Leaving)).Where(channel => channel.IsBroken)];
    }
}
