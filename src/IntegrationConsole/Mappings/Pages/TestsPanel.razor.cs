using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>The saved tests of a mapping, run on it as it stands on the screen.</summary>
public sealed partial class TestsPanel(SavedTestStore store, TestBench bench, TimeProvider clock)
{
    private static readonly IReadOnlyList<(string, string)> Ends =
        [(nameof(ExpectedEnd.Rows), "makes a row"), (nameof(ExpectedEnd.Filtered), "is left out"), (nameof(ExpectedEnd.Rejected), "is rejected")];

    private static readonly IReadOnlyList<(string, string)> Causes =
        [.. new[] { FailureCause.Mapping, FailureCause.Validation, FailureCause.ReferenceMissing, FailureCause.Malformed, FailureCause.SchemaChange, FailureCause.TooLarge }
            .Select(cause => (cause.ToString(), cause.Words))];

    private IReadOnlyList<SavedTest> _tests = [];
    private Dictionary<Guid, TestResult> _results = [];
    private string _ranOn = "";
    private string _onScreen = "";
    private SavedTest? _edited;
    private SavedTest? _deleted;
    private ConfirmDialog? _delete;
    private string _name = "";
    private string _record = "";
    private ExpectedEnd _end;
    private string _rows = "";
    private string _children = "";
    private FailureCause _cause;
    private string _field = "";
    private DateTimeOffset _at;
    private string? _nameProblem;
    private string? _recordProblem;
    private string? _rowsProblem;
    private string? _childrenProblem;
    private bool _isOpened;

    [Inject]
    public required IJSRuntime Browser { get; set; }

    [Parameter, EditorRequired]
    public required SyncDefinition Sync { get; set; }

    /// <summary>The mapping as it stands on the screen.</summary>
    [Parameter, EditorRequired]
    public required MappingDocument Document { get; set; }

    /// <summary>Whether the document has no problems, so that something can be made with it.</summary>
    [Parameter]
    public bool IsUsable { get; set; }

    /// <summary>The record on the screen; null for none.</summary>
    [Parameter]
    public byte[]? Record { get; set; }

    private string Summary
    {
        get
        {
            if (_tests.Count == 0)
            {
                return "";
            }

            var ran = _tests.Select(ResultOf).OfType<TestResult>().ToList();
            return ran.Count == 0 ? $"{_tests.Count} saved" : $"{ran.Count(result => result.Passed)} of {ran.Count} {(ran.Count(result => result.Passed) == 1 ? "passes" : "pass")} with what is on the screen";
        }
    }

