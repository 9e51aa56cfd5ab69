using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

public sealed partial class HealthPage(HealthStore health, FigureStore figures, HealthReader reader, ConnectionStore connections)
{
    private const int MostTransitions = 50;

    private HealthList _list = HealthList.Empty;
    private IReadOnlyDictionary<Guid, StateStrip> _strips = new Dictionary<Guid, StateStrip>();
    private IReadOnlyDictionary<Guid, string> _names = new Dictionary<Guid, string>();
    private DateTimeOffset _now;
    private IReadOnlyList<ConnectionRow> _connections = [];
    private IReadOnlyList<HealthTransition> _transitions = [];
    private ObjectHealth? _tenant;
    private RecordSeries? _records;
    private CallSeries? _calls;

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

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

    [Inject]
    public required SharedFleet Fleet { get; set; }

    [Inject]
    public required SyncStore Syncs { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    private HealthFilter Filter => HealthFilter.From(StateInAddress, SideInAddress, TextInAddress, GroupInAddress, PageInAddress);

    private bool IsStrip => LayoutInAddress == "strip";

    private RangePreset Range => AddressText.Choice<RangePreset>(RangeInAddress) ?? RangePreset.Day;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    /// <summary>What nobody says: that health is not looked at any more.</summary>
    private async Task LookAsync()
    {
        if ((await Fleet.ReadAsync([Id], Leaving)).States.GetValueOrDefault(Id)?.State != _tenant?.State)
        {
            await FetchAsync();
        }
    }

    private async Task FetchAsync()
    {
        var range = FigureRange.Last(Range, Clock.GetUtcNow());
        _tenant = await health.FindAsync(Id, ObjectKind.Tenant, Id.Value, Leaving);
        var list = await reader.ListAsync([Id], Filter, Leaving);
        _strips = IsStrip ? await reader.StripsAsync(list.Rows, Leaving) : new Dictionary<Guid, StateStrip>();
        (_list, _now) = (list, Clock.GetUtcNow());
        _names = (await Syncs.ListAsync(Id, Leaving)).ToDictionary(sync => sync.Id, sync => sync.Name);
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
        ObjectKind.Sync => _names.GetValueOrDefault(change.ObjectId, "an integration that was deleted"),
        ObjectKind.Connection => _connections.FirstOrDefault(row => row.Connection.Id == change.ObjectId)?.Connection.Name ?? "a connection that was deleted",
        ObjectKind.Tenant => Access.Name,
    };

    private sealed record ConnectionRow(Connection Connection, ObjectHealth? Health, CallFigures Calls);
}
