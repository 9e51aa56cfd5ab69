using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants.Keeping;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.DeadLetters.Pages;

public sealed partial class DeadLettersPage(DeadLetterStore letters, SyncStore syncs, SecondPerson person, KeepingStore keeping, ExpiringLetters expiring)
{
    private const int PageSize = 50;
    private const string Sel = "sel";

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("open", "open"), .. Enum.GetValues<LetterState>().Select(state => (state.ToString().ToLowerInvariant(), state.Words)), (DeadLetterFilter.AnyStateInAddress, "all")];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private static readonly IReadOnlyList<(string, string)> StageOptions = [("", "anywhere"), .. Enum.GetValues<LetterStage>().Select(stage => (stage.ToString().ToLowerInvariant(), stage.Words.ToLowerInvariant()))];

    private static readonly IReadOnlyList<(string, string)> EditedOptions =
        [("", "any"), (DeadLetterFilter.Addresses.Yes, "corrected by somebody"), (DeadLetterFilter.Addresses.No, "as they came")];

    private static readonly IReadOnlyList<(string, string)> TurnOptions = [("", "any"), ("behind", "wait behind another"), ("ahead", "others wait behind them")];

    private static readonly IReadOnlyList<(string Name, string Label)> TypedFilters =
    [
        (DeadLetterFilter.Addresses.Attempts, "Attempts, at least"), (DeadLetterFilter.Addresses.Age, "Failed last over … days ago"), (DeadLetterFilter.Addresses.Expires, "Expires within … days"),
        (DeadLetterFilter.Addresses.Version, "Mapping version"), (DeadLetterFilter.Addresses.Key, "Business key begins with"), (DeadLetterFilter.Addresses.Letter, "Letter's id"),
        (DeadLetterFilter.Addresses.Trace, "Trace id of its run"),
    ];

    private readonly HashSet<Guid> _selected = [];
    private readonly HashSet<Guid> _restorable = [];
    private readonly LiveRows<DeadLetter> _rows = new(letter => letter.Id);
    private PageQuery _query = PageQuery.Empty;
    private DeadLetterFilter _filter = new();
    private (DateOnly? From, DateOnly? To) _days;
    private LetterOrder _order = LetterOrder.Newest;
    private Keyset? _after;
    private RankedKeyset? _place;
    private Guid? _beside;
    private string _listed = "";
    private string? _next;
    private Dictionary<string, string> _more = [];
    private BoundedCount _count;
    private bool _isCounting;
    private IReadOnlyList<CauseCount> _causes = [];
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private TenantKeeping? _keeping;
    private Expiring? _expiring;
    private string _text = "";
    private string _value = "";
    private string? _valueError;
    private IReadOnlyList<FieldCondition> _conditions = [];
    private RecordFinding? _finding;
    private (DeadLetterFilter Filter, string Conditions)? _found;
    private bool _everything;
    private ReplayDialog? _replay;
    private DiscardDialog? _discard;

    [Inject]
    public required TimeProvider Clock { get; set; }

    [Inject]
    public required RecordSearch Records { get; set; }

    [Inject]
    public required LetterRanking Ranking { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    /// <remarks>With one part of the address supplied the page hears of every change of it; the others are read from it.</remarks>
    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private string Here => At("dead-letters");

    private string StateText => _filter.AnyState ? DeadLetterFilter.AnyStateInAddress : _filter.State?.ToString().ToLowerInvariant() ?? "open";

    /// <summary>What is shown, all pages of it, as a file. Its days are the reader's, whose time zone the file's address cannot know.</summary>
    private string ExportAddress => Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri($"{Here}/{DeadLetterExport.FileName}").ToString(), new Dictionary<string, object?>(
        DeadLetterFilter.Addresses.All.Select(name => KeyValuePair.Create<string, object?>(name, _query.Text(name))))
    {
        ["state"] = _query.Text("state"), ["sync"] = _filter.SyncId, ["cause"] = _filter.Cause?.Code, ["q"] = _query.Text("q"), ["run"] = _filter.RunId, ["group"] = _filter.Group,
        ["from"] = _filter.From?.UtcDateTime.ToString("O"), ["to"] = _filter.To?.UtcDateTime.ToString("O"), [DeadLetterFilter.Addresses.Value] = FieldCondition.Texts(_finding is null ? [] : _conditions),
    });

    /// <summary>The same letters in the composer of replays: those that are selected, or what the filter finds.</summary>
    private string ComposerAddress => _everything
        ? $"{At("replays/new")}{Navigation.ToAbsoluteUri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["cursor"] = null, ["state"] = null, ["sort"] = null, [Sel] = null })).Query}"
        : $"{At("replays/new")}?ids={string.Join(',', _selected)}";

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    private bool AllSelected => _everything || (Shown.Count > 0 && Shown.All(letter => _selected.Contains(letter.Id)));

    private string SelectionWords => _everything ? $"all {_count} letters that match" : _selected.Count == 1 ? "1 letter" : $"{_selected.Count} letters";

    private IReadOnlyList<DeadLetter> Shown => _rows.Shown;

    private bool HasMore => _more.Values.Any(value => value.Length > 0) || _conditions.Count > 0 || _valueError is not null;

    private bool IsFirstPage => _after is null && _place is null;

    private string OrderWords => !_order.IsByFigure || (_count.IsExact && _count.Value <= LetterRanking.SortedAtMost) ? "" : $"Sorted are the newest {Durations.Exact(LetterRanking.SortedAtMost)}.";

    /// <remarks>The list is not read again because another letter is looked at beside it.</remarks>
    protected override Task OnParametersSetAsync()
    {
        var (listed, beside) = (Navigation.GetUriWithQueryParameter(Sel, (Guid?)null), PageQuery.Of(Navigation.Uri).Id(Sel));
        if (Loaded && listed == _listed && beside != _beside)
        {
            _beside = beside;
            return Task.CompletedTask;
        }

        _listed = listed;
        return LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        Read();
        await LookAsync();
        _syncs = await syncs.ListAsync(Id, Leaving);
        var page = await ReadPageAsync();
        _rows.Show(page.Items);
        _next = page.Next;
        await ReadBesideAsync();
    }

    /// <summary>What became of a letter is told in its place; what failed since waits until it is asked for.</summary>
    private async Task FollowAsync()
    {
        if (Shown.Count == 0)
        {
            await FetchAsync();
            return;
        }

        // Nobody looks into all records again because one letter changed.
        var again = await letters.ListAgainAsync(Id, _rows.Keys, Leaving);
        _rows.Follow(IsFirstPage && _finding is null ? (await ReadPageAsync()).Items : Shown, again);
        await ReadBesideAsync();
    }

    private Task<Page<DeadLetter>> ReadPageAsync() =>
        _order.IsNewest ? letters.ListAsync(Id, _filter, _after, PageSize, Leaving) : Ranking.ListAsync(Id, _filter, _order, _place, PageSize, Leaving);

    /// <summary>Finds the letters that the records decide about: once for what the address asks for, and not for each page of it or each change.</summary>
    private async Task LookAsync()
    {
        var asked = (_filter, string.Join('\n', _conditions.Select(condition => condition.Text)));
        if (_conditions.Count == 0 || !May(Permission.ViewPayload))
        {
            (_finding, _found) = (null, null);
        }
        else if (_finding is null || _found != asked)
        {
            _finding = await Records.LookAsync(Id, _filter, _conditions, await Gatekeeper.WhoAsync(), Leaving);
            _found = asked;
        }

        _filter = _finding is null ? _filter : _filter with { Among = _finding.Ids };
    }

    private Task LookAgainAsync()
    {
        _found = null;
        return LoadAsync(FetchAsync);
    }

    private async Task ReadBesideAsync()
    {
        _count = await letters.CountAsync(Id, _filter, Leaving);
        _causes = await letters.CountByCauseAsync(Id, _filter.SyncId, Leaving);
        _keeping = await keeping.FindAsync(Id, Leaving);
        _expiring = (await expiring.ReadAsync([Id], Leaving)).SingleOrDefault();
    }

    /// <remarks>Both days belong to what is shown.</remarks>
    private void Read()
    {
        var query = PageQuery.Of(Navigation.Uri);
        var (state, cause) = (query.Choice("state", StateOptions.Select(option => option.Item1)), query.Choice("cause", Enum.GetValues<FailureCause>().Select(one => one.Code)));
        _days = (query.Day("from"), query.Day("to"));
        _filter = DeadLetterFilter.FromAddress(
            state, query.Id("sync"), cause, query.Text("q"), query.Id("run"), _days.From is { } from ? Zone.StartOf(from) : null,
            _days.To is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null, query.Id("group")).Narrowed(query, Clock.GetUtcNow());
        _order = LetterOrder.Named(query.Sort([.. LetterOrder.Names]));
        (_after, _place) = _order.IsNewest ? (query.Read("cursor", Keyset.Parse), (RankedKeyset?)null) : (null, query.Read("cursor", RankedKeyset.Parse));
        _beside = query.Id(Sel);
        _more = DeadLetterFilter.Addresses.All.ToDictionary(name => name, name => query.Text(name) ?? "");
        _conditions = query.Each(DeadLetterFilter.Addresses.Value, FieldCondition.Parse);
        (_text, _query) = (_filter.Text, query);
    }

    private async Task CountExactlyAsync()
    {
        _isCounting = true;
        try
        {
            // Until the next change: then it is counted again, as far as the page can wait.
            await LoadAsync(async () => _count = await letters.CountExactlyAsync(Id, _filter, Leaving));
        }
        finally
        {
            _isCounting = false;
        }
    }

    /// <returns>Null where it is not waiting, or has more than two weeks.</returns>
    private TimeSpan? LeftOf(DeadLetter letter) =>
        letter is { State: LetterState.Waiting, IsHeld: false } && _keeping?.ExpiresAt(letter.LastFailedAt, letter.BackAt) - Clock.GetUtcNow() is { } left && left < TenantKeeping.FirstWarning ? left : null;

    private string With(string parameter, string? value) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [parameter] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null, [Sel] = null });

    private string Sorted(string by) => With("sort", by == LetterOrder.Newest.Name ? null : by);

    /// <summary>Back closes it: which letter is shown takes the place of the one before, and of the list alone only the first one does not.</summary>
    private void ShowBeside(Guid? letter) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(Sel, letter), replace: _beside is not null);

    private void Go(string parameter, string? value)
    {
        ClearSelection();
        Navigation.NavigateTo(With(parameter, value));
    }

    private static string DayIn(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private Task SearchAsync()
    {
        ClearSelection();
        var typed = _value.Trim();
        var wanted = typed.Length == 0 ? null : FieldCondition.Parse(typed);
        _valueError = typed.Length > 0 && wanted is null ? FieldCondition.Hint : null;
        if (_valueError is not null)
        {
            return Task.CompletedTask;
        }

        _value = "";
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(
            _more.Select(pair => KeyValuePair.Create<string, object?>(pair.Key, pair.Value.Trim() is { Length: > 0 } value ? value : null)))
        {
            ["q"] = _text.Trim() is { Length: > 0 } text ? text : null, ["cursor"] = null, [DeadLetterFilter.Addresses.Value] = FieldCondition.Texts(wanted is null ? _conditions : [.. _conditions, wanted]),
        }));
        return Task.CompletedTask;
    }

    private void Select(DeadLetter letter, bool on)
    {
        _ = on ? _selected.Add(letter.Id) : _selected.Remove(letter.Id);
        _ = on && letter.CanBeRestored ? _restorable.Add(letter.Id) : _restorable.Remove(letter.Id);
    }

    private void SelectAll(bool on)
    {
        _everything = false;
        foreach (var letter in Shown)
        {
            Select(letter, on);
        }
    }

    private void ClearSelection()
    {
        _selected.Clear();
        _restorable.Clear();
        _everything = false;
    }

    private ReplaySelection Selection(bool unknown) => new(_everything ? null : [.. _selected], _filter, unknown, SelectionWords);

    private Task<AgreementNeeded?> ForeseeAsync(RequestKind kind, bool unknown) =>
        FindAsync(() => person.ForeseeAsync(Id, kind, Selection(unknown), 0, Leaving));

    private Task<ForeseenReplay?> ForeseeReplayAsync(bool unknown) =>
        FindAsync<ForeseenReplay>(async () => await person.ForeseeReplayAsync(Id, [Selection(unknown)], 0, Leaving));

    private Task ReplayAsync(ReplayChoice choice) => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        if (await person.ReplayAsync(Id, Selection(choice.IncludeUnknown) with { AsOf = choice.Foreseen.AsOf }, choice.Options, choice.Reason, actor, 0, Leaving) is { } replay)
        {
            Navigation.NavigateTo(At($"replays/{replay.Id}"));
        }
        else
        {
            Toasts.Say("Nothing to replay: none of them waits any more, or only such whose answer was lost.", Tone.Warn);
        }
    });

    private Task DiscardAsync(string reason) => ActAsync(Permission.Replay, "discard dead letters", async actor =>
    {
        var asked = await person.DiscardAsync(Id, _everything ? null : [.. _selected], _filter, SelectionWords, reason, actor, 0, Leaving);
        if (asked.Waits)
        {
            Toasts.Say($"{Durations.Exact(asked.Letters)} letters wait until somebody else agrees.");
        }
        else
        {
            UndoOffer.Say(
                $"{Durations.Exact(asked.Letters)} {(asked.Letters == 1 ? "letter was" : "letters were")} discarded.",
                asked.Entry is { } entry ? [new Decision(Id, Tenant, entry)] : [], $"{Here}?state=discarded", "See them");
        }

        ClearSelection();
        await FetchAsync();
    });

    private Task RestoreAsync() => ActAsync(Permission.Replay, "restore dead letters", async actor =>
    {
        var restored = await letters.RestoreAsync(Id, [.. _selected], actor, Leaving);
        Toasts.Say(restored == 0 ? "None of them was discarded or superseded." : $"{restored} {(restored == 1 ? "letter waits" : "letters wait")} again.", restored == 0 ? Tone.Warn : Tone.Good);
        ClearSelection();
        await FetchAsync();
    });
}
