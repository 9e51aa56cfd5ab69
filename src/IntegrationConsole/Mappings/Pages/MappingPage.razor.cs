using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>Where a mapping is made: every keystroke shows what becomes of real records before anything is live.</summary>
public sealed partial class MappingPage(MappingStore mappings, MappingPlans plans, LookupStore lookups, StreamSamples samples, Publication publication, TimeProvider clock)
{
    private const int SampleCount = 50;

    private MappingDocument _taken = MappingDocument.Empty;
    private int _refusals;
    private List<EditedRule> _rules = [];
    private EditedRule? _added;
    private IReadOnlyList<RecordCondition> _conditions = [];
    private string _filter = "";
    private IReadOnlyList<MappingVersion> _versions = [];
    private MappingVersion? _shown;
    private MappingVersion? _published;
    private IReadOnlyList<string> _lookups = [];
    private IReadOnlyList<StreamField> _destination = [];
    private IReadOnlyList<MappingProblem> _problems = [];
    private StreamSample? _sample;
    private IReadOnlyList<SampleValue> _shape = [];
    private SamplePreview? _previews;
    private RecordPreview? _preview;
    private IReadOnlyList<int> _failing = [];
    private IReadOnlyList<string> _changes = [];
    private string _verdict = "";
    private int _record;
    private int _draftNumber;
    private bool _dirty;
    private bool _outdated;
    private CancellationTokenSource? _evaluating;
    private ConfirmDialog? _publish;
    private ConfirmDialog? _rollBack;
    private ConfirmDialog? _discard;
    private MappingVersion? _target;
    private PublicationCheck? _check;
    private bool _agreed;

    /// <summary>The failures that somebody came to mend.</summary>
    [SupplyParameterFromQuery(Name = "group")]
    public string? GroupInAddressText { get; set; }

    private Guid? GroupInAddress => AddressText.Id(GroupInAddressText);

    /// <summary>What the form does not show of the mapping stays as it is.</summary>
    private MappingDocument Document => _taken with { Fields = [.. _rules.Select(edited => edited.Rule)], Conditions = _conditions, Filter = _filter };

    /// <summary>What is wrong with the filter as it is written, or with what it does to the record on the screen.</summary>
    private string? FilterError =>
        _problems.FirstOrDefault(problem => problem.Part == MappingRules.FilterPart)?.Sentence ?? (_filter.Length > 0 && _preview is { IsUndecided: true, Problem: var problem } ? problem : null);

    /// <remarks>Until it is saved: a sample that is read meanwhile, or a check before a publication, may take long.</remarks>
    private bool Changed => _dirty;

    private MappingVersion? Draft => _versions.FirstOrDefault(version => version.State is VersionState.Draft);

    /// <summary>What the destination has and the mapping does not make.</summary>
    private IEnumerable<StreamField> MissingFields => _destination.Where(candidate => _rules.All(edited => edited.Rule.Name != candidate.Name)).OrderByDescending(candidate => candidate.Required);

