using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Timeline;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>The runs of one tenant, or of all that the reader may see. All that is chosen stands in the address.</summary>
public sealed partial class RunBoard(RunStore runs, RunTimes times, RunWaits waits, RunQueue queue, SyncStore syncs)
{
    private const int PageSize = 50;

    /// <summary>A run that takes so many times what is usual is called slow, unless it is over in a moment.</summary>
    private const double SlowBy = 2;

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    /// <summary>Among all tenants something is new all the time: seen moving, and no oftener.</summary>
    private static readonly TimeSpan FleetPause = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<(string, string)> StateOptions = [("", "any"), .. Enum.GetValues<RunState>().Select(state => (state.ToString(), state.Words))];
    private static readonly IReadOnlyList<(string, string)> TriggerOptions = [("", "any"), .. Enum.GetValues<RunTrigger>().Select(trigger => (trigger.ToString(), trigger.Words))];
    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private static readonly IReadOnlyList<(RangePreset Range, string Words)> Ranges =
        [(RangePreset.Hour, "1 hour"), (RangePreset.Day, "24 hours"), (RangePreset.Week, "7 days"), (RangePreset.Month, "30 days")];

    private static readonly IReadOnlyList<ChartSeries> Results =
    [
        new("Succeeded", "var(--series-1)"), new("Partly", "var(--series-3)"), new("Failed", "var(--series-4)"), new("Cancelled, skipped or held", "var(--series-6)"), new("Waiting or running", "var(--series-2)"),
    ];

    /// <summary>What stands above the list is counted again no oftener, however much is new.</summary>
    private static readonly TimeSpan CountedGoodFor = TimeSpan.FromSeconds(10);

    private readonly LiveRows<Run> _rows = new(run => run.Id);
    private readonly Dictionary<Guid, Run> _compared = [];
    private Dictionary<TenantId, TenantAccess> _tenants = [];
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private IReadOnlyDictionary<Guid, RunWait> _waits = new Dictionary<Guid, RunWait>();
    private IReadOnlyDictionary<Guid, TimeSpan> _usual = new Dictionary<Guid, TimeSpan>();
    private PageQuery _query = PageQuery.Empty;
    private RunFilter _filter = new();
    private string? _tenantFilter;
    private RunOrder _order = RunOrder.Newest;
    private RangePreset? _preset;
    private FigureRange _range = FigureRange.Last(RangePreset.Day, DateTimeOffset.UnixEpoch);
    private IReadOnlyList<ChartPoint> _points = [];
    private DateTimeOffset? _countedSince;
    private DateTimeOffset _countedAt;
    private Run? _last;
    private Keyset? _after;
    private RankedKeyset? _place;
    private string? _next;
    private string _name = "";
    private string _node = "";
    private string _version = "";
    private string? _acting;
    private Run? _asked;
    private ConfirmDialog? _confirm;

    /// <summary>Null for the fleet.</summary>
    [Parameter]
    public TenantAccess? Tenant { get; set; }

    /// <remarks>With one part of the address supplied the page hears of every change of it; the others are read from it.</remarks>
    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    [Inject]
    public required TimeProvider Clock { get; set; }

    [Inject]
    public required RunRanking Ranking { get; set; }

    [Inject]
    public required RunHistogram Histogram { get; set; }

    /// <summary>Set before each command: the runs may be several tenants'.</summary>
    protected override string? TenantSlug => _acting;

    private string Here => Tenant is { } tenant ? $"/t/{tenant.Slug}/runs" : "/fleet/runs";

    /// <summary>The range stands in the address, and holds for the list too.</summary>
    private bool HasRange => _filter.From is not null || _filter.To is not null;

    private bool IsFirstPage => _after is null && _place is null;

    private string Scope => $"{(_preset is { } preset ? $"last {Words(preset)}" : HasRange ? $"{Zone.Minute(_range.From)} to {Zone.Minute(_range.To)}" : "last 24 hours")}, by result, a column every {Durations.Words(_range.Step)}";

    private string OrderWords => !_order.IsByFigure ? _order.IsNewest ? IsFirstPage ? "The newest first" : "Older ones" : "The oldest first"
        : $"Sorted are the newest {Durations.Exact(RunRanking.SortedOfEach(Within.Length))} that match{(Tenant is null ? " of each tenant" : "")}";

    private bool IsFiltered => !_filter.IsEmpty || _tenantFilter is not null;

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    private IReadOnlyList<(string, string)> TenantOptions => [("", "any"), .. _tenants.Values.Select(tenant => (tenant.Slug, tenant.Name))];