    /// <summary>Said once for each keystroke, and only while there are results that may be outdated by it.</summary>
    protected override void OnParametersSet() => _onScreen = _results.Count > 0 ? Document.ToJson() : "";

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    /// <summary>The form opens below its test, where it may be out of sight.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isOpened && !IsBusy)
        {
            _isOpened = false;
            await Browser.InvokeVoidAsync("shell.focus", Leaving, "test-name");
        }
    }

    private async Task FetchAsync() => _tests = await store.ListAsync(Id, Sync.MappingId, Leaving);

    /// <summary>A result speaks of the document it was made with, and of the test as it was then.</summary>
    private TestResult? ResultOf(SavedTest test) =>
        _results.TryGetValue(test.Id, out var result) && result.Test.Version == test.Version && _ranOn == _onScreen ? result : null;

    private Task RunAllAsync() => RunAsync(_tests);

    private Task RunAsync(IReadOnlyList<SavedTest> tests) => ActAsync(Permission.ViewPayload, "run mapping tests", async _ =>
    {
        try
        {
            var document = Document;
            var results = await bench.RunAsync(Id, tests, document, Sync.KeyFields, Leaving);
            _onScreen = document.ToJson();
            if (_ranOn != _onScreen)
            {
                (_results, _ranOn) = ([], _onScreen);
            }

            foreach (var result in results)
            {
                _results[result.Test.Id] = result;
            }
        }
        catch (FailureException unusable)
        {
            Toasts.Say(unusable.Failure.Sentence, Tone.Bad);
        }
    });

    private Task KeepAsync() => ActAsync(Permission.Configure, "save a mapping test", async actor =>
    {
        var number = _tests.Count + 1;
        while (_tests.Any(test => test.Name.Equals($"Test {number}", StringComparison.OrdinalIgnoreCase)))
        {
            number++;
        }

        var now = clock.GetUtcNow();
        if (await MakeAsync(Record!, now) is { } expectation && await SaveAsync(null, new TestDraft($"Test {number}", Record!, expectation, now), actor))
        {
            Toasts.Say($"Test {number} expects that the record {TestResult.EndOf(expectation)}, as it does now. Edit gives it a better name.");
        }
    });

    /// <summary>Shows what the test keeps of a record: a button that looks away is no protection of it.</summary>
    private Task EditAsync(SavedTest test) => ActAsync(Permission.Configure, "edit a mapping test", _ =>
    {
        (_edited, _isOpened) = (test, true);
        (_name, _record, _at) = (test.Name, JsonMarkup.Indented(test.Record), test.At);
        (_nameProblem, _recordProblem, _rowsProblem, _childrenProblem) = (null, null, null, null);
        Show(test.Expectation);
        return Task.CompletedTask;
    });

    private void Show(Expectation expectation)
    {
        var isRows = expectation.End is ExpectedEnd.Rows;
        (_end, _cause, _field) = (expectation.End, expectation.Cause, expectation.Field);
        (_rows, _children) = isRows ? (expectation.RowsText(), expectation.ChildrenText()) : ("", "");
    }

    private Task ExpectWhatItMakesAsync() => ActAsync(Permission.ViewPayload, "run a mapping test", async _ =>
    {
        var now = clock.GetUtcNow();
        if (await MakeAsync(Encoding.UTF8.GetBytes(_record), now) is { } expectation)
        {
            _at = now;
            Show(expectation);
        }
    });

    private async Task<Expectation?> MakeAsync(byte[] record, DateTimeOffset at)
    {
        try
        {
            return await bench.MakeAsync(Id, record, at, Document, Sync.KeyFields, Leaving);
        }
        catch (FailureException unusable)
        {
            Toasts.Say(unusable.Failure.Sentence, Tone.Bad);
            return null;
        }
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "save a mapping test", async actor =>
    {
        var expectation = Entered();
        _nameProblem = _name.Trim().Length is 0 or > SavedTestStore.LongestName ? $"Give the test a name of at most {SavedTestStore.LongestName} characters." : null;
        _recordProblem = Encoding.UTF8.GetByteCount(_record) > SavedTestStore.MostBytes ? $"A test's record has at most {Durations.Bytes(SavedTestStore.MostBytes)}." : null;
        if (expectation is null || _nameProblem is not null || _recordProblem is not null)
        {
            return;
        }

        // A record that was not touched stays byte by byte what it was, however it is shown.
        var record = _record == JsonMarkup.Indented(_edited!.Record) ? _edited.Record : Encoding.UTF8.GetBytes(_record);
        if (await SaveAsync((_edited.Id, _edited.Version), new TestDraft(_name, record, expectation, _at), actor))
        {
            Toasts.Say($"{_name.Trim()} is saved.");
            _edited = null;
        }
    });

    /// <returns>What was entered; null where it cannot be read.</returns>
    private Expectation? Entered()
    {
        (_rowsProblem, _childrenProblem) = (null, null);
        if (_end is not ExpectedEnd.Rows)
        {
            return _end is ExpectedEnd.Filtered ? Expectation.Filtered : Expectation.Rejected(_cause, _field.Trim());
        }

        var (rows, problem) = Expectation.ReadRows(_rows);
        var (children, childrenProblem) = Expectation.ReadChildren(_children);
        _rowsProblem = rows is null ? problem : null;
        _childrenProblem = childrenProblem.Length > 0 ? childrenProblem : null;
        return rows is null || _childrenProblem is not null ? null : new Expectation(ExpectedEnd.Rows, rows) { Children = children };
    }

    private async Task<bool> SaveAsync((Guid Id, int Version)? seen, TestDraft draft, Actor actor)
    {
        if (draft.Record.Length > SavedTestStore.MostBytes)
        {
            Toasts.Say($"A test's record has at most {Durations.Bytes(SavedTestStore.MostBytes)}.", Tone.Bad);
            return false;
        }

        var saving = await store.SaveAsync(Id, Sync.MappingId, seen, draft, actor, Leaving);
        switch (saving)
        {
            case TestSaving.NameTaken:
                _nameProblem = "Another test has this name.";
                break;
            case TestSaving.Outdated:
                Toasts.Say("Somebody else changed or deleted this test meanwhile.", Tone.Bad);
                break;
            case TestSaving.Full:
                Toasts.Say($"A mapping has at most {SavedTestStore.MostTests} tests.", Tone.Bad);
                break;
            case TestSaving.Done:
                break;
        }

        await FetchAsync();
        return saving is TestSaving.Done;
    }

    private Task AskDeleteAsync(SavedTest test)
    {
        _deleted = test;
        return _delete!.OpenAsync();
    }

    private Task DeleteAsync(string reason) => ActAsync(Permission.Configure, "delete a mapping test", async actor =>
    {
        await store.DeleteAsync(Id, Sync.MappingId, _deleted!.Id, actor, Leaving);
        _edited = _edited?.Id == _deleted.Id ? null : _edited;
        await FetchAsync();
    });
}
