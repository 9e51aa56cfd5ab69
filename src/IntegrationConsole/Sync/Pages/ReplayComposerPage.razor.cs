using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Sync.Pages;

/// <summary>Puts a replay together: which letters, what is checked before, how it goes about them, and what would come of it.</summary>
public sealed partial class ReplayComposerPage(SelectedLetters letters, Rehearsal rehearsal, ReplayChecks checks, ReplayStore replays, TimeProvider clock)
{
    private static readonly IReadOnlyList<(string Key, string Name, ReplayOptions Options, string Words)> Presets =
    [
        ("careful", "Careful", ReplayOptions.Careful, "1, 10, 100, then the rest at 5 a second, with 30 % of the calls."),
        ("standard", "Standard", ReplayOptions.Standard, "The same stages at 50 a second."),
        ("fast", "Fast", ReplayOptions.Fast, "All at once. Stops where half of it fails."),
    ];

    private static readonly IReadOnlyList<(string, string)> StartOptions = [
        ("now", "now"), ("closed", "when the circuit is closed"), ("maintenance", "after the maintenance"), ("budget", "when the call budget resets"), ("at", "at a time"),
    ];

    private static readonly IReadOnlyList<(string, string)> OriginOptions = [
        ("record", "their records, mapped again"), ("cause", "what their cause suggests"), ("mapped", "the rows as they were mapped then"),
    ];

    private DateTimeOffset _asOf;
    private RecordFinding? _finding;
    private (DateTimeOffset AsOf, string Conditions)? _found;
    private SelectionCount? _count;
    private IReadOnlyList<ReplayCheck>? _checks;
    private IReadOnlyList<MappingVersion> _versions = [];
    private SyncDefinition? _onlySync;
    private LetterPatch _patch = LetterPatch.None;
    private PatchReport? _patched;
    private string _patchProblem = "";
    private string _reason = "";
    private string? _reasonError;
    private int? _secondPersonAbove;
    private CancellationTokenSource? _trying;
    private int _tried;
    private RehearsalReport? _report;
    private (LetterPatch Patch, ReplayMapping Mapping, int? Version, ReplayOrigin Origin, bool MapsRest)? _triedWith;
    private string _tryProblem = "";
    private int _refusals;
    private IReadOnlyList<Guid>? _picked;
    private IReadOnlyList<string> _openCircuits = [];
    private bool _takeCalls;
    private Guid? _restored;
    private Guid? _likened;
    private (ReplaySelection Selection, ReplayOptions Options, string Reason)? _like;
    private string _draftProblem = "";
    private int _asked;
    private ConfirmDialog? _confirm;
    private string _focusNext = "";

    [Inject]
    public required SyncStore Syncs { get; set; }

    [Inject]
    public required MappingStore Mappings { get; set; }

    [Inject]
    public required TenantStore Tenants { get; set; }

    [Inject]
    public required SecondPerson Person { get; set; }

    [Inject]
    public required RecordSearch Records { get; set; }

