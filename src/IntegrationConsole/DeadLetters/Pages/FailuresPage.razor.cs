using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What is broken, one row for each reason.</summary>
public sealed partial class FailuresPage(FailureGroupStore groups, GroupChanges changes, GroupValues values, SyncStore syncs, AccessStore access)
{
    private const int Most = 200;
    private const string New = "new";
    private const string Escalating = "escalating";
    private const string Regressed = "regressed";
    private const string Me = "me";

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("", "open"), .. Enum.GetValues<GroupState>().Where(state => state is not GroupState.Open).Select(state => (state.ToString().ToLowerInvariant(), state.Words.ToLowerInvariant())), (GroupFilter.AnyStateInAddress, "all")];

    private static readonly IReadOnlyList<(string, string)> FlagOptions = [("", "any"), (New, "new"), (Escalating, "rising"), (Regressed, "came back")];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private readonly HashSet<Guid> _selected = [];
    private IReadOnlyList<FailureGroup> _groups = [];
    private IReadOnlyList<FailureGroup> _shown = [];
    private IReadOnlyDictionary<Guid, GroupTrend> _trends = new Dictionary<Guid, GroupTrend>();
    private IReadOnlyDictionary<Guid, int> _waiting = new Dictionary<Guid, int>();
    private IReadOnlyDictionary<Guid, GroupChange> _changes = new Dictionary<Guid, GroupChange>();
    private IReadOnlyDictionary<Guid, string> _parts = new Dictionary<Guid, string>();
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private IReadOnlyList<string> _people = [];
    private IReadOnlyList<string> _tags = [];
    private DateTimeOffset? _last;
    private string _me = "";
    private string _text = "";

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "flag")]
    public string? FlagInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "owner")]
    public string? OwnerInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "sync")]
    public Guid? SyncInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "tag")]
    public string? TagInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    private string Here => At("failures");

    private GroupFilter Filter => new(
        SyncInAddress, CauseInAddress is null ? null : FailureCauses.FromCode(CauseInAddress), Enum.TryParse<GroupState>(StateInAddress, ignoreCase: true, out var state) ? state : null,
        StateInAddress == GroupFilter.AnyStateInAddress, FlagInAddress == New, FlagInAddress == Regressed, OwnerInAddress == Me ? _me : OwnerInAddress ?? "", TextInAddress?.Trim() ?? "",
        Tag: GroupTag.Of(TagInAddress ?? ""));

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    /// <summary>A tag that no group has any more stays to be seen, as long as the address asks for it.</summary>
    private IReadOnlyList<(string, string)> TagOptions => [("", "any"), .. _tags.Append(Filter.Tag).Where(tag => tag.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(tag => (tag, tag))];

    private IReadOnlyList<(string, string)> OwnerOptions => [("", "anybody"), (Me, "me"), (GroupFilter.Nobody, "nobody"), .. _people.Select(person => (person, person))];

    protected override Task OnParametersSetAsync()
    {
        _text = TextInAddress ?? "";
        return LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        _me = (await Gatekeeper.WhoAsync()).Name;
        _syncs = await syncs.ListAsync(Id, Leaving);
        _people = [.. (await access.ListMembersAsync(Id, Leaving)).Select(member => member.User.Email).Append(_me).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        _groups = await groups.ListAsync(Id, Filter, Most, Leaving);
        _tags = await groups.ListTagsAsync(Id, Leaving);
        Guid[] ids = [.. _groups.Select(group => group.Id)];
        _trends = await groups.TrendAsync(Id, ids, Leaving);
        _waiting = await groups.WaitingBehindAsync(Id, ids, Leaving);
        _changes = await changes.NearestAsync(Id, ids, Leaving);
        _parts = May(Permission.ViewPayload) ? await values.PartsAsync(Id, _groups, Leaving) : _parts;
        _shown = FlagInAddress == Escalating ? [.. _groups.Where(group => _trends.GetValueOrDefault(group.Id)?.IsEscalating == true)] : _groups;
        _last = _groups.Count > 0 ? null : (await groups.ListAsync(Id, new GroupFilter(AnyState: true), Most, Leaving)).Select(group => (DateTimeOffset?)group.LastSeen).Max();
        _selected.IntersectWith(_shown.Select(group => group.Id));
    }

    private Task ChangedAsync()
    {
        _selected.Clear();
        return LoadAsync(FetchAsync);
    }

    private void Go(string parameter, string? value)
    {
        _selected.Clear();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(parameter, string.IsNullOrEmpty(value) ? null : value));
    }

    private Task SearchAsync()
    {
        Go("q", _text.Trim());
        return Task.CompletedTask;
    }

    private void Select(FailureGroup group, bool on) => _ = on ? _selected.Add(group.Id) : _selected.Remove(group.Id);

    private void SelectAll(bool on)
    {
        _selected.Clear();
        if (on)
        {
            _selected.UnionWith(_shown.Select(group => group.Id));
        }
    }
}
