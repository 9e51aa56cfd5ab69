using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Limits;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

public sealed partial class TenantOverviewPage(HealthStore health, FigureStore figures, SyncStore syncs, ConnectionStore connections, RunStore runs)
{
    private Tenant? _current;
    private ObjectHealth? _health;
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private IReadOnlyList<Trouble> _trouble = [];
    private IReadOnlyList<Run> _recent = [];
    private BacklogFigures? _backlog;
    private RecordSeries? _records;
    private Dictionary<HealthState, int> _states = [];
    private int _running;
    private bool _hasCredentials;
    private bool _hasConnections;

    private IReadOnlyList<LimitWarning> _near = [];

    [Inject]
    public required SharedFleet Fleet { get; set; }

    [Inject]
    public required LimitReader Limits { get; set; }

    [Inject]
    public required TenantStore Tenants { get; set; }

    [Inject]
    public required Credentials.CredentialStore Credentials { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    private int _open => _backlog?.OpenLetters.Sum(cause => cause.Count) ?? 0;

    private string States => string.Join(", ", _states.OrderBy(state => state.Key).Select(state => $"{state.Value} {state.Key.Words.ToLowerInvariant()}"));

    private string Causes => string.Join(", ", _backlog?.OpenLetters.Take(2).Select(cause => $"{Durations.Count(cause.Count)} {cause.Cause.Words.ToLowerInvariant()}") ?? []);

    private string ErrorRate => _records?.Total.ErrorRate is { } rate ? $"{rate.ToString("P1", CultureInfo.InvariantCulture)} set aside" : "nothing moved";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _current = await Tenants.FindAsync(Id, Leaving);
        _health = await health.FindAsync(Id, ObjectKind.Tenant, Id.Value, Leaving);
        _syncs = await syncs.ListAsync(Id, Leaving);
        var known = await connections.ListAsync(Id, Leaving);
        (_hasConnections, _hasCredentials) = (known.Count > 0, (await Credentials.ListAsync(Id, Leaving)).Count > 0);
        var states = await health.ListAsync(Id, ObjectKind.Sync, Leaving);
        var connectionStates = await health.ListAsync(Id, ObjectKind.Connection, Leaving);
        _states = _syncs.GroupBy(sync => states.GetValueOrDefault(sync.Id)?.State ?? HealthState.Unknown).ToDictionary(group => group.Key, group => group.Count());
        _trouble =
        [
            .. known.Select(connection => new Trouble(connection.Name, "connection", At($"connections/{connection.Id}"), connectionStates.GetValueOrDefault(connection.Id)!))
                .Concat(_syncs.Select(sync => new Trouble(sync.Name, "integration", At($"integrations/{sync.Slug}"), states.GetValueOrDefault(sync.Id)!)))
                .Where(item => item.Health?.State.IsTrouble == true)
                .OrderByDescending(item => item.Health.NeedsPerson).ThenBy(item => item.Health.State).ThenBy(item => item.Name, StringComparer.OrdinalIgnoreCase).Take(12),
        ];
        var range = FigureRange.Last(RangePreset.Day, Clock.GetUtcNow());
        _records = await figures.RecordsAsync(Id, null, range, Leaving);
        _backlog = await figures.BacklogAsync(Id, null, Leaving);
        _recent = (await runs.ListAsync(Id, new RunFilter(), null, 8, Leaving)).Items;
        _near = await Limits.ReadAsync([Id], Leaving);
        _running = (await runs.ListAsync(Id, new RunFilter(State: RunState.Running), null, 100, Leaving)).Items.Count;
    }

    /// <summary>What nobody says: that health was looked at again, or is not any more. All that is shown is read again where it makes a difference.</summary>
    private async Task LookAsync()
    {
        var seen = (await Fleet.ReadAsync([Id], Leaving)).States.GetValueOrDefault(Id);
        if (seen?.State != _health?.State)
        {
            await FetchAsync();
        }
        else
        {
            _health = seen;
        }
    }

    private sealed record Trouble(string Name, string What, string Href, ObjectHealth Health);
}