    [Inject]
    public required IJSRuntime Browser { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private bool IsBlocked => _checks is null || _checks.Any(check => check.Result is CheckResult.Blocking) || Options is { Start: ReplayStart.At, StartAt: null } || PatchClashes;

    /// <summary>What is changed is changed in records, and these would not be mapped.</summary>
    private bool PatchClashes => !_patch.IsEmpty && Options is { Origin: ReplayOrigin.Mapped, MapsRest: false };

    private string? BlockedWords => _checks is null ? null
        : Options.Mapping is ReplayMapping.Draft ? "A draft is for dry runs only: publish it first"
        : PatchClashes ? "What you change is in the records: let them be mapped again"
        : IsBlocked ? "A check has to be put right first" : null;

    private (LetterPatch Patch, ReplayMapping Mapping, int? Version, ReplayOrigin Origin, bool MapsRest) Trial =>
        (_patch, Options.Mapping, Options.MappingVersion, Options.Origin, Options.MapsRest);

    /// <summary>What is changed, and many that go with another mapping than before, is tried before it goes. Who starts it all the same has seen what fails.</summary>
    private bool MustTry => _triedWith != Trial && (!_patch.IsEmpty || (_count is { } count && Options.IsTriedBefore(count.Count)));

    private string ScopeWords => _picked is null && _like is { } like ? like.Selection.Words : _picked is { } picked ? $"{Durations.Exact(picked.Count)} letters {(FoundInAddress is null ? "that passed a dry run" : $"found by {FoundInAddress}")}" : IdsInAddress is not null ? _count is { Count: > 1 } chosen ? $"{Durations.Exact(chosen.Count)} chosen letters" : "One letter"
        : string.Join(" ", new[]
        {
            Filter.Group is not null ? "Letters of one failure group" : Filter.Cause is { } cause ? $"Letters with the cause {cause.Words}" : "Letters", _onlySync is not null && SyncInAddress is not null ? $"of {_onlySync.Name}" : null, Filter.Text.Length > 0 ? "that hold a certain text" : null,
            Filter.RunId is not null ? "of one run" : null, Filter.From is not null || Filter.To is not null ? "of certain days" : null, InAddress.IsNarrowed ? "narrowed down further" : null,
            Conditions.Count > 0 ? $"found by {FoundBy}" : null,
        }.OfType<string>()) is not "Letters" and var words ? words : "All letters that wait";

    /// <summary>So many letters wait until somebody else agrees.</summary>
    private bool NeedsSecond => _count is { } count && count.Count > _secondPersonAbove;

    private string StartWords => NeedsSecond ? "Send for approval" : "Start the replay";

    private string Summary =>
        $"{char.ToUpperInvariant(Options.OriginWords[0])}{Options.OriginWords[1..]}, {Options.PaceWords}{(Options.IsStaged ? ", in stages of 1, 10, 100 and the rest" : "")}; {Options.StopWords}. Letters of one order key stay in their order.{Options.StartWords}";

    private IReadOnlyList<(string, string)> MappingOptions =>
    [
        ("published", "the published mapping"), ("original", "the mapping of their first try"),
        .. _versions.Where(version => version is { PublishedAt: not null, State: not VersionState.Published }).Select(version => (Text(version.Number), $"version {version.Number}")),
        .. _versions.Where(version => version.State is VersionState.Draft).Select(version => ("draft", $"the draft, version {version.Number} (dry run only)")),
    ];

    protected override async Task OnParametersSetAsync()
    {
        if (_asOf == default)
        {
            _asOf = clock.GetUtcNow();
            if (ReplaceInAddress is { Length: > 0 } field)
            {
                _patch = new LetterPatch([new PatchStep(WasInAddress is { Length: > 0 } ? PatchAction.Replace : PatchAction.Set, field, From: WasInAddress ?? "")]);
                _focusNext = PatchEditor.IdOfValue(0);
            }
        }

        await LoadAsync(FetchAsync);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusNext.Length > 0 && Loaded && _count is { Count: > 0 })
        {
            var next = _focusNext;
            _focusNext = "";
            await Browser.InvokeVoidAsync("shell.focus", Leaving, next);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _trying?.Cancel();
        }

        base.Dispose(disposing);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string CountWords(SelectionCount count) => $"{Durations.Exact(count.Count)}{(count.IsExact ? "" : "+")}";

    private ReplaySelection Selection => new(_picked ?? (_like is { } like ? like.Selection.Ids : Ids), Filter, IncludesUnknown, ScopeWords)
    {
        AsOf = _asOf, Patch = _patch, Excluded = IncludesUnknown || _picked is not null ? 0 : _count?.Unknown ?? 0,
    };

    private async Task FetchAsync()
    {
        if (Unread.Count > 0)
        {
            _count = null;
            return;
        }

        if (LikeInAddress != _likened)
        {
            _like = LikeInAddress is { } like ? await replays.FindAskedAsync(Id, like, Leaving) : null;
            (_likened, _reason) = (LikeInAddress, _like?.Reason ?? _reason);
        }

        if (LikeInAddress is not null && _like is null)
        {
            _count = null;
            return;
        }

        if (DraftInAddress is { } draft && _restored != draft)
        {
            await RestoreAsync(draft);
        }

        await LookAsync();
        _count = await letters.CountAsync(Id, Selection, Leaving);
        _openCircuits = await checks.ListOpenCircuitsAsync(Id, _count.Syncs, Leaving);
        _takeCalls = await checks.TakeCallsAsync(Id, _count.Syncs, Leaving);
        _onlySync = _count.Syncs.Count == 1 ? await Syncs.FindAsync(Id, _count.Syncs[0].SyncId, Leaving) : null;
        _versions = _onlySync is null ? [] : await Mappings.ListVersionsAsync(Id, _onlySync.MappingId, Leaving);
        _checks = null;
        StateHasChanged();
        if (_count.Count > 0 && await Tenants.FindAsync(Id, Leaving) is { } tenant)
        {
            _secondPersonAbove = tenant.SecondPersonAbove;
            _checks = await checks.CheckAsync(tenant, _count, Options, IncludesUnknown, Leaving);
        }
    }

    /// <summary>Which letters the records decide about is settled with the time of the selection: nothing is looked for again while options change.</summary>
    private async Task LookAsync()
    {
        var asked = (_asOf, $"{string.Join('\n', Conditions.Select(condition => condition.Text))}\n{InAddress with { To = null, ExpiresBefore = null }}");
        if (Conditions.Count == 0 || _picked is not null || !May(Permission.ViewPayload))
        {
            (_finding, _found) = (null, null);
        }
        else if (_found != asked)
        {
            _finding = await Records.LookAsync(Id, InAddress with { State = LetterState.Waiting }, Conditions, await Gatekeeper.WhoAsync(), Leaving);
            _found = asked;
        }
    }

    /// <summary>What the draft holds besides its address. Its changes may hold values of records, and are for those who see them.</summary>
    private async Task RestoreAsync(Guid draft)
    {
        var kept = await replays.FindDraftAsync(Id, draft, Leaving);
        _draftProblem = kept is null ? "This draft is gone, and what it would have changed with it: look at everything before you start."
            : !kept.Patch.IsEmpty && !May(Permission.ViewPayload) ? "What the draft changes in the letters is shown to those who see records: the role Operator." : "";
        if (kept is not null)
        {
            (_reason, _asOf, _picked) = (kept.Reason, kept.AsOf, kept.Only);
            _patch = May(Permission.ViewPayload) ? kept.Patch : LetterPatch.None;
        }

        _restored = draft;
    }

    /// <summary>Goes on with some of the letters only; null for all again.</summary>
    private Task PickAsync(IReadOnlyList<Guid>? picked)
    {
        _picked = picked;
        return LoadAsync(FetchAsync);
    }

    private async Task ReplayPassedAsync()
    {
        await PickAsync(_report!.Passed);
        await AskAsync();
    }

    /// <summary>What is chosen stays; how many it is may change.</summary>
    private async Task RecountAsync() => await LoadAsync(async () => _count = Unread.Count > 0 || (LikeInAddress is not null && _like is null) ? null : await letters.CountAsync(Id, Selection, Leaving));

    private Task AddNewerAsync()
    {
        _asOf = clock.GetUtcNow();
        return LoadAsync(FetchAsync);
    }

    private (string Href, string Text)? PlaceOf(ReplayCheck check) => check.Place switch
    {
        CheckPlace.Integration => (At($"integrations/{check.Key}"), "Open the integration"),
        CheckPlace.Mapping => (At($"integrations/{check.Key}/mapping"), "Open the mapping"),
        CheckPlace.Connection => (At($"connections/{check.Key}"), "Open the connection"),
        CheckPlace.Circuits => (At("circuits"), "Circuits and limits"),
        CheckPlace.Replay => (At($"replays/{check.Key}"), "Open that replay"),
        CheckPlace.None => null,
    };

    private async Task TryAsync(int most)
    {
        if (_trying is not null || _count is not { } count)
        {
            return;
        }

        using var trying = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        (_trying, _tried, _report, _tryProblem, _triedWith) = (trying, 0, null, "", Trial);
        try
        {
            _report = await Task.Run(() => rehearsal.TryAsync(Id, Selection, Options, count.Syncs, most, Show, trying.Token), trying.Token);
        }
        catch (FailureException unusable)
        {
            _tryProblem = unusable.Failure.Sentence;
        }
        catch (OperationCanceledException) when (trying.IsCancellationRequested)
        {
            _tryProblem = Leaving.IsCancellationRequested ? "" : "Cancelled. Nothing was written.";
        }
        finally
        {
            _trying = null;
        }
    }

    private void Show(int tried) => _ = InvokeAsync(() =>
    {
        _tried = tried;
        StateHasChanged();
    });

    private Task CancelTrialAsync() => _trying?.CancelAsync() ?? Task.CompletedTask;

    /// <summary>What was said of the change before holds no more.</summary>
    private void ChangePatch(LetterPatch patch) => (_patch, _patchProblem, _patched) = (patch, "", null);

    private async Task TryPatchAsync()
    {
        _patchProblem = _patch.Problem ?? "";
        _patched = _patchProblem.Length > 0 || _patch.IsEmpty ? null : await Task.Run(() => rehearsal.TryPatchAsync(Id, Selection, Leaving), Leaving);
    }

    /// <summary>A few of them: what fails is shown first.</summary>
    private async Task<bool> PassesAsync()
    {
        await TryAsync(ProvenReplay.Samples);
        return _tryProblem.Length == 0 && _report is { Failed: 0 };
    }

    private async Task AskAsync()
    {
        // A check may have come to another end since the button was drawn.
        if (IsBlocked || _count is not { Count: > 0 } count)
        {
            return;
        }

        _reasonError = _reason.Trim().Length == 0 ? "A reason is needed." : null;
        _patchProblem = _patch.Problem ?? "";
        if (_reasonError is not null || _patchProblem.Length > 0)
        {
            _refusals++;
            return;
        }

        if (MustTry && !await PassesAsync())
        {
            return;
        }

        _asked = count.Count;
        if (_asked > ReplayOptions.Many)
        {
            await _confirm!.OpenAsync();
        }
        else
        {
            await StartAsync();
        }
    }

    private Task StartAsync() => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        if (await Person.ReplayAsync(Id, Selection, Options, _reason.Trim(), actor, 0, Leaving) is { } started)
        {
            Navigation.NavigateTo(At($"replays/{started.Id}"));
        }
        else
        {
            Toasts.Say("Nothing to replay: none of them waits any more.", Tone.Warn);
            await FetchAsync();
        }
    });

    private Task SaveDraftAsync() => ActAsync(Permission.Replay, "save a replay", async actor =>
    {
        var id = await replays.SaveDraftAsync(Id, ScopeWords, AddressOfDraft, new ReplayDraft(_reason.Trim(), _asOf, _patch, _picked ?? _finding?.Ids), actor, Leaving);
        Toasts.Say("The draft is kept among the replays.", link: At($"replays/{id}"), linkText: "Open it");
    });
}
