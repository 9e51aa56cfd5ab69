using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Metrics;
using IntegrationConsole.Health.Timeline;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>The small charts of one tenant, or of all that the reader may see. All that is chosen stands in the address.</summary>
public sealed partial class MetricBoard(MetricReader metrics, TimelineStore timeline, SyncStore syncs, TimeProvider clock)
{
    /// <summary>Its steps are hours.</summary>
    private static readonly TimeSpan FleetGoodFor = TimeSpan.FromSeconds(30);

    private IReadOnlyList<MetricChart> _charts = [];
    private IReadOnlyList<ChartMark> _marks = [];
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private FigureRange? _range;
    private DateTimeOffset? _newest;
    private DateTimeOffset _readAt;
    private int? _picked;

    /// <summary>Null for the fleet.</summary>
    [Parameter]
    public TenantAccess? Tenant { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    [SupplyParameterFromQuery(Name = "by")]
    public string? By { get; set; }

    [SupplyParameterFromQuery(Name = "m")]
    public string? ChartsInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "integration")]
    public string? IntegrationText { get; set; }

    private Guid? Integration => AddressText.Id(IntegrationText);

    [SupplyParameterFromQuery(Name = "compare")]
    public string? Compare { get; set; }

    [SupplyParameterFromQuery(Name = "mode")]
    public string? Mode { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? Sort { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override string? TenantSlug => Tenant?.Slug;

    private RangePreset Range => AddressText.Choice<RangePreset>(RangeInAddress) ?? RangePreset.Day;

    private bool IsTable => Mode == "table";

    private bool HasFilters => new Uri(Navigation.Uri).Query.Length > 0;

    private IReadOnlyList<(string, string)> Groupings => Tenant is null
        ? [("", "nothing"), ("tenant", "tenant"), ("cause", "cause"), ("stage", "stage"), ("node", "node")]
        :
        [
            ("", "nothing"), ("integration", "integration"), ("connection", "connection"), ("cause", "cause"), ("stage", "stage"), ("version", "mapping version"), ("node", "node"),
        ];

    private MetricGrouping Grouping => Enum.TryParse<MetricGrouping>(By, ignoreCase: true, out var grouping) && Groupings.Any(option => option.Item1 == By) ? grouping : MetricGrouping.None;

    /// <summary>All of them, where the address names none.</summary>
    private List<string> Chosen =>
        (ChartsInAddress ?? "").Split(',').Where(key => MetricReader.Charts.Any(chart => chart.Key == key)).ToList() is { Count: > 0 } named ? named : [.. MetricReader.Charts.Select(chart => chart.Key)];

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var range = TimelineAddress.Read(From) is { } from && TimelineAddress.Read(To) is { } to && to > from ? FigureRange.Between(from, to) : FigureRange.Last(Range, clock.GetUtcNow());
        if (_range is { } shown && (shown.From, shown.Step) != (range.From, range.Step))
        {
            _picked = null;
        }

        if (Tenant is { } tenant)
        {
            _syncs = await syncs.ListAsync(tenant.Id, Leaving);
            _marks = [.. (await timeline.ChangesAsync(tenant.Id, Integration, range.From, range.To, Leaving)).Select(TimelineMark.Of)];
        }

        range = Tenant is null ? range.InHours() : range;
        TenantId[] tenants = Tenant is { } one ? [one.Id] : [.. (await Gatekeeper.TenantsAsync(Leaving)).Select(access => access.Id)];
        TimeSpan? compareBy = Compare switch { "prev" => range.To - range.From, "week" => TimeSpan.FromDays(7), _ => null };
        var question = new MetricQuestion(tenants, range, Grouping, Chosen, Integration, compareBy);
        (_charts, _range, _readAt) = (await metrics.ReadAsync(question, Leaving), range, clock.GetUtcNow());
        _newest = _charts.SelectMany(chart => chart.Points).Where(point => point.Values.Any(value => value is not null)).Select(point => (DateTimeOffset?)point.At).Max();
    }

    /// <summary>A range that does not go on with the time stays as it is; so does a fleet's for a while, of which there is news all the time.</summary>
    private Task RefreshAsync() => From is null && (Tenant is not null || clock.GetUtcNow() - _readAt >= FleetGoodFor) ? LoadAsync(FetchAsync) : Task.CompletedTask;

    private void Toggle(string key)
    {
        string[] all = [.. MetricReader.Charts.Select(chart => chart.Key)];

        // The first one that is pressed is the one that is wanted; the last one that is taken away brings all back.
        var wanted = Chosen.Count == all.Length ? [key] : all.Where(one => Chosen.Contains(one) != (one == key)).ToArray();
        Set("m", wanted.Length is 0 || wanted.Length == all.Length ? "" : string.Join(',', wanted));
    }

    private void Set(string parameter, string value) => Go((parameter, value.Length > 0 ? value : null));

    private void Go(params (string Name, string? Value)[] changes) => Navigation.NavigateTo(Address(changes));

    private string Address(params (string Name, string? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, object? (change) => change.Value));

    private string ZoomedTo(DateTimeOffset from, DateTimeOffset to) => Address(("from", TimelineAddress.Write(from)), ("to", TimelineAddress.Write(to)));

    private string Shifted(int ranges) => _range is { } range ? ZoomedTo(range.From + (ranges * (range.To - range.From)), range.To + (ranges * (range.To - range.From))) : "";

    private string Zoomed() => _range is { } range ? ZoomedTo(range.From - ((range.To - range.From) / 2), range.To + ((range.To - range.From) / 2)) : "";

    private static string Window(FigureRange range, int step) => $"from={TimelineAddress.Write(range.StartOf(step))}&to={TimelineAddress.Write(range.StartOf(step) + range.Step)}";

    private string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone.Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string ScopeOf(MetricChart chart, FigureRange range)
    {
        var what = chart.Key switch
        {
            "throughput" => "records a second that arrived",
            "errors" => "set aside, of those that were to arrive",
            "p95" => $"steps with fewer than {DurationBuckets.FewestSamples} calls are left out",
            "lag" when Grouping is MetricGrouping.Integration => "since the last good run",
            "lag" => "since the last good run, of the integration furthest behind",
            "backlog" when Grouping is MetricGrouping.Version => "at the end of each step, by the version of the last try",
            "backlog" => "at the end of each step",
            _ => "records",
        };
        var apart = !MetricReader.KeepsApart(chart.Key, Grouping) ? ", all together"
            : chart.Key is "throughput" or "errors" && Grouping is MetricGrouping.Version or MetricGrouping.Node ? ", each run's spread evenly over its time" : "";
        var which = chart.Apart == 1 ? $"{chart.Series[0].Name}: " : "";
        var cut = chart.Apart > chart.Series.Count ? $", the greatest {chart.Series.Count} of {chart.Apart}" : "";
        return $"{which}{what}{apart}{cut}; {(From is null ? RangeWords.Of(range) : $"a point every {Durations.Words(range.Step)}")}";
    }
}
