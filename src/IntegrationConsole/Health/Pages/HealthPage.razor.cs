using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

public sealed partial class HealthPage(HealthStore health, FigureStore figures, SyncStore syncs, ConnectionStore connections, DeadLetterStore letters)
{
    private const int MostTransitions = 50;

    private IReadOnlyList<SyncRow> _rows = [];
    private IReadOnlyList<ConnectionRow> _connections = [];
    private IReadOnlyList<HealthTransition> _transitions = [];
    private ObjectHealth? _tenant;
    private RecordSeries? _records;
    private CallSeries? _calls;

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    private RangePreset Range => Enum.TryParse<RangePreset>(RangeInAddress, ignoreCase: true, out var range) ? range : RangePreset.Day;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var range = FigureRange.Last(Range, Clock.GetUtcNow());
        _tenant = await health.FindAsync(Id, ObjectKind.Tenant, Id.Value, Leaving);
        var states = await health.ListAsync(Id, ObjectKind.Sync, Leaving);
        var open = await letters.CountBySyncAsync(Id, Leaving);
        var totals = await figures.TotalsAsync(Id, range, Leaving);
        var empty = new RecordFigures(0, 0, 0, 0, 0, 0, 0, 0, 0);
        _rows = [.. (await syncs.ListAsync(Id, Leaving))
            .Select(sync => new SyncRow(sync, states.GetValueOrDefault(sync.Id), totals.GetValueOrDefault(sync.Id, empty), open.GetValueOrDefault(sync.Id)))
            .OrderBy(row => row.Health?.State ?? HealthState.Unknown).ThenBy(row => row.Sync.Name, StringComparer.OrdinalIgnoreCase)];
        await FetchConnectionsAsync(range);
        _records = await figures.RecordsAsync(Id, null, range, Leaving);
        _calls = await figures.CallsAsync(Id, null, range, Leaving);
        _transitions = await health.ListTransitionsAsync(Id, range.From, range.To, MostTransitions, Leaving);
    }

    private async Task FetchConnectionsAsync(FigureRange range)
    {
        var states = await health.ListAsync(Id, ObjectKind.Connection, Leaving);
        var rows = new List<ConnectionRow>();
        foreach (var connection in await connections.ListAsync(Id, Leaving))
        {
            rows.Add(new ConnectionRow(connection, states.GetValueOrDefault(connection.Id), (await figures.CallsAsync(Id, connection.Id, range, Leaving)).Total));
        }

        _connections = [.. rows.OrderBy(row => row.Health?.State ?? HealthState.Unknown).ThenBy(row => row.Connection.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private void SetRange(RangePreset range) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("range", range.ToString().ToLowerInvariant()));

    private static string Percentile(CallFigures calls, TimeSpan? value) => value is { } known ? Durations.Words(known) : calls.Calls == 0 ? "–" : "too few";

    private string NameOf(HealthTransition change) => change.ObjectKind switch
    {
        ObjectKind.Sync => _rows.FirstOrDefault(row => row.Sync.Id == change.ObjectId)?.Sync.Name ?? "an integration that was deleted",
        ObjectKind.Connection => _connections.FirstOrDefault(row => row.Connection.Id == change.ObjectId)?.Connection.Name ?? "a connection that was deleted",
        ObjectKind.Tenant => Access.Name,
    };

    private sealed record SyncRow(SyncDefinition Sync, ObjectHealth? Health, RecordFigures Figures, int Letters);

    private sealed record ConnectionRow(Connection Connection, ObjectHealth? Health, CallFigures Calls);
}
