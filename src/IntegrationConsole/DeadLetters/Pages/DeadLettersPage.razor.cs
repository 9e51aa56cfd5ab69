using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Retention;
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

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("open", "open"), .. Enum.GetValues<LetterState>().Select(state => (state.ToString().ToLowerInvariant(), state.Words)), (DeadLetterFilter.AnyStateInAddress, "all")];

    private static readonly IReadOnlyList<(string, string)> CauseOptions = [("", "any"), .. Enum.GetValues<FailureCause>().Select(cause => (cause.Code, cause.Words))];

    private readonly HashSet<Guid> _selected = [];
    private readonly HashSet<Guid> _restorable = [];
    private Page<DeadLetter> _page = new([], null);
    private BoundedCount _count;
    private IReadOnlyList<CauseCount> _causes = [];
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private TenantKeeping? _keeping;
    private Expiring? _expiring;
    private string _text = "";
    private bool _everything;
    private ReplayDialog? _replay;
    private DiscardDialog? _discard;

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "sync")]
    public Guid? SyncInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cause")]
    public string? CauseInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    public Guid? RunInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "group")]
    public Guid? GroupInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? TextInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public DateOnly? FromInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public DateOnly? ToInAddress { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private Keyset? After => Keyset.Parse(CursorInAddress);

    private string Here => At("dead-letters");

    /// <remarks>Both days belong to what is shown.</remarks>
    private DeadLetterFilter Filter => DeadLetterFilter.FromAddress(
        StateInAddress, SyncInAddress, CauseInAddress, TextInAddress, RunInAddress, FromInAddress is { } from ? Zone.StartOf(from) : null,
        ToInAddress is { } to && to < DateOnly.MaxValue ? Zone.StartOf(to.AddDays(1)) : null, GroupInAddress);

    /// <summary>What is shown, all pages of it, as a file. Its days are the reader's, whose time zone the file's address cannot know.</summary>
    private string ExportAddress => Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri($"{Here}/{DeadLetterExport.FileName}").ToString(), new Dictionary<string, object?>
    {
        ["state"] = StateInAddress, ["sync"] = SyncInAddress, ["cause"] = CauseInAddress, ["q"] = TextInAddress, ["run"] = RunInAddress, ["group"] = GroupInAddress,
        ["from"] = Filter.From?.UtcDateTime.ToString("O"), ["to"] = Filter.To?.UtcDateTime.ToString("O"),
    });

    /// <summary>The same letters in the composer of replays: those that are selected, or what the filter finds.</summary>
    private string ComposerAddress => _everything
        ? $"{At("replays/new")}{Navigation.ToAbsoluteUri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["cursor"] = null, ["state"] = null })).Query}"
        : $"{At("replays/new")}?ids={string.Join(',', _selected)}";

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    private bool AllSelected => _everything || (_page.Items.Count > 0 && _page.Items.All(letter => _selected.Contains(letter.Id)));

    private string SelectionWords => _everything ? $"all {_count} letters that match" : _selected.Count == 1 ? "1 letter" : $"{_selected.Count} letters";

    protected override Task OnParametersSetAsync()
    {
        _text = TextInAddress ?? "";
        return LoadAsync(FetchAsync);
    }

    private async Task FetchAsync()
    {
        _syncs = await syncs.ListAsync(Id, Leaving);
        _page = await letters.ListAsync(Id, Filter, After, PageSize, Leaving);
        _count = await letters.CountAsync(Id, Filter, Leaving);
        _causes = await letters.CountByCauseAsync(Id, SyncInAddress, Leaving);
        _keeping = await keeping.FindAsync(Id, Leaving);
        _expiring = (await expiring.ReadAsync([Id], Leaving)).SingleOrDefault();
    }

    /// <returns>Null where it is not waiting, or has more than two weeks.</returns>
    private TimeSpan? LeftOf(DeadLetter letter) =>
        letter is { State: LetterState.Waiting, IsHeld: false } && _keeping?.ExpiresAt(letter.LastFailedAt, letter.BackAt) - Clock.GetUtcNow() is { } left && left < TenantKeeping.FirstWarning ? left : null;

    private string With(string parameter, string? value) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [parameter] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null });

    private void Go(string parameter, string? value)
    {
        ClearSelection();
        Navigation.NavigateTo(With(parameter, value));
    }

    private static string DayIn(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture) ?? "";

    private Task SearchAsync()
    {
        Go("q", _text.Trim());
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
        foreach (var letter in _page.Items)
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

    private ReplaySelection Selection(bool unknown) => new(_everything ? null : [.. _selected], Filter, unknown, SelectionWords);

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
        var asked = await person.DiscardAsync(Id, _everything ? null : [.. _selected], Filter, SelectionWords, reason, actor, 0, Leaving);
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