    private TenantId[] Within => [.. _tenants.Values.Where(tenant => _tenantFilter is null || tenant.Slug == _tenantFilter).Select(tenant => tenant.Id)];

    /// <summary>Why what is selected cannot be laid side by side; empty where it can.</summary>
    private string NotComparable => _compared.Count != 2 ? "Select two runs to compare them" : _compared.Values.Select(run => run.TenantId).Distinct().Count() > 1 ? "Both have to be of one tenant" : "";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _tenants = Tenant is { } one ? new() { [one.Id] = one } : (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        _syncs = Tenant is { } tenant ? await syncs.ListAsync(tenant.Id, Leaving) : [];
        Read();
        var page = await ReadPageAsync();
        _rows.Show(page.Items);
        _next = page.Next;
        await CountAsync();
        _last = _rows.Shown.Count == 0 && HasRange ? await FindLastAsync() : null;
        await ReadBesideAsync();
    }

    /// <summary>The newest run that the other filters find.</summary>
    private async Task<Run?> FindLastAsync()
    {
        var filter = _filter with { From = null, To = null };
        var page = Tenant is { } tenant ? await runs.ListAsync(tenant.Id, filter, null, 1, Leaving) : await runs.ListAcrossAsync(Within, filter, null, 1, Leaving);
        return page.Items.Count > 0 ? page.Items[0] : null;
    }

    private async Task CountAsync()
    {
        _countedAt = Clock.GetUtcNow();
        var spread = await Histogram.CountAsync(Within, _filter with { From = _range.From, To = _range.To }, _range.Step, Leaving);
        _countedSince = spread.Since;
        _points =
        [
            .. Enumerable.Range(0, _range.Steps).Select(step => new ChartPoint(_range.StartOf(step), _range.StartOf(step) < spread.Since || _range.StartOf(step) > _countedAt ? [null, null, null, null, null] :
            [
                spread.Of(step, RunState.Succeeded), spread.Of(step, RunState.Partial), spread.Of(step, RunState.Failed), spread.Of(step, RunState.Cancelled, RunState.Skipped, RunState.Held),
                spread.Of(step, RunState.Queued, RunState.Running),
            ])),
        ];
    }

    private async Task FollowAsync()
    {
        await LoadAsync(LookAgainAsync);
        if (Tenant is null)
        {
            StateHasChanged();
            await Task.Delay(FleetPause, Clock, Leaving);
        }
    }

    /// <summary>On an older page nothing comes in: its rows follow, and that is all.</summary>
    private async Task LookAgainAsync()
    {
        if (_rows.Shown.Count == 0)
        {
            await FetchAsync();
            return;
        }

        var again = await runs.ListAgainAsync(_tenants.Keys, _rows.Shown, Leaving);
        _rows.Follow(IsFirstPage ? (await ReadPageAsync()).Items : _rows.Shown, again);
        if (Clock.GetUtcNow() - _countedAt >= CountedGoodFor)
        {
            SetRange();
            await CountAsync();
        }

        await ReadBesideAsync();
    }

    private Task<Page<Run>> ReadPageAsync() => !_order.IsNewest ? Ranking.ListAsync(Within, _filter, _order, _place, PageSize, Leaving)
        : Tenant is { } tenant
        ? runs.ListAsync(tenant.Id, _filter, _after, PageSize, Leaving)
        : runs.ListAcrossAsync(Within, _filter, _after, PageSize, Leaving);

    /// <summary>What a run waits for is told on its tenant's page: the line is the tenant's own.</summary>
    private async Task ReadBesideAsync()
    {
        _waits = Tenant is { } tenant ? await waits.ListAsync(tenant.Id, _rows.Shown, Leaving) : _waits;
        _usual = await times.MediansAsync(_rows.Shown, Leaving);
    }

    private void Read()
    {
        var query = PageQuery.Of(Navigation.Uri);
        var cause = query.Choice("cause", Enum.GetValues<FailureCause>().Select(one => one.Code));
        _tenantFilter = Tenant is null ? query.Choice("tenant", _tenants.Values.Select(one => one.Slug)) : null;
        _filter = new RunFilter(
            Tenant is null ? null : query.Id("sync"), query.Choice<RunState>("state"), query.Choice<RunTrigger>("trigger"), query.Moment("from"), query.Moment("to"),
            Tenant is null ? query.Text("q") ?? "" : "", query.Text("node") ?? "", query.Number("version", from: 1), cause is null ? null : FailureCauses.FromCode(cause));
        var preset = query.Choice<RangePreset>("range");
        _preset = HasRange ? null : preset;
        _order = RunOrder.Named(query.Sort([.. RunOrder.Names]));
        (_after, _place) = _order.IsNewest ? (query.Read("cursor", Keyset.Parse), (RankedKeyset?)null) : (null, query.Read("cursor", RankedKeyset.Parse));
        SetRange();
        (_name, _node, _version, _query) = (_filter.Name, _filter.Node, query.Text("version") ?? "", query);
    }

