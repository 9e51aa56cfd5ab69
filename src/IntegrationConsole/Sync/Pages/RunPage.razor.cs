using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Sync.Pages;

/// <summary>One run: how far it is or how it ended, what became of its records, and what it said on the way.</summary>
public sealed partial class RunPage(RunStore runs, RunQueue queue, SyncStore syncs, TenantStore tenants, TimeProvider clock)
{
    private const int MostLines = 500;

    private Run? _run;
    private RunLogPage _log = RunLogPage.Empty;
    private IReadOnlyList<(string Connection, DateTimeOffset Until)> _waits = [];
    private IReadOnlyList<CauseCount> _causes = [];
    private Deletion? _deletion;
    private IReadOnlyList<PartitionProgress> _partitions = [];
    private RunWait? _wait;
    private DateTimeOffset? _callsWait;
    private DateTimeOffset? _recordsWait;
    private string? _held;
    private ConfirmDialog? _aside;
    private ChangeStreamStatus? _stream;

    [Inject]
    public required IJSRuntime Browser { get; set; }

    [Inject]
    public required BudgetStore Budgets { get; set; }

    [Inject]
    public required RunWaits Waits { get; set; }

    [Inject]
    public required RecordPace Records { get; set; }

    [Parameter]
    public Guid RunId { get; set; }

    /// <summary>With what it is compared: <c>last-good</c>, or another run's id; null for nothing.</summary>
    [SupplyParameterFromQuery(Name = "compare")]
    public string? CompareInAddress { get; set; }

    /// <summary>The log as it was before this line; null for its newest lines.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    public string? BeforeInAddressText { get; set; }

    private long? BeforeInAddress => AddressText.Number(BeforeInAddressText);

    [Inject]
    public required ChangeStreamStore Streams { get; set; }

    [Inject]
    public required DeletionStore Deletions { get; set; }

    private Guid? Other => Guid.TryParse(CompareInAddress, out var other) ? other : null;

    private bool Compares => (CompareInAddress is "last-good" && _run is { IsOpen: false, IsBeside: false }) || Other is not null;

    private TimeSpan Elapsed => _run?.StartedAt is { } started ? (_run.FinishedAt ?? clock.GetUtcNow()) - started : TimeSpan.Zero;

    private double PerSecond => Elapsed.TotalSeconds > 0.2 ? _run!.RecordsRead / Elapsed.TotalSeconds : 0;

    private string Rate => PerSecond > 0 ? PerSecond.ToString(PerSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) : "–";

    private string Took => Elapsed > TimeSpan.Zero ? Durations.Words(Elapsed) : "–";

    private double? Share => _run?.Expected is > 0 and var expected ? Math.Min(1, (double)_run.RecordsRead / expected) : null;

    private string Left => _run?.Expected is { } expected && PerSecond > 0 && expected >= _run.RecordsRead
        ? Durations.Words(TimeSpan.FromSeconds((expected - _run.RecordsRead) / PerSecond)) : "unknown";

    private string UntilWords(DateTimeOffset moment) => Durations.Words(moment > clock.GetUtcNow() ? moment - clock.GetUtcNow() : TimeSpan.Zero);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _run = await runs.FindAsync(Id, RunId, Leaving);
        _partitions = await runs.ListPartitionsAsync(Id, RunId, Leaving);
        if (_run is not null && _partitions.Count > 0 && _partitions.All(part => part.Expected is not null))
        {
            _run = _run with { Expected = _partitions.Sum(part => part.Expected) };
        }

        _log = await runs.ReadLogAsync(Id, RunId, BeforeInAddress, MostLines, Leaving);
        _causes = await runs.CountCausesAsync(Id, RunId, Leaving);
        _deletion = await Deletions.FindOfRunAsync(Id, RunId, Leaving);
        var sync = _run is null ? null : await syncs.FindAsync(Id, _run.SyncId, Leaving);
        _waits = sync is null || _run is not { State: RunState.Running } ? [] : await Budgets.ListWaitsAsync(Id, [sync.SourceConnectionId, sync.DestinationConnectionId], Leaving);
        await FetchWaitsAsync();
        _stream = sync is { ReadMode: ReadMode.ChangeStream } && _run is { IsBeside: false, State: RunState.Running } ? await Streams.FindAsync(Id, sync.Id, Leaving) : null;
        _held = PauseWords.Of(sync, await tenants.FindAsync(Id, Leaving));
    }

    private async Task FetchWaitsAsync()
    {
        var isRunning = _run is { State: RunState.Running };
        _wait = _run is null ? null : await Waits.FindAsync(_run, Leaving);
        _callsWait = isRunning ? await Budgets.FindQuotaWaitAsync(Id, Leaving) : null;
        _recordsWait = isRunning ? await Records.FindWaitAsync(Id, Leaving) : null;
    }

    private string LogBefore(long? line) => Navigation.GetUriWithQueryParameter("before", line);

    private Task CancelAsync() => ActAsync(Permission.Run, "cancel a run", async actor =>
    {
        Toasts.Say(await queue.CancelAsync(Id, RunId, actor, Leaving), Tone.Info);
        await FetchAsync();
    });

    private Task ApproveAsync(string reason) => ActAsync(Permission.Run, _deletion is { Replaces: true } ? "approve a replacement" : "approve a deletion", async actor =>
    {
        var request = await Deletions.ApproveAsync(Id, _deletion!.Id, reason, actor, Leaving);
        Toasts.Say(
            request?.Answer ?? "Somebody else has decided already.", request is null ? Tone.Bad : Tone.Good,
            link: request?.RunId is { } id ? At($"runs/{id}") : null, linkText: "Watch it");
        await FetchAsync();
    });

    private Task RefuseAsync(string reason) => ActAsync(Permission.Run, _deletion is { Replaces: true } ? "refuse a replacement" : "refuse a deletion", async actor =>
    {
        var done = await Deletions.RefuseAsync(Id, _deletion!.Id, reason, actor, Leaving);
        Toasts.Say(done ? (_deletion.Replaces ? "Refused. The table stays as it is." : "Refused. The rows stay where they are.") : "Somebody else has decided already.", done ? Tone.Good : Tone.Bad);
        await FetchAsync();
    });

    private Task RunAgainAsync(bool batchBreaker) => ActAsync(Permission.Run, "run an integration", async actor =>
    {
        var request = batchBreaker ? await queue.RequestAsync(Id, _run!.SyncId, RunTrigger.Manual, actor, Leaving) : await queue.RequestWithoutBreakerAsync(Id, _run!.SyncId, actor, Leaving);
        if (request.RunId is { } run)
        {
            Navigation.NavigateTo(At($"runs/{run}"));

            // From page to page of one kind the focus stays where it was: at a command that this run does not have.
            await Browser.InvokeVoidAsync("shell.focus", Leaving, "title");
        }
        else
        {
            Toasts.Say(request.Answer, Tone.Bad);
        }
    });
}
