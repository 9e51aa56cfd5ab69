using IntegrationConsole.Access;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Pages;

public sealed partial class FleetPage(SharedFleet fleet)
{
    private IReadOnlyList<TenantAccess> _tenants = [];
    private IReadOnlyList<TenantRow> _rows = [];
    private Dictionary<HealthState, int> _syncStates = [];
    private DateTimeOffset? _stale;
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

    /// <summary>With the rights of the reader, which change seldom and say so.</summary>
    private async Task FetchAsync()
    {
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _tenants = await Gatekeeper.TenantsAsync(Leaving);
        await LookAsync();
    }

    private async Task LookAsync()
    {
        var tenants = _tenants;
        var view = await fleet.ReadAsync([.. tenants.Select(tenant => tenant.Id)], Leaving);
        _syncStates = view.Counts.Values.SelectMany(count => count).GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value));
        _stale = view.States.Values.Where(state => state.IsStale).Min(state => state.EvaluatedAt);
        _rows =
        [
            .. tenants.Select(tenant => new TenantRow(tenant, view.States.GetValueOrDefault(tenant.Id), view.Counts.TryGetValue(tenant.Id, out var count) ? count.Values.Sum() : 0))
                .OrderBy(row => row.Health?.State ?? HealthState.Unknown).ThenByDescending(row => row.Health?.NeedsPerson).ThenBy(row => row.Tenant.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private sealed record TenantRow(TenantAccess Tenant, ObjectHealth? Health, int Integrations);
}
