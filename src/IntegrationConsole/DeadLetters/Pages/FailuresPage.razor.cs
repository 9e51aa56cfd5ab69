using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What is broken, one row for each reason.</summary>
public sealed partial class FailuresPage(FailureGroupStore groups, GroupChanges changes, GroupValues values, SyncStore syncs, AccessStore access)
{
    private const int PageSize = 100;
    private const string New = "new";
    private const string Escalating = "escalating";
    private const string Regressed = "regressed";
    private const string Me = "me";

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("", "open"), .. Enum.GetValues<GroupState>().Where(state => state is not GroupState.Open).Select(state => (state.ToString().ToLowerInvariant(), state.Words.ToLowerInvariant())), (GroupFilter.AnyStateInAddress, "all")];

    private static readonly IReadOnlyList<(string, string)> FlagOptions = [("", "any"), (New, "new"), (Escalating, "rising"), (Regressed, "came back")];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private readonly HashSet<Guid> _selected = [];
    private readonly LiveRows<FailureGroup> _rows = new(group => group.Id);
    private GroupCount _count = new(0, 0);
    private PageQuery _query = PageQuery.Empty;
    private GroupFilter _filter = new();
    private GroupOrder _order = GroupOrder.Impact;
    private RankedKeyset? _after;
    private string? _next;
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
    private string _value = "";
    private string? _valueError;
    private IReadOnlyList<FieldCondition> _conditions = [];
    private RecordFinding? _finding;
    private IReadOnlyList<Guid> _found = [];
    private string _lookedFor = "";
    private (DateOnly? From, DateOnly? To) _days;

    [Inject]
    public required RecordSearch Records { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    /// <remarks>With one part of the address supplied the page hears of every change of it; the others are read from it.</remarks>
    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private string Here => At("failures");

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    /// <summary>A tag that no group has any more stays to be seen, as long as the address asks for it.</summary>
    private IReadOnlyList<(string, string)> TagOptions => [("", "any"), .. _tags.Append(_filter.Tag).Where(tag => tag.Length > 0).Distinct().Order(StringComparer.Ordinal).Select(tag => (tag, tag))];

    private IReadOnlyList<(string, string)> OwnerOptions => [("", "anybody"), (Me, "me"), (GroupFilter.Nobody, "nobody"), .. _people.Select(person => (person, person))];

    private IReadOnlyList<FailureGroup> Shown => _rows.Shown;

    /// <summary>What is chosen in the list of states, of flags and of owners, as it stands in the address.</summary>
    private string StateText => _filter.AnyState ? GroupFilter.AnyStateInAddress : _filter.State?.ToString().ToLowerInvariant() ?? "";

    private string FlagText => _filter.OnlyNew ? New : _filter.OnlyEscalating ? Escalating : _filter.OnlyRegressed ? Regressed : "";

    private string OwnerText => _filter.Owner.Length > 0 && _filter.Owner == _me && _query.Text("owner") == Me ? Me : _filter.Owner;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _me = (await Gatekeeper.WhoAsync()).Name;
        Read();
        await LookAsync();
        _syncs = await syncs.ListAsync(Id, Leaving);
        _people = [.. (await access.ListMembersAsync(Id, Leaving)).Select(member => member.User.Email).Append(_me).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        var page = await groups.ListPageAsync(Id, _filter, _order, _after, PageSize, Leaving);
        _rows.Show(page.Items);
        _next = page.Next;
        await ReadBesideAsync();
        _last = Shown.Count == 0 && (await groups.ListPageAsync(Id, new GroupFilter(AnyState: true), GroupOrder.Named("-last_seen"), null, 1, Leaving)).Items is [var latest] ? latest.LastSeen : null;
        _selected.IntersectWith(_rows.Keys);
    }

    /// <summary>Finds the groups of letters that the records decide about: once for what the address asks for.</summary>
    private async Task LookAsync()
    {
        var asked = string.Join('\n', _conditions.Select(condition => condition.Text).Append($"{_filter.SyncId} {_filter.Cause}"));
        if (_conditions.Count == 0 || !May(Permission.ViewPayload))
        {
            _finding = null;
        }
        else if (_finding is null || _lookedFor != asked)
        {
            _finding = await Records.LookAsync(Id, new DeadLetterFilter(_filter.SyncId, _filter.Cause), _conditions, await Gatekeeper.WhoAsync(), Leaving);
            _found = await Records.GroupsOfAsync(Id, _finding, Leaving);
            _lookedFor = asked;
        }

        _filter = _finding is null ? _filter : _filter with { Among = _found };
    }

    private Task LookAgainAsync()
    {
        _lookedFor = "";
        return LoadAsync(FetchAsync);
    }

    /// <summary>What failed more, or was decided, is told in its place; what is new waits until it is asked for.</summary>
    private async Task FollowAsync()
    {
        if (Shown.Count == 0)
        {
            await FetchAsync();
            return;
        }

        var again = await groups.ListAgainAsync(Id, _rows.Keys, Leaving);
        _rows.Follow(_after is null ? (await groups.ListPageAsync(Id, _filter, _order, null, PageSize, Leaving)).Items : Shown, again);
        await ReadBesideAsync();
    }

    private async Task ReadBesideAsync()
    {
        var ids = _rows.Keys;
        _count = await groups.CountAsync(Id, _filter, Leaving);
        _tags = await groups.ListTagsAsync(Id, Leaving);
        _trends = await groups.TrendAsync(Id, ids, Leaving);
        _waiting = await groups.WaitingBehindAsync(Id, ids, Leaving);
        _changes = await changes.NearestAsync(Id, ids, Leaving);
        _parts = May(Permission.ViewPayload) ? await values.PartsAsync(Id, Shown, Leaving) : _parts;
    }

    private void Read()
    {
        var query = PageQuery.Of(Navigation.Uri);
        var (state, flag) = (query.Choice("state", StateOptions.Select(option => option.Item1)), query.Choice("flag", [New, Escalating, Regressed]));
        _days = (query.Day("from"), query.Day("to"));
        var (cause, owner) = (query.Choice("cause", Enum.GetValues<FailureCause>().Select(one => one.Code)), query.Text("owner") ?? "");
        _filter = new GroupFilter(
            query.Id("sync"), cause is null ? null : FailureCauses.FromCode(cause), Enum.TryParse<GroupState>(state, ignoreCase: true, out var one) ? one : null,
            state == GroupFilter.AnyStateInAddress, flag == New, flag == Regressed, owner == Me ? _me : owner, query.Text("q") ?? "", Tag: GroupTag.Of(query.Text("tag") ?? ""),
            OnlyEscalating: flag == Escalating, From: _days.From is { } from ? Zone.StartOf(from) : null, To: _days.To is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null);
        _conditions = query.Each(DeadLetterFilter.Addresses.Value, FieldCondition.Parse);
        _order = GroupOrder.Named(query.Sort([.. GroupOrder.Names]));
        _after = query.Read("cursor", RankedKeyset.Parse);
        (_text, _query) = (_filter.Text, query);
    }

    private Task ChangedAsync()
    {
        _selected.Clear();
        return LoadAsync(FetchAsync);
    }

    private string With(params (string Name, string? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, object? (change) => string.IsNullOrEmpty(change.Value) ? null : change.Value));

    private string Sorted(string by) => With(("sort", by == GroupOrder.Impact.Name ? null : by), ("cursor", null));

    private void Go(string parameter, string? value)
    {
        _selected.Clear();
        Navigation.NavigateTo(With((parameter, value), ("cursor", null)));
    }

    private Task SearchAsync()
    {
        var typed = _value.Trim();
        var wanted = typed.Length == 0 ? null : FieldCondition.Parse(typed);
        _valueError = typed.Length > 0 && wanted is null ? FieldCondition.Hint : null;
        if (_valueError is null)
        {
            (_value, var conditions) = ("", wanted is null ? _conditions : [.. _conditions, wanted]);
            _selected.Clear();
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
            {
                ["q"] = _text.Trim() is { Length: > 0 } text ? text : null, ["cursor"] = null, [DeadLetterFilter.Addresses.Value] = FieldCondition.Texts(conditions),
            }));
        }

        return Task.CompletedTask;
    }

    private static string DayIn(DateOnly? day) => day?.ToString("O", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private void Select(FailureGroup group, bool on) => _ = on ? _selected.Add(group.Id) : _selected.Remove(group.Id);

    private void SelectAll(bool on)
    {
        _selected.Clear();
        if (on)
        {
            _selected.UnionWith(_rows.Keys);
        }
    }
}
