using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Studio;
using IntegrationConsole.Mappings.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>What stands around the fields: the source's record, the mapping as text, suggestions, and what the sample holds.</summary>
public sealed partial class MappingPage : IAsyncDisposable
{
    private SampleProfile _profile = SampleProfile.Empty;
    private MappingCoverage _coverage = new([], []);
    private IReadOnlyList<FieldSuggestion> _suggestions = [];
    private string _suggestedFor = "";
    private bool _suggesting;

    /// <summary>Where the focus goes when the page is drawn next: a button that has done its work may be usable no more.</summary>
    private string _focusNext = "";

    private const string Title = "title";
    private IReadOnlyList<(string Path, string Sentence)> _faults = [];
    private string? _text;
    private TextProblem? _textProblem;
    private TextReading? _reading;
    private bool _isLive;
    private bool _folded;
    private ElementReference _studio;
    private string? _attachedTo;
    private IJSObjectReference? _attached;
    private DotNetObjectReference<MappingPage>? _self;

    /// <summary>For the part of the studio that only a browser can do: the caret, and what lies under the pointer.</summary>
    [Inject]
    public required IJSRuntime Browser { get; set; }

    private byte[]? ShownRecord => _sample is { Records.Count: > 0 } sample ? sample.Records[Math.Min(_record, sample.Records.Count - 1)] : null;

    /// <summary>Why nothing can be added to the mapping from beside it; null where it can.</summary>
    private string? DeniedBeside => Denied(Permission.Configure) ?? (_textProblem is null ? null : "Correct the text first");

    /// <summary>What can be written at the caret of a source.</summary>
    [JSInvokable]
    public Completion Complete(string origin, string text, int caret, bool asked) => Completion.At(Enum.Parse<ValueOrigin>(origin), text, caret, asked, _shape);

    /// <summary>Makes a field of a value that somebody chose in the record.</summary>
    [JSInvokable]
    public Task AddFieldFromAsync(string path) => InvokeAsync(async () =>
    {
        if (DeniedBeside is null)
        {
            await AddFrom(path);
            StateHasChanged();
        }
    });

    public async ValueTask DisposeAsync()
    {
        Dispose();
        _self?.Dispose();
        if (_attached is not null)
        {
            try
            {
                await _attached.InvokeVoidAsync("detach");
                await _attached.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and all that was attached with it.
            }
        }
    }

    /// <summary>The browser's part begins when there are fields to look at, and anew where they were away meanwhile.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusNext.Length > 0 && !IsBusy)
        {
            var next = _focusNext;
            _focusNext = "";
            await Browser.InvokeVoidAsync("shell.focusNext", Leaving, next);
        }

        if (Sync is null || !Loaded || _studio.Id is null || _studio.Id == _attachedTo)
        {
            return;
        }

