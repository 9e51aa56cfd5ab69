using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Connectors.Pages;

/// <summary>Circuits, budgets and places of all the tenants that the reader may see.</summary>
public sealed partial class FleetCircuitsPage(CircuitStore circuits, ConnectionStore connections, BudgetStore budgets, Bulkheads bulkheads, TimeProvider clock)
{
    /// <summary>More are not told apart in one bar.</summary>
    private const int MostShares = 6;

    private Dictionary<TenantId, TenantAccess> _tenants = [];
    private IReadOnlyList<Circuit> _open = [];
    private IReadOnlyDictionary<Guid, string> _connections = new Dictionary<Guid, string>();
    private IReadOnlyList<ScarceBudget> _scarce = [];
    private IReadOnlyList<Bulkhead> _bulkheads = [];

    [SupplyParameterFromQuery(Name = "tab")]
    public string? TabInAddress { get; set; }

    private string Tab => TabInAddress is "budgets" or "bulkheads" ? TabInAddress : "circuits";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _tenants = (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        _open = await circuits.ListNotClosedAsync(_tenants.Keys, Leaving);
        switch (Tab)
        {
            case "budgets":
                _scarce = await budgets.ListScarceAsync(_tenants.Keys, Leaving);
                break;
            case "bulkheads":
                _bulkheads = [.. (await bulkheads.ListAsync(_tenants.Keys, Leaving)).OrderByDescending(one => one.Waiting).ThenByDescending(one => one.Share).ThenBy(one => NameOf(one.TenantId), StringComparer.OrdinalIgnoreCase)];
                break;
            default:
                _connections = await connections.NamesAsync(_tenants.Keys, [.. _open.Select(circuit => circuit.ConnectionId)], Leaving);
                break;
        }
    }

    /// <summary>Whose runs took the last hour, the most of it first; those behind the first few together.</summary>
    private IReadOnlyList<(string Name, double Share)> BusyShares
    {
        get
        {
            var busy = _bulkheads.Where(one => one.Busy > TimeSpan.Zero).OrderByDescending(one => one.Busy).ToList();
            var all = busy.Sum(one => one.Busy.TotalSeconds);
            var others = busy.Skip(MostShares).ToList();
            return
            [
                .. busy.Take(MostShares).Select(one => (NameOf(one.TenantId), one.Busy.TotalSeconds / all)),
                .. others.Count == 0 ? [] : new[] { ($"{others.Count} others", others.Sum(one => one.Busy.TotalSeconds) / all) },
            ];
        }
    }

    private string NameOf(TenantId tenant) => _tenants.GetValueOrDefault(tenant)?.Name ?? "";

    private string SlugOf(TenantId tenant) => _tenants.GetValueOrDefault(tenant)?.Slug ?? "";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");
}
