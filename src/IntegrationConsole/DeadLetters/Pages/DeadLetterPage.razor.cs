using System.Text;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Keeping;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>One letter: what happened, the record itself, a place to correct it, and what the mapping makes of the correction while it is typed.</summary>
public sealed partial class DeadLetterPage(DeadLetterStore letters, SyncStore syncs, MappingStore mappings, MappingPlans plans, SecondPerson person, IJSRuntime browser)
{
    private const string Title = "title";
    private const string Record = "record";
    private const string Editor = "letter-edit";

    private DeadLetter? _letter;
    private (Guid? Previous, Guid? Next) _beside;
    private TenantKeeping? _keeping;
    private LetterContent? _content;
    private DeadLetter? _ahead;
    private IReadOnlyList<LetterAttempt> _attempts = [];
    private IReadOnlyList<DeadLetter> _related = [];
    private IReadOnlyList<DeadLetter> _closed = [];
    private MappingPlan? _plan;
    private RecordPreview? _preview;
    private CancellationTokenSource? _evaluating;
    private bool _isFresh;
    private string _previewProblem = "";
    private string _markedSource = "";
    private string? _edit;
    private string? _editProblem;
    private int _editedVersion;
    private string _focusNext = "";
    private ReplayDialog? _replay;
    private DiscardDialog? _discard;

    [Inject]
    public required LetterNeighbours Neighbours { get; set; }

    [Inject]
    public required KeepingStore Keeping { get; set; }

    [Inject]
    public required Reveals Reveals { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    [Parameter]
    public Guid LetterId { get; set; }

    private bool _dirty => _edit is not null;

    /// <summary>Null where it is not waiting, or is held.</summary>
    private DateTimeOffset? ExpiresAt => _letter is { State: LetterState.Waiting, IsHeld: false } letter ? _keeping?.ExpiresAt(letter.LastFailedAt, letter.BackAt) : null;

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    /// <summary>What was pressed is gone after it was pressed: the focus goes on to its result.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusNext.Length > 0 && !IsBusy)
        {
            var next = _focusNext;
            _focusNext = "";
            await browser.InvokeVoidAsync("shell.focus", next);
        }

        if (_isFresh)
        {
            _isFresh = false;
            await EvaluateAsync();
        }
    }

    private async Task FetchAsync()
    {
        _letter = await letters.FindAsync(Id, LetterId, Leaving);
        _ahead = await letters.FindAheadAsync(Id, LetterId, Leaving);
        if (_letter is null)
        {
            return;
        }

        _keeping = await Keeping.FindAsync(Id, Leaving);
        _beside = await Neighbours.FindAsync(_letter, Leaving);
        _attempts = await letters.ListAttemptsAsync(Id, LetterId, Leaving);
        _related = await letters.ListRelatedAsync(Id, _letter, 6, Leaving);
        _closed = await letters.ListClosedOfAsync(_letter, 6, Leaving);
        if (May(Permission.ViewPayload))
        {
            _content = await letters.OpenAsync(Id, LetterId, Leaving);

            // Beside what else is to be found out, so that nobody waits for it.
            var noted = NoteLookAsync(_letter);
            await CompileAsync();
            await noted;
            _isFresh = true;
        }
    }

    /// <summary>The trail says who looked at the record, also of who leaves at once; where it cannot, the record is not shown.</summary>
    private async Task NoteLookAsync(DeadLetter letter)
    {
        if (_content is not null)
        {
            var what = new AuditEvent("reveal", "dead letter", letter.Id.ToString(), letter.KeyText, "the record");
            await Reveals.NoteAsync(letter.TenantId, await Gatekeeper.WhoAsync(), what, letter.Id, CancellationToken.None);
        }
    }

    /// <summary>What is being typed stays as it is; whether it can still be saved is decided when it is saved.</summary>
    private Task RefreshAsync() => _edit is null ? LoadAsync(FetchAsync) : Task.CompletedTask;

    private async Task CompileAsync()
    {
        _plan = null;
        var sync = await syncs.FindAsync(Id, _letter!.SyncId, Leaving);
        var version = sync is null ? null : await mappings.FindPublishedAsync(Id, sync.MappingId, Leaving);
        if (sync is null || version is null)
        {
            _previewProblem = "There is no published mapping.";
            return;
        }

        try
        {
            _plan = await plans.PreviewAsync(Id, version.Parsed, sync.KeyFields, Leaving);
            _markedSource = FailingPlace.PropertyOf(version.Parsed, _letter);
        }
        catch (FailureException unusable)
        {
            _previewProblem = unusable.Failure.Sentence;
        }
    }

