using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class NewIntegrationPage(ConnectionStore connections, SyncStore syncs, StreamSamples samples, TenantStore tenants, TimeProvider clock)
{
    private const int SampleCount = 20;
    private static readonly SyncDraft Untouched = new("", Guid.Empty, "", ReadMode.Full, Guid.Empty, "", WriteMode.Upsert, [], true, Schedule.Manual, OverlapRule.Queue);

    private int _refusals;
    private IReadOnlyList<Connection> _connections = [];
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private SyncDraft _draft = Untouched;
    private SyncDraft _begun = Untouched;
    private MappingDocument _mapping = MappingDocument.Empty;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private string _sampleProblem = "";
    private int _samples;
    private bool _sampling;

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _draft != _begun;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    [Inject]
    public required ConnectorCatalog Catalog { get; set; }

    /// <summary>The source that the page begins with, where somebody came from there.</summary>
    [SupplyParameterFromQuery(Name = "source")]
    private string? SourceText { get; set; }

    [SupplyParameterFromQuery(Name = "stream")]
    private string? SourceStream { get; set; }

    private async Task FetchAsync()
    {
        _connections = await connections.ListAsync(Id, Leaving);
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
        if (_draft == Untouched && _connections.FirstOrDefault(connection => connection.Id == AddressText.Id(SourceText)) is { } source)
        {
            var tells = Catalog.Find(source.Kind)?.Descriptor is { TellsOfArrivals: true };
            _draft = _draft with { SourceConnectionId = source.Id, SourceStream = SourceStream ?? "", ReadMode = tells ? ReadMode.Incremental : _draft.ReadMode, OnArrival = tells };
            _begun = _draft;
        }
    }

    /// <summary>As soon as both sides are known, the mapping is drafted from them.</summary>
    private async Task ChangeAsync(SyncDraft draft)
    {
        var before = _draft;
        _draft = draft;
        var isComplete = draft.SourceConnectionId != Guid.Empty && draft.SourceStream.Length > 0 && draft.DestinationConnectionId != Guid.Empty && draft.DestinationStream.Trim().Length > 0;
        var sidesChanged = (before.SourceConnectionId, before.SourceStream, before.DestinationConnectionId, before.DestinationStream)
            != (draft.SourceConnectionId, draft.SourceStream, draft.DestinationConnectionId, draft.DestinationStream);
        if (isComplete && sidesChanged && !_sampling)
        {
            await DraftMappingAsync();
        }

        if (_problems.Count > 0)
        {
            _problems = Check();
        }
    }

    private IReadOnlyDictionary<string, string> Check() =>
        SyncRules.Check(_draft, _zone, clock.GetUtcNow(), _mapping.Fields.Count == 0 ? null : [.. _mapping.Fields.Select(rule => rule.Name)]);

    private async Task DraftMappingAsync()
    {
        _sampling = true;
        StateHasChanged();
        (Guid, string, Guid, string) sides;
        do
        {
            // What is typed while a sample is read is drafted for right after it.
            sides = Sides;
            var sample = await samples.ReadAsync(Id, _draft.SourceConnectionId, _draft.SourceStream, SampleCount, Leaving);
            var (fields, _) = await samples.DescribeAsync(Id, _draft.DestinationConnectionId, _draft.DestinationStream.Trim(), Leaving);
            _samples = sample.Records.Count;
            _sampleProblem = sample.Failure is { } failure ? $"{failure.Sentence} {failure.Cause.Suggestion}" : "";
            _mapping = MappingSuggestion.Draft(sample.Shape, fields);
            var keys = fields.Where(field => field.IsKey).Select(field => field.Name).ToList();
            var known = _mapping.Fields.Select(rule => rule.Name).ToHashSet();
            _draft = _draft with
            {
                KeyFields = keys.Count > 0 ? keys : [.. _draft.KeyFields.Where(known.Contains)],
                Name = _draft.Name.Length > 0 ? _draft.Name : $"{NameOf(_draft.SourceConnectionId)} {_draft.SourceStream} to {NameOf(_draft.DestinationConnectionId)}",
            };
        }
        while (sides != Sides && !Leaving.IsCancellationRequested);

        _sampling = false;
    }

    private (Guid, string, Guid, string) Sides => (_draft.SourceConnectionId, _draft.SourceStream, _draft.DestinationConnectionId, _draft.DestinationStream);

    private string NameOf(Guid connection) => _connections.FirstOrDefault(candidate => candidate.Id == connection)?.Name ?? "";

    private Task CreateAsync() => ActAsync(Permission.Configure, "create an integration", async actor =>
    {
        _problems = Check();
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        var keys = _draft.KeyFields.ToHashSet();
        var mapping = _mapping with { Fields = [.. _mapping.Fields.Select(rule => keys.Contains(rule.Name) ? rule with { Required = true } : rule)] };
        var sync = await syncs.CreateAsync(Id, _draft, mapping, actor, Leaving);
        Toasts.Say($"{sync.Name} was created. Check its mapping, then publish it.");
        Navigation.NavigateTo(At($"integrations/{sync.Slug}/mapping"));
    });
}
