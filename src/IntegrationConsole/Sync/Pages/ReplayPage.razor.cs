using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>One replay: where it stands, what failed and why, and what can be done with it while it goes.</summary>
public sealed partial class ReplayPage(ReplayStore replays, ReplayControls controls, SecondPerson person, ReplayProgress progress, TimeProvider clock)
{
    private const int PageSize = 100;

    /// <summary>What was recorded is added up no oftener, however fast it grows.</summary>
    private static readonly TimeSpan RateGoodFor = TimeSpan.FromSeconds(5);

    private static readonly IReadOnlyList<ChartSeries> Counted = [new("Delivered", "var(--good)"), new("Failed again", "var(--bad)")];

    private Replay? _replay;
    private ReplayRate _rate = ReplayRate.None;
    private (ReplayState State, DateTimeOffset At)? _rated;
    private IReadOnlyList<ReplayItem> _items = [];
    private IReadOnlyList<ReplayCause> _causes = [];
    private IReadOnlyList<ReplayEvent> _events = [];
    private IReadOnlyList<Run> _runs = [];
    private IReadOnlyList<ReplayAhead> _ahead = [];
    private int _lastMinute;
    private string _pace = "";
    private string? _paceError;
    private ConfirmDialog? _cancel;
    private ReplayDialog? _again;

    [Parameter]
    public Guid ReplayId { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? AfterInAddressText { get; set; }

    private Guid? AfterInAddress => AddressText.Id(AfterInAddressText);

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private IReadOnlyList<ChartPoint> Points =>
        [.. _rate.Stretches.Select(stretch => new ChartPoint(stretch.At, [_rate.PerMinute(stretch.Delivered), _rate.PerMinute(stretch.Failed)]))];

    private bool Locked => IsBusy || !May(Permission.Replay);

    private ReplayItemState? State => AddressText.Choice<ReplayItemState>(StateInAddress);

    private string Sentence => _replay switch
    {
        { State: ReplayState.Draft } => "A draft: nothing is chosen for good, and nothing is sent.",
        { Asked: { } asked } => $"Asked for {Durations.Exact(asked)} {(asked == 1 ? "letter" : "letters")}: somebody else has to agree before anything is sent.",
        { State: ReplayState.Waiting, FrozenAt: null } freezing => $"Its letters are being written down: {Durations.Exact(freezing.Total)} so far.",
        { State: ReplayState.Waiting } waiting => $"{Durations.Exact(waiting.Total)} {(waiting.Total == 1 ? "letter waits" : "letters wait")} to go.",
        { State: ReplayState.Running } running => $"{Durations.Exact(running.Total - running.Left)} of {Durations.Exact(running.Total)} letters are done.",
        { State: ReplayState.Paused } paused => $"Paused by {paused.StateBy}. {Durations.Exact(paused.Delivered)} were delivered, {Durations.Exact(paused.Left)} are left and stay in this replay.",
        { State: ReplayState.Stopped } stopped => $"{Durations.Exact(stopped.Delivered)} were delivered, {Durations.Exact(stopped.Failed)} failed again, {Durations.Exact(stopped.Left)} are left and stay in this replay.",
        { State: ReplayState.Cancelled, BeganAt: null, StateReason: { Length: > 0 } why } => $"Nothing was sent. {why}",
        { State: ReplayState.Cancelled } cancelled => $"Cancelled by {cancelled.CancelledBy}. {Durations.Exact(cancelled.Delivered)} were delivered before; the others wait again.",
        { Failed: 0 } done => $"{Durations.Exact(done.Delivered)} {(done.Delivered == 1 ? "letter was" : "letters were")} delivered.",
        { } done => $"{Durations.Exact(done.Delivered)} delivered, {Durations.Exact(done.Failed)} failed again and wait as dead letters.",
        null => "",
    };

    /// <summary>What a waiting replay waits for; null where it does not wait.</summary>
    private string? WaitingWords => _replay switch
    {
        { State: not ReplayState.Waiting } or { FrozenAt: null } or null => null,
        { Options: { Start: ReplayStart.At, StartAt: { } at } } => $"It begins at {Zone.Minute(at)}.{BehindWords}",
        { Options: { Start: ReplayStart.BudgetResets, StartAt: { } reset } } => $"It begins when the calls that its destinations allow begin anew, at {Zone.Minute(reset)}.{BehindWords}",
        { Options.Start: ReplayStart.MaintenanceOver } => $"It begins when no maintenance holds its letters.{BehindWords}",
        { Options.Start: ReplayStart.CircuitsClosed } => $"It begins when the circuits of its destinations are closed.{BehindWords}",
        _ => BehindWords.Length > 0 ? BehindWords.TrimStart() : "It begins in a moment.",
    };

    /// <summary>Behind which replay it waits: one at a time goes to a destination.</summary>
    private string BehindWords => _ahead.Count == 0 ? ""
        : $" Another replay goes to {_ahead[0].Destination} before it: {_ahead[0].Scope}, asked for by {_ahead[0].RequestedBy}. This one is number {_ahead.Count} in the line behind it.";

    private string RateWords => _lastMinute == 0 || _replay is not { Left: > 0 } replay ? "" : $"{Durations.Words(TimeSpan.FromMinutes((double)replay.Left / _lastMinute))} to go";

    /// <summary>For a ticket or a chat.</summary>
    private string Summary => _replay is not { } replay ? "" : string.Join("\n", new[]
    {
        $"**Replay: {replay.Scope}** – {replay.State.Words}", Sentence, replay.StateReason,
        $"Asked for by {replay.RequestedBy} at {Zone.Full(replay.RequestedAt)}{(replay.Reason.Length > 0 ? $": {replay.Reason}" : "")}",
        _replay.State is ReplayState.Draft or ReplayState.Asked ? "" : $"Delivered {Durations.Exact(replay.Delivered)}, failed again {Durations.Exact(replay.Failed)}, skipped {Durations.Exact(replay.Skipped)}, left {Durations.Exact(replay.Left)}",
        string.Join("\n", _causes.Select(cause => $"- {Durations.Exact(cause.Count)} × {cause.Cause.Words}{(cause.Field.Length > 0 ? $" at {cause.Field}" : "")}, {(cause.IsSame ? "as before" : "new")}")),
        Navigation.Uri,
    }.Where(line => line.Length > 0));

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var before = _replay;
        _replay = await replays.FindAsync(Id, ReplayId, Leaving);
        _items = await replays.ListItemsAsync(Id, ReplayId, State, AfterInAddress, PageSize, Leaving);
        _causes = _replay is { Failed: > 0 } ? await replays.ListCausesAsync(Id, ReplayId, Leaving) : [];
        _events = await replays.ListEventsAsync(Id, ReplayId, Leaving);
        _runs = await replays.ListRunsAsync(Id, ReplayId, Leaving);
        _ahead = _replay is { State: ReplayState.Waiting } ? await replays.ListAheadAsync(Id, ReplayId, Leaving) : [];
        _lastMinute = _replay is { State: ReplayState.Running } ? await replays.CountLastMinuteAsync(Id, ReplayId, Leaving) : 0;
        await RateAsync();

        // What is being typed stays.
        _pace = before is null ? _replay?.Options.Pace.ToString("0.###", CultureInfo.InvariantCulture) ?? "" : _pace;
    }