        _attachedTo = _studio.Id;
        _self ??= DotNetObjectReference.Create(this);
        await using var module = await Browser.InvokeAsync<IJSObjectReference>("import", Leaving, $"./{Assets["js/studio.js"]}");
        _attached = await module.InvokeAsync<IJSObjectReference>("attach", Leaving, _studio, _self);
    }

    private Task ActOnRecordsAsync(Func<Actor, Task> act) => ActAsync(Permission.ViewPayload, "look at sample records", act);

    private async Task TakeGivenAsync(StreamSample sample)
    {
        if (_destination.Count == 0)
        {
            await DescribeAsync();
        }

        _isLive = false;
        await TakeSampleAsync(sample);
    }

    /// <summary>What is known without a result: which values are read, and what could be.</summary>
    private void Survey()
    {
        if (Document is { Split.Length: > 0 } or { Group.Length: > 0 })
        {
            // Rules then see the record in another frame: its own paths are not theirs.
            (_coverage, _suggestions, _suggestedFor) = (new([], []), [], "");
            return;
        }

        _coverage = MappingCoverage.Of(Document, _profile);
        var open = MissingFields.Concat(_rules.Where(edited => edited.Rule is { Origin: ValueOrigin.Path, Source: "" }).Select(edited => Wanted(edited.Rule))).ToList();
        var used = _coverage.Values.Where(value => value.ReadBy.Count > 0).Select(value => value.Profile.Path).ToHashSet();
        var question = string.Join('\n', open.Select(field => field.ToString()).Concat(used).Append(_profile.GetHashCode().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (question != _suggestedFor)
        {
            _suggestedFor = question;
            _suggestions = FieldSuggestion.For(open, _profile, used);
        }
    }

    private StreamField Wanted(FieldRule rule) => _destination.FirstOrDefault(field => field.Name == rule.Name) ?? new StreamField(rule.Name, rule.Type, rule.Required, null, false, "");

    /// <summary>The row that was accepted goes away: the focus stays among the suggestions, and goes to the fields with the last one.</summary>
    private async Task AcceptAsync(IReadOnlyList<FieldSuggestion> accepted)
    {
        var place = _suggestions.TakeWhile(suggestion => !accepted.Contains(suggestion)).Count();
        foreach (var suggestion in accepted)
        {
            if (_rules.Find(edited => edited.Rule.Name == suggestion.Field.Name) is { } open)
            {
                open.Rule = suggestion.Fill(open.Rule);
            }
            else
            {
                _rules.Add(new EditedRule(suggestion.Rule));
            }
        }

        await TouchAsync();
        _focusNext = _suggestions.Count == 0 ? "fields-title" : Suggestions.IdOf(Math.Min(place, _suggestions.Count - 1));
    }

    private Task AddFrom(string path)
    {
        var place = SourceReads.WithoutPositions(path);
        var value = _profile.Fields.FirstOrDefault(field => field.Path == place);
        var name = MappingSuggestion.FieldName(path);
        var known = _suggestions.FirstOrDefault(suggestion => suggestion.Path == place)?.Field ?? MissingFields.FirstOrDefault(field => field.Name == name);
        var rule = new FieldRule
        {
            Name = known?.Name ?? Free(name), Type = known?.Type ?? value?.Type ?? FieldType.String, Required = known?.Required ?? false, Source = path,
            Origin = value is { IsInList: true } && path == place ? ValueOrigin.Expression : ValueOrigin.Path,
        };
        if (_rules.Find(edited => edited.Rule.Name == rule.Name) is { } open)
        {
            open.Rule = open.Rule with { Source = rule.Source, Origin = rule.Origin };
        }
        else
        {
            _rules.Add(new EditedRule(rule));
        }

        return TouchAsync();
    }

    /// <summary>A name that no field has yet.</summary>
    private string Free(string name)
    {
        var free = name;
        for (var number = 2; _rules.Exists(edited => edited.Rule.Name == free); number++)
        {
            free = $"{name}_{number}";
        }

        return free;
    }

    /// <summary>What was changed beside the text stands in it at once.</summary>
    private void Write()
    {
        if (_text is not null)
        {
            ShowText();
        }
    }

    private void ShowText()
    {
        _text = MappingText.Write(Document);
        _reading = MappingText.Read(_text);
        _textProblem = null;
    }

    private void ShowForm()
    {
        _text = null;
        _textProblem = null;
    }

    /// <summary>A text that is no mapping yet leaves the mapping as it was; it can be neither saved nor left for the form.</summary>
    private Task ChangeText(string text)
    {
        _text = text;
        _reading = MappingText.Read(text);
        _textProblem = _reading.Problem;
        if (_reading.Document is not { } document)
        {
            _dirty = true;
            Show(null, "Correct the text to see the result.");
            return Task.CompletedTask;
        }

        Take(document);
        _dirty = true;
        return EvaluateAsync();
    }

    private async Task GoToAsync(int line)
    {
        if (_attached is not null)
        {
            await _attached.InvokeVoidAsync("goTo", MappingTextEditor.Id, line);
        }
    }
}