    /// <summary>What every record lacks: a run of this mapping would fail as a whole.</summary>
    private IReadOnlyList<StreamField> Unmade => Sync is null ? [] : MappingRules.Unmade(Document, _destination, Sync.WriteMode);

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync(FetchAsync);
        if (Sync is not null && May(Permission.ViewPayload))
        {
            await ReadSampleAsync();
        }
    }

    private async Task FetchAsync()
    {
        await FindSyncAsync();
        if (Sync is not { } sync)
        {
            return;
        }

        _versions = await mappings.ListVersionsAsync(Id, sync.MappingId, Leaving);
        _published = _versions.FirstOrDefault(version => version.State is VersionState.Published);
        _lookups = [.. (await lookups.ListAsync(Id, Leaving)).Select(table => table.Name)];
        await ShowAsync(_versions[0]);
        _outdated = false;
    }

    private async Task ShowAsync(MappingVersion version)
    {
        _shown = version;
        Take(version.Parsed);
        Write();
        _dirty = false;
        await EvaluateAsync();
    }

    private void Take(MappingDocument document)
    {
        _taken = document;
        _rules = [.. document.Fields.Select(rule => new EditedRule(rule))];
        _conditions = document.Conditions;
        _filter = document.Filter;
    }

    private Task ShowVersion(MappingVersion version)
    {
        if (!_dirty)
        {
            return ShowAsync(version);
        }

        Toasts.Say("Save the draft first: what you changed would be lost.", Tone.Warn);
        return Task.CompletedTask;
    }

    private Task SampleAsync() => ActAsync(Permission.ViewPayload, "read sample records", _ => ReadSampleAsync());

    private async Task ReadSampleAsync()
    {
        var sample = await samples.ReadAsync(Id, Sync!.SourceConnectionId, Sync.SourceStream, SampleCount, Leaving);
        await DescribeAsync();
        _isLive = true;
        await TakeSampleAsync(sample);
    }

    private Task TakeSampleAsync(StreamSample sample)
    {
        _sample = sample;
        _shape = sample.Shape;
        _profile = sample.Profile;
        _record = 0;
        return EvaluateAsync();
    }

    private async Task DescribeAsync() =>
        (_destination, _) = await samples.DescribeAsync(Id, Sync!.DestinationConnectionId, Sync.DestinationStream, Leaving);

    private Task Change(int index, FieldRule rule)
    {
        _rules[index].Rule = rule;
        return TouchAsync();
    }

    private Task Remove(int index)
    {
        _rules.RemoveAt(index);
        return TouchAsync();
    }

    private Task Move(int index, int by)
    {
        var target = Math.Clamp(index + by, 0, _rules.Count - 1);
        var moved = _rules[index];
        _rules.RemoveAt(index);
        _rules.Insert(target, moved);
        return TouchAsync();
    }

    private Task Add()
    {
        _rules.Add(new EditedRule(new FieldRule { Name = "" }));
        _added = _rules[^1];
        return TouchAsync();
    }

    /// <summary>With the value that is likely meant, where there is one.</summary>
    private Task AddNamed(StreamField field)
    {
        var known = _suggestions.FirstOrDefault(suggestion => suggestion.Field == field);
        _rules.Add(new EditedRule(known?.Rule ?? new FieldRule { Name = field.Name, Type = field.Type, Required = field.Required }));
        _added = _rules[^1];
        return TouchAsync();
    }

    private Task ChangeConditions(IReadOnlyList<RecordCondition> conditions)
    {
        _conditions = conditions;
        return TouchAsync();
    }

    private Task ChangeFilter(string filter)
    {
        _filter = filter.Trim().Length > 0 ? filter : "";
        return TouchAsync();
    }

    /// <summary>The panel changes the record's key and rows; moving paths under the record it changes fields and conditions as well.</summary>
    private Task ChangeStructure(MappingDocument document)
    {
        _taken = document;
        _conditions = document.Conditions;
        for (var index = 0; index < _rules.Count; index++)
        {
            _rules[index].Rule = document.Fields[index];
        }

        return TouchAsync();
    }

    private Task TouchAsync()
    {
        Write();
        _dirty = true;
        return EvaluateAsync();
    }

    private Task SaveAsync() => ActAsync(Permission.Configure, "save a mapping", async actor =>
    {
        if (await SaveDraftAsync(actor))
        {
            Toasts.Say("The draft is saved. Runs go on with the published version.");
        }
    });

    /// <returns>Whether what is on the screen is saved.</returns>
    private async Task<bool> SaveDraftAsync(Actor actor)
    {
        if (!_dirty)
        {
            return true;
        }

        var record = _record;
        _outdated = await mappings.SaveDraftAsync(Id, Sync!.MappingId, _versions[0].Number, _versions[0].EditedAt, Document, actor, Leaving) is Saved.Outdated;
        if (!_outdated)
        {
            await FetchAsync();
            await Show(record);
        }

        return !_outdated;
    }

    private Task AskPublishAsync() => ActAsync(Permission.Configure, "publish a mapping", async actor =>
    {
        if (_problems.Count > 0)
        {
            _refusals++;
            Toasts.Say($"{_problems.Count} {(_problems.Count == 1 ? "problem has" : "problems have")} to be corrected first: see the marked fields.", Tone.Bad);
            return;
        }

        if (_textProblem is not null)
        {
            Toasts.Say(_textProblem.ToString(), Tone.Bad);
            return;
        }

        // The destination as it is now: somebody may have changed it since the page was opened.
        await DescribeAsync();
        if (Unmade.Count > 0)
        {
            Toasts.Say($"{Sync!.DestinationStream} takes no record without {string.Join(", ", Unmade.Select(field => field.Name))}: add {(Unmade.Count == 1 ? "this field" : "these fields")} first.", Tone.Bad);
            return;
        }

        if (await SaveDraftAsync(actor))
        {
            _draftNumber = _shown!.Number;
            _changes = MappingDiff.Between(_published?.Parsed ?? MappingDocument.Empty, Document);
            (_check, _agreed) = (await publication.CheckAsync(Id, Sync!.MappingId, Document, Sync.KeyFields, Leaving), false);
            await _publish!.OpenAsync();
        }
    });

    private Task PublishAsync(string note) => ActAsync(Permission.Configure, "publish a mapping", async actor =>
    {
        var agreed = _agreed ? _check!.Failing.Count : 0;
        switch (await publication.PublishAsync(Id, Sync!.MappingId, _draftNumber, Sync.KeyFields, note, agreed, actor, Leaving))
        {
            case Published.Done:
                Toasts.Say($"Version {_draftNumber} is published.", link: Here, linkText: "To the integration");
                _focusNext = Title;
                await FetchAsync();
                break;
            case Published.Outdated:
                _outdated = true;
                break;
            case Published.Refused:
                Toasts.Say("It was not published: meanwhile other tests fail, or a lookup table changed. Look again.", Tone.Bad);
                break;
        }
    });

    private Task DiscardDraftAsync(string reason) => ActAsync(Permission.Configure, "discard a draft", async actor =>
    {
        await mappings.DiscardDraftAsync(Id, Sync!.MappingId, actor, Leaving);
        Toasts.Say("The draft is discarded.");
        _focusNext = Title;
        await FetchAsync();
    });

    /// <summary>Keeps its identity while it is edited, so that the row keeps the cursor.</summary>
    private sealed class EditedRule(FieldRule rule)
    {
        public FieldRule Rule { get; set; } = rule;
    }
}