    private async Task RateAsync()
    {
        var now = clock.GetUtcNow();
        if (_replay is { BeganAt: not null } replay && (_rated is not { } rated || rated.State != replay.State || (replay.State is ReplayState.Running && now - rated.At > RateGoodFor)))
        {
            (_rate, _rated) = (await progress.RateAsync(replay, Leaving), (replay.State, now));
        }
    }

    private string Show(string? state) => At($"replays/{ReplayId}{(state is null ? "" : $"?state={state}")}");

    private Task ControlAsync(Func<TenantId, Guid, Actor, CancellationToken, Task<bool>> control) => ActAsync(Permission.Replay, "steer a replay", async actor =>
    {
        if (!await control(Id, ReplayId, actor, Leaving))
        {
            Toasts.Say("It went on meanwhile; this is how it is now.", Tone.Warn);
        }

        await FetchAsync();
    });

    private Task ChangePaceAsync()
    {
        var isPace = double.TryParse(_pace, NumberStyles.Float, CultureInfo.InvariantCulture, out var pace) && pace is >= 0 and <= 10_000;
        _paceError = isPace ? null : "A number from 0 to 10,000.";
        return isPace ? ControlAsync((tenant, id, actor, cancellationToken) => controls.ChangePaceAsync(tenant, id, pace, actor, cancellationToken)) : Task.CompletedTask;
    }

    private Task CancelAsync() => ActAsync(Permission.Replay, "cancel a replay", async actor =>
    {
        await controls.CancelAsync(Id, ReplayId, actor, Leaving);
        await FetchAsync();
    });

    private Task<ReplaySelection> FailedAsync(bool unknown) => replays.SelectFailedAsync(Id, ReplayId, unknown, Leaving);

    private Task<ForeseenReplay?> ForeseeFailedAsync(bool unknown) =>
        FindAsync<ForeseenReplay>(async () => await person.ForeseeReplayAsync(Id, [await FailedAsync(unknown)], 0, Leaving));

    private Task ReplayFailedAsync(ReplayChoice choice) => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        if (await person.ReplayAsync(Id, await FailedAsync(choice.IncludeUnknown), choice.Options, choice.Reason, actor, 0, Leaving) is { } started)
        {
            Navigation.NavigateTo(At($"replays/{started.Id}"));
        }
        else
        {
            Toasts.Say("Nothing to replay: none of them waits any more, or only such whose answer was lost.", Tone.Warn);
        }
    });
}