    /// <summary>Beside the page, since an expression may take long: a keystroke ends what the one before it began, and the page goes on meanwhile.</summary>
    private async Task EvaluateAsync()
    {
        if (_evaluating is { } before)
        {
            _evaluating = null;
            await before.CancelAsync();
        }

        var record = _edit is not null ? Encoding.UTF8.GetBytes(_edit) : _content?.Current;
        if (_plan is not { } plan || record is null)
        {
            _preview = null;
            StateHasChanged();
            return;
        }

        using var evaluating = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        _evaluating = evaluating;
        try
        {
            var preview = await Task.Run(() => plan.Preview(record, evaluating.Token), evaluating.Token);
            if (_evaluating == evaluating)
            {
                _preview = preview;
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (evaluating.IsCancellationRequested)
        {
            // A later keystroke shows its own result.
        }
        finally
        {
            _evaluating = _evaluating == evaluating ? null : _evaluating;
        }
    }

    private void BeginEdit()
    {
        _edit = JsonMarkup.Indented(_content!.Current);
        _editProblem = null;
        _editedVersion = _letter!.Version;
        _focusNext = Editor;
    }

    private Task CancelEdit()
    {
        (_edit, _focusNext) = (null, Record);
        return LoadAsync(FetchAsync);
    }

    private Task TypeAsync(string text)
    {
        _edit = text;
        _editProblem = ProblemWith(text);
        return EvaluateAsync();
    }

    private static string? ProblemWith(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return parsed.RootElement.ValueKind is JsonValueKind.Object ? null : "A record is a JSON object: it begins with a brace.";
        }
        catch (JsonException wrong)
        {
            return $"This is not valid JSON: see line {wrong.LineNumber + 1}, character {wrong.BytePositionInLine + 1}.";
        }
    }

    private Task SaveEditAsync() => ActAsync(Permission.Replay, "edit a dead letter", async actor =>
    {
        if (await letters.EditAsync(Id, LetterId, _editedVersion, Encoding.UTF8.GetBytes(_edit!), actor, Leaving) is Saved.Outdated)
        {
            Toasts.Say("The letter changed meanwhile: the record failed again, or somebody else works on it. What you typed is still here; copy it, then cancel to see the letter as it is now.", Tone.Bad);
            return;
        }

        (_edit, _focusNext) = (null, Record);
        await FetchAsync();
        Toasts.Say("The correction is saved. The original is kept.");
    });

    private Task UndoEditAsync() => ActAsync(Permission.Replay, "undo an edit", async actor =>
    {
        if (await letters.EditAsync(Id, LetterId, _letter!.Version, null, actor, Leaving) is Saved.Outdated)
        {
            Toasts.Say("The letter changed meanwhile; this is how it is now.", Tone.Warn);
        }

        _focusNext = Record;
        await FetchAsync();
    });

    private ReplaySelection Selection(bool unknown) => new([LetterId], new DeadLetterFilter(), unknown, _letter!.KeyText);

    private Task<AgreementNeeded?> ForeseeAsync(RequestKind kind, bool unknown) =>
        FindAsync(() => person.ForeseeAsync(Id, kind, Selection(unknown), 0, Leaving));

    private Task<ForeseenReplay?> ForeseeReplayAsync(bool unknown) =>
        FindAsync<ForeseenReplay>(async () => await person.ForeseeReplayAsync(Id, [Selection(unknown)], 0, Leaving));

    private Task ReplayAsync(ReplayChoice choice) => ActAsync(Permission.Replay, "replay a dead letter", async actor =>
    {
        if (await person.ReplayAsync(Id, Selection(choice.IncludeUnknown) with { AsOf = choice.Foreseen.AsOf }, choice.Options, choice.Reason, actor, 0, Leaving) is { } replay)
        {
            Toasts.Say(replay.Waits ? "It waits until somebody else agrees." : "The letter is on its way.", link: At($"replays/{replay.Id}"), linkText: "Follow the replay");
        }
        else
        {
            Toasts.Say(_letter!.Outcome is LetterOutcome.Unknown ? "It may have arrived: tick that it is to be sent all the same." : "It does not wait any more.", Tone.Warn);
        }

        _focusNext = Title;
        await FetchAsync();
    });

    private Task DiscardAsync(string reason) => ActAsync(Permission.Replay, "discard a dead letter", async actor =>
    {
        var asked = await person.DiscardAsync(Id, [LetterId], new DeadLetterFilter(), _letter!.KeyText, reason, actor, 0, Leaving);
        if (asked.Waits)
        {
            Toasts.Say("It waits until somebody else agrees.", link: At("dead-letters"), linkText: "See what waits");
        }
        else if (asked.Entry is { } entry)
        {
            UndoOffer.Say("The letter was discarded.", [new Decision(Id, Tenant, entry)]);
        }
        else
        {
            Toasts.Say("It does not wait any more; this is how it is now.", Tone.Warn);
        }

        _focusNext = Title;
        await FetchAsync();
    });

    private Task RestoreAsync() => ActAsync(Permission.Replay, "restore a dead letter", async actor =>
    {
        if (await letters.RestoreAsync(Id, [LetterId], actor, Leaving) == 0)
        {
            Toasts.Say("The same record failed again meanwhile and has a letter of its own.", Tone.Warn);
        }

        _focusNext = Title;
        await FetchAsync();
    });
}
