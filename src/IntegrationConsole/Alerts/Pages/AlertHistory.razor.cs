using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>Alerts that are over.</summary>
public sealed partial class AlertHistory(IncidentStore incidents)
{
    private const int Size = 50;

    private static readonly IReadOnlyList<(string, string)> RuleOptions = [("", "All"), .. RuleTemplate.All.Select(template => (template.Key, template.Title))];

    private Page<Alert> _page = new([], null);

    [SupplyParameterFromQuery(Name = "rule")]
    public string? Rule { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _page = await incidents.ListResolvedAsync(Id, Rule, After, Size, Leaving);

    private void SetRule(string rule) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["rule"] = rule.Length > 0 ? rule : null, ["after"] = null }));

    /// <summary>In the words of that time.</summary>
    private string Words(string reason, DateTimeOffset? at) => Moment.InWords(reason, Zone.Zone, at ?? DateTimeOffset.UnixEpoch);
}
