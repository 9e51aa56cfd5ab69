using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>The replays of one tenant, or of all that the reader may see. All that is chosen stands in the address.</summary>
public sealed partial class ReplayBoard(ReplayStore replays, ReplayControls controls, SecondPerson person, TimeProvider clock)
{
    private const int PageSize = 50;

    /// <summary>In place of a name: what nobody asked for.</summary>
    private const string Policy = "policy";

    /// <summary>Among all tenants something is new all the time: seen moving, and no oftener.</summary>
    private static readonly TimeSpan FleetPause = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("", "any"), .. Enum.GetValues<ReplayState>().Select(state => (state.ToString().ToLowerInvariant(), state.Words))];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "anything, or nothing"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];
    private static readonly IReadOnlyList<(string, string)> OrderOptions = [.. ReplayOrder.All.Select(order => (order.Name, order.Words))];
    private static readonly IReadOnlyList<(string, string)> ByOptions = [("", "anybody"), (Policy, "a rule of an integration")];

    private readonly LiveRows<Replay> _rows = new(replay => replay.Id);
    private Dictionary<TenantId, TenantAccess> _tenants = [];
    private PageQuery _query = PageQuery.Empty;
    private ReplayFilter _filter = new();
    private string? _tenantFilter;
    private ReplayOrder _order = ReplayOrder.Newest;
    private ReplayPlace? _after;
    private Replay? _chosen;
    private ConfirmDialog? _cancel;
    private ReplayDialog? _again;
    private string? _next;
    private string _by = "";
    private string? _acting;

    /// <summary>Null for the fleet.</summary>
    [Parameter]
    public TenantAccess? Tenant { get; set; }

    /// <remarks>With one part of the address supplied the page hears of every change of it; the others are read from it.</remarks>
    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    /// <summary>Set before each command: the replays may be several tenants'.</summary>
    protected override string? TenantSlug => _acting;

    private string Here => Tenant is { } tenant ? $"/t/{tenant.Slug}/replays" : "/fleet/replays";

    private bool IsFiltered => !_filter.IsEmpty || _tenantFilter is not null;

    private IReadOnlyList<(string, string)> TenantOptions => [("", "any"), .. _tenants.Values.Select(tenant => (tenant.Slug, tenant.Name))];

    private IReadOnlyCollection<TenantId> Within => _tenantFilter is { } slug ? [.. _tenants.Values.Where(tenant => tenant.Slug == slug).Select(tenant => tenant.Id)] : _tenants.Keys;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _tenants = Tenant is { } one ? new() { [one.Id] = one } : (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        Read();
        var page = await ReadPageAsync();
        _rows.Show(page.Items);
        _next = page.Next;
    }

    private async Task FollowAsync()
    {
        await LoadAsync(LookAgainAsync);
        if (Tenant is null)
        {
            StateHasChanged();
            await Task.Delay(FleetPause, clock, Leaving);
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

        var again = await replays.ListAgainAsync(_tenants.Keys, _rows.Shown, Leaving);
        _rows.Follow(_after is null ? (await ReadPageAsync()).Items : _rows.Shown, again);
    }

    private Task<Page<Replay>> ReadPageAsync() => Tenant is { } tenant
        ? replays.ListAsync(tenant.Id, _filter, _order, _after, PageSize, Leaving)
        : replays.ListAcrossAsync(Within, _filter, _order, _after, PageSize, Leaving);

    private void Read()
    {
        var query = PageQuery.Of(Navigation.Uri);
        var (by, cause) = (query.Text("by"), query.Choice("cause", Enum.GetValues<FailureCause>().Select(one => one.Code)));
        _tenantFilter = Tenant is null ? query.Choice("tenant", _tenants.Values.Select(one => one.Slug)) : null;
        _filter = new ReplayFilter(query.Choice<ReplayState>("state"), by is null or Policy ? "" : by, by is Policy, cause is null ? null : FailureCauses.FromCode(cause));
        _order = ReplayOrder.Named(query.Sort([.. ReplayOrder.All.Select(order => order.Name)]));
        _after = query.Read("cursor", ReplayPlace.Parse);
        (_by, _query) = (_filter.By, query);
    }

    private string? Denied(Replay replay) => _tenants.GetValueOrDefault(replay.TenantId)?.May(Permission.Replay) == true ? null : $"Needs the role {Permission.Replay.NeededRole}";

    private string With(params (string Name, string? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, object? (change) => string.IsNullOrEmpty(change.Value) ? null : change.Value));

    private void Set(string parameter, string value) => Navigation.NavigateTo(With((parameter, value), ("cursor", null)));

    private Task ControlAsync(Replay replay, Func<TenantId, Guid, Actor, CancellationToken, Task<bool>> control) => ActAsync(replay, "steer a replay", async actor =>
    {
        if (!await control(replay.TenantId, replay.Id, actor, Leaving))
        {
            Toasts.Say("It went on meanwhile; this is how it is now.", Tone.Warn);
        }

        await LookAgainAsync();
    });

    private Task AskToCancelAsync(Replay replay)
    {
        _chosen = replay;
        return _cancel!.OpenAsync();
    }

    private Task CancelAsync() => ActAsync(_chosen!, "cancel a replay", async actor =>
    {
        await controls.CancelAsync(_chosen!.TenantId, _chosen.Id, actor, Leaving);
        await LookAgainAsync();
    });

    private Task AskAgainAsync(Replay replay)
    {
        _chosen = replay;
        return _again!.OpenAsync();
    }

    private Task<ForeseenReplay?> ForeseeFailedAsync(bool unknown) => FindAsync<ForeseenReplay>(async () =>
        await person.ForeseeReplayAsync(_chosen!.TenantId, [await replays.SelectFailedAsync(_chosen.TenantId, _chosen.Id, unknown, Leaving)], 0, Leaving));

    private Task ReplayFailedAsync(ReplayChoice choice) => ActAsync(_chosen!, "replay dead letters", async actor =>
    {
        var selection = await replays.SelectFailedAsync(_chosen!.TenantId, _chosen.Id, choice.IncludeUnknown, Leaving);
        if (await person.ReplayAsync(_chosen.TenantId, selection, choice.Options, choice.Reason, actor, 0, Leaving) is { } started)
        {
            Navigation.NavigateTo($"/t/{_tenants[_chosen.TenantId].Slug}/replays/{started.Id}");
        }
        else
        {
            Toasts.Say("Nothing to replay: none of them waits any more, or only such whose answer was lost.", Tone.Warn);
        }
    });

    private Task ActAsync(Replay replay, string attempt, Func<Actor, Task> act)
    {
        _acting = _tenants.GetValueOrDefault(replay.TenantId)?.Slug;
        return _acting is null ? Task.CompletedTask : ActAsync(Permission.Replay, attempt, act);
    }
}
