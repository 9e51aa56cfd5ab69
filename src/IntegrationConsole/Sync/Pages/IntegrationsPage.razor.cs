using IntegrationConsole.Connectors;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class IntegrationsPage(SyncStore syncs, RunStore runs, ConnectionStore connections, DeadLetterStore letters, TenantStore tenants)
{
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private IReadOnlyDictionary<Guid, Run> _latest = new Dictionary<Guid, Run>();
    private IReadOnlyDictionary<Guid, int> _letters = new Dictionary<Guid, int>();
    private IReadOnlyDictionary<Guid, ObjectHealth> _health = new Dictionary<Guid, ObjectHealth>();
    private Dictionary<Guid, string> _names = [];
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    [SupplyParameterFromQuery(Name = "q")]
    public string? Find { get; set; }

    [Inject]
    public required HealthStore Health { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    private IEnumerable<SyncDefinition> Found => _syncs.Where(sync => sync.Name.Contains(Find?.Trim() ?? "", StringComparison.OrdinalIgnoreCase));

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _syncs = await syncs.ListAsync(Id, Leaving);
        _latest = await runs.ListLatestAsync(Id, Leaving);
        _health = await Health.ListAsync(Id, ObjectKind.Sync, Leaving);
        _letters = await letters.CountBySyncAsync(Id, Leaving);
        _names = (await connections.ListAsync(Id, Leaving)).ToDictionary(connection => connection.Id, connection => connection.Name);
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
    }

    private void SetFind(string text) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("q", text.Length > 0 ? text : null), replace: true);

    private string NextOf(SyncDefinition sync)
    {
        if (sync.PausedAt is not null)
        {
            return "paused";
        }

        return sync.When.Kind is ScheduleKind.Manual ? "by hand"
            : sync.When.NextTimes(_zone, Clock.GetUtcNow(), 1) is [var next] ? Controls.Durations.Ago(next, Clock.GetUtcNow()) : "never";
    }
}
