using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health;
using IntegrationConsole.Health.Figures;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>One integration: how it is, what it did, what waits, and the buttons for all of it.</summary>
public sealed partial class IntegrationPage(RunStore runs, RunQueue queue, ConnectionStore connections, DeadLetterStore letters, MappingStore mappings)
{
    private const int ShownRuns = 50;

    private Connection? _source;
    private Connection? _destination;
    private MappingVersion? _published;
    private IReadOnlyList<Run> _runs = [];
    private IReadOnlyList<CauseCount> _causes = [];
    private ObjectHealth? _health;
    private RecordSeries? _records;
    private Tenant? _tenant;
    private ConfirmDialog? _pause;
    private BackfillDialog? _backfill;
    private Deletion? _deletion;
    private Reconciliation? _reconciled;
    private ChangeStreamStatus? _stream;
    private ReplayPolicy? _policy;
    private KeptObjective? _objective;

    [Inject]
    public required HealthStore Health { get; set; }

    [Inject]
    public required FigureStore Figures { get; set; }

    [Inject]
    public required TenantStore Tenants { get; set; }

    [Inject]
    public required DeletionStore Deletions { get; set; }

    [Inject]
    public required ChangeStreamStore Streams { get; set; }

    [Inject]
    public required Backfills Backfills { get; set; }

    [Inject]
    public required ReplayPolicies Policies { get; set; }

    [Inject]
    public required ReconciliationStore Reconciliations { get; set; }

    [Inject]
    public required ObjectiveStore Objectives { get; set; }

    [Inject]
    public required TimeProvider Clock { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

    private RangePreset Range => AddressText.Choice<RangePreset>(RangeInAddress) ?? RangePreset.Day;

    private TimeZoneInfo _zone => _tenant?.Zone ?? TimeZoneInfo.Utc;

    /// <summary>Why nobody can start a run at the moment; null when somebody with the right may.</summary>
    private string? Held => PauseWords.Of(Sync, _tenant);

    /// <summary>Why there is nothing to start: a change stream goes on until it is stopped. Null where there is.</summary>
    private string? Goes => Sync is { ReadMode: ReadMode.ChangeStream } && _open is { } open ? $"Run {open.Number} goes on until it is stopped" : null;

    private Run? _lastEnded => _runs.FirstOrDefault(run => !run.IsBeside && run.State is not (RunState.Skipped or RunState.Queued));

    private Run? _open => _runs.FirstOrDefault(run => run.IsOpen && !run.IsBeside);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        await FindSyncAsync();
        if (Sync is not { } sync)
        {
            return;
        }

        _source = await connections.FindAsync(Id, sync.SourceConnectionId, Leaving);
        _destination = await connections.FindAsync(Id, sync.DestinationConnectionId, Leaving);
        _published = await mappings.FindPublishedAsync(Id, sync.MappingId, Leaving);
        _runs = (await runs.ListAsync(Id, new RunFilter(sync.Id), null, ShownRuns, Leaving)).Items;
        _causes = await letters.CountByCauseAsync(Id, sync.Id, Leaving);
        _health = await Health.FindAsync(Id, ObjectKind.Sync, sync.Id, Leaving);
        _records = await Figures.RecordsAsync(Id, sync.Id, FigureRange.Last(Range, Clock.GetUtcNow()), Leaving);
        _deletion = await Deletions.FindWaitingAsync(Id, sync.Id, Leaving);
        _reconciled = await Reconciliations.ListAsync(Id, sync.Id, 1, Leaving) is [var newest] ? newest : null;
        _stream = sync.ReadMode is ReadMode.ChangeStream ? await Streams.FindAsync(Id, sync.Id, Leaving) : null;
        _policy = await Policies.FindAsync(Id, sync.Id, Leaving);
        _objective = await Objectives.FindAsync(Id, sync.Id, Leaving);
        _tenant = await Tenants.FindAsync(Id, Leaving);
    }

    /// <summary>Marks the step at which the last run failed.</summary>
    private string Broken(LetterStage stage) => _lastEnded is { State: RunState.Failed, Stage: { } failed } && failed == stage ? "broken" : "";

    /// <summary>Where the step that failed is put right.</summary>
    private string RepairOf(SyncDefinition sync, LetterStage stage) => stage switch
    {
        LetterStage.Map => $"{Here}/mapping",
        LetterStage.Read => At($"connections/{sync.SourceConnectionId}"),
        LetterStage.Write => At($"connections/{sync.DestinationConnectionId}"),
    };

    private void SetRange(RangePreset range) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("range", range.ToString().ToLowerInvariant()));

    private Task RunNowAsync() => ActAsync(Permission.Run, "run an integration", async actor =>
    {
        var request = await queue.RequestAsync(Id, Sync!.Id, RunTrigger.Manual, actor, Leaving);
        if (request.RunId is { } run)
        {
            Toasts.Say(request.Answer, link: At($"runs/{run}"), linkText: "Watch it");
        }
        else
        {
            Toasts.Say(request.Answer, Tone.Bad);
        }

        await FetchAsync();
    });

    private Task BackfillAsync(CursorRange range) => ActAsync(Permission.Run, "backfill an integration", async actor =>
    {
        var request = await Backfills.RequestAsync(Id, Sync!.Id, range, actor, Leaving);
        Toasts.Say(request.Answer, request.RunId is null ? Tone.Bad : Tone.Good, link: request.RunId is { } run ? At($"runs/{run}") : null, linkText: "Watch it");
        await FetchAsync();
    });

    private Task SetPolicyAsync(IReadOnlyList<FailureCause> causes) => ActAsync(Permission.Configure, "set a replay rule", async actor =>
    {
        await Policies.SetAsync(Id, Sync!.Id, causes, actor, Leaving);
        Toasts.Say(causes.Count == 0 ? "Nothing is replayed by itself any more." : "The rule is kept.");
        await FetchAsync();
    });

    private Task SetObjectiveAsync(KeptObjective changed) => ActAsync(Permission.Configure, "set an objective", async actor =>
    {
        var saved = await Objectives.SaveAsync(Id, Sync!.Id, changed.Objective, changed.Version, actor, Leaving);
        Toasts.Say(saved is Saved.Done ? "Saved. Health follows at its next look." : "Somebody else changed it meanwhile: look at theirs first.", saved is Saved.Done ? Tone.Good : Tone.Bad);
        await FetchAsync();
    });

    private Task DropSlotAsync() => ActAsync(Permission.Configure, "drop a replication slot", async actor =>
    {
        Toasts.Say(await Streams.ReleaseAsync(Id, Sync!.Id, actor, Leaving), Tone.Info);
        await FetchAsync();
    });

    private Task PauseAsync(string reason) => ActAsync(Permission.Run, "pause an integration", actor => SetPausedAsync(reason, actor));

    private Task ResumeAsync() => ActAsync(Permission.Run, "resume an integration", actor => SetPausedAsync(null, actor));

    private async Task SetPausedAsync(string? reason, Actor actor)
    {
        await Syncs.SetPausedAsync(Id, Sync!.Id, reason, actor, Leaving);
        await FetchAsync();
    }
}
