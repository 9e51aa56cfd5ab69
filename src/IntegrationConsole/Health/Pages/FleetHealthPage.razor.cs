using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Verdicts;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>All integrations of all tenants that one may see, each with its ten sides.</summary>
public sealed partial class FleetHealthPage(HealthReader reader, SharedFleet fleet, TimeProvider clock)
{
    private HealthList? _list;
    private IReadOnlyDictionary<Guid, StateStrip> _strips = new Dictionary<Guid, StateStrip>();
    private DateTimeOffset _now;
    private TenantId[] _tenants = [];
    private int? _unknown;

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "dim")]
    public string? SideInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "group")]
    public string? GroupInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    public string? PageInAddressText { get; set; }

    private int? PageInAddress => AddressText.Number(PageInAddressText) is >= 0 and <= int.MaxValue and var number ? (int)number : null;

    [SupplyParameterFromQuery(Name = "layout")]
    public string? LayoutInAddress { get; set; }

    private HealthFilter Filter => HealthFilter.From(StateInAddress, SideInAddress, TextInAddress, GroupInAddress, PageInAddress);

    private bool IsStrip => LayoutInAddress == "strip";

    private int _failing => _list?.States.GetValueOrDefault(HealthState.Failing) ?? 0;

    private string Sentence => $"{Durations.Exact(_list!.All)} {(_list.All == 1 ? "integration" : "integrations")} of {_tenants.Length} {(_tenants.Length == 1 ? "tenant" : "tenants")}: {Durations.Exact(_failing)} failing, {Durations.Exact(_list.States.GetValueOrDefault(HealthState.Degraded))} degraded.";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        TenantId[] tenants = [.. (await Gatekeeper.TenantsAsync(Leaving)).Select(tenant => tenant.Id)];
        var list = await reader.ListAsync(tenants, Filter, Leaving);
        _strips = IsStrip ? await reader.StripsAsync(list.Rows, Leaving) : new Dictionary<Guid, StateStrip>();
        (_list, _tenants, _now) = (list, tenants, clock.GetUtcNow());
    }

    /// <summary>What nobody says: that tenants are not looked at any more, or are again.</summary>
    private async Task LookAsync()
    {
        var unknown = (await fleet.ReadAsync(_tenants, Leaving)).States.Values.Count(tenant => tenant.State is HealthState.Unknown);
        if (unknown != _unknown)
        {
            _unknown = unknown;
            await FetchAsync();
        }
    }
}