    /// <summary>What the chart shows; with a range in the address the list has the same.</summary>
    private void SetRange()
    {
        var now = Clock.GetUtcNow();
        var to = _filter.To ?? now;
        _range = _preset is { } preset ? FigureRange.Last(preset, now)
            : _filter.From is { } from && from < to ? FigureRange.Between(from, to)
            : FigureRange.Last(RangePreset.Day, to);
        _filter = _preset is null ? _filter : _filter with { From = _range.From };
    }

    private static string Words(RangePreset preset) => Ranges.FirstOrDefault(one => one.Range == preset).Words ?? preset.ToString().ToLowerInvariant();

    private string Ranged(RangePreset preset) => With(("range", preset == _preset ? null : preset.ToString().ToLowerInvariant()), ("from", null), ("to", null), ("cursor", null));

    private string Between(DateTimeOffset from, DateTimeOffset to) => With(("from", TimelineAddress.Write(from)), ("to", TimelineAddress.Write(to)), ("range", null), ("cursor", null));

    private string Step(DateTimeOffset at) => Between(at, at + _range.Step);

    private string Shifted(int by) => Between(_range.From + (by * (_range.To - _range.From)), _range.To + (by * (_range.To - _range.From)));

    private string Wider => Between(_range.From - ((_range.To - _range.From) / 2), _range.To + ((_range.To - _range.From) / 2));

    private string Sorted(string by) => With(("sort", by == RunOrder.Newest.Name ? null : by), ("cursor", null));

    private static TimeSpan? Took(Run run, DateTimeOffset now) => run.StartedAt is { } started ? (run.FinishedAt ?? now) - started : null;

    private TimeSpan? Took(Run run) => Took(run, Clock.GetUtcNow());

    private bool IsSlow(Run run, TimeSpan usual) => Took(run) is { } took && took > Moment && took > usual * SlowBy;

    private string? Denied(Run run, Permission permission) => _tenants.GetValueOrDefault(run.TenantId)?.May(permission) == true ? null : $"Needs the role {permission.NeededRole}";

    private string With(params (string Name, string? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, object? (change) => string.IsNullOrEmpty(change.Value) ? null : change.Value));

    private void Set(string parameter, string value) => Navigation.NavigateTo(With((parameter, value), ("cursor", null)));

    private Task SearchAsync()
    {
        Navigation.NavigateTo(With(("q", _name.Trim()), ("node", _node.Trim()), ("version", _version.Trim()), ("cursor", null)));
        return Task.CompletedTask;
    }

    private void Choose(Run run, bool on) => _ = on ? _compared.TryAdd(run.Id, run) : _compared.Remove(run.Id);

    /// <summary>The later one, beside the earlier.</summary>
    private void Compare()
    {
        if (_compared.Values.OrderBy(run => run.QueuedAt).ToList() is [var earlier, var later])
        {
            Navigation.NavigateTo($"/t/{_tenants[later.TenantId].Slug}/runs/{later.Id}?compare={earlier.Id}");
        }
    }

    private Task AskAsync(Run run)
    {
        _asked = run;
        return _confirm!.OpenAsync();
    }

    private Task CancelAsync() => ActAsync(_asked!, "cancel a run", async (run, actor) =>
    {
        Toasts.Say(await queue.CancelAsync(run.TenantId, run.Id, actor, Leaving), Tone.Info);
        await LookAgainAsync();
    });

    private Task RunAgainAsync(Run again) => ActAsync(again, "run an integration", async (run, actor) =>
    {
        var request = await queue.RequestAsync(run.TenantId, run.SyncId, RunTrigger.Manual, actor, Leaving);
        Toasts.Say(
            request.Answer, request.RunId is null ? Tone.Bad : Tone.Good,
            link: request.RunId is { } id ? $"/t/{_tenants[run.TenantId].Slug}/runs/{id}" : null, linkText: "Watch it");
    });

    private Task ActAsync(Run run, string attempt, Func<Run, Actor, Task> act)
    {
        _acting = _tenants.GetValueOrDefault(run.TenantId)?.Slug;
        return _acting is null ? Task.CompletedTask : ActAsync(Permission.Run, attempt, actor => act(run, actor));
    }
}
