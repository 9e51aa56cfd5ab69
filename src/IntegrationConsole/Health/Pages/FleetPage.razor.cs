using IntegrationConsole.Access;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Pages;

public sealed partial class FleetPage(HealthStore health)
{
    private IReadOnlyList<TenantRow> _rows = [];
    private Dictionary<HealthState, int> _syncStates = [];
    private bool _isPlatformAdmin;

    private int _failing => _rows.Count(row => row.Health?.State is HealthState.Failing);

    /// <summary>Counts and never one colour for everybody.</summary>
    private string Sentence
    {
        get
        {
            var needsPerson = _rows.Count(row => row.Health?.NeedsPerson == true);
            var heals = _rows.Count(row => row.Health is { State.IsTrouble: true, HealsItself: true });
            if (needsPerson + heals == 0)
            {
                return _rows.Count == 1 ? $"{_rows[0].Tenant.Name} keeps its promises." : $"All {_rows.Count} tenants keep their promises.";
            }

            if (_rows.Count == 1)
            {
                return needsPerson > 0 ? $"{_rows[0].Tenant.Name} needs somebody." : $"{_rows[0].Tenant.Name} is in trouble that heals by itself.";
            }

            var parts = new List<string>();
            if (needsPerson > 0)
            {
                parts.Add($"{needsPerson} of {_rows.Count} tenants {(needsPerson == 1 ? "needs" : "need")} somebody");
            }

            if (heals > 0)
            {
                parts.Add($"{heals} {(heals == 1 ? "heals by itself" : "heal by themselves")}");
            }

            return $"{string.Join(", ", parts)}.";
        }
    }

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        var tenants = await Gatekeeper.TenantsAsync(Leaving);
        TenantId[] ids = [.. tenants.Select(tenant => tenant.Id)];
        var states = await health.ListTenantsAsync(ids, Leaving);
        var counts = await health.CountAsync(ids, ObjectKind.Sync, Leaving);
        _syncStates = counts.Values.SelectMany(count => count).GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value));
        _rows =
        [
            .. tenants.Select(tenant => new TenantRow(tenant, states.GetValueOrDefault(tenant.Id), counts.TryGetValue(tenant.Id, out var count) ? count.Values.Sum() : 0))
                .OrderBy(row => row.Health?.State ?? HealthState.Unknown).ThenByDescending(row => row.Health?.NeedsPerson).ThenBy(row => row.Tenant.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private sealed record TenantRow(TenantAccess Tenant, ObjectHealth? Health, int Integrations);
}
