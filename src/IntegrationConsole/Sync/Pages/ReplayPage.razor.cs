using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class ReplayPage(ReplayStore replays, ReplayControls controls)
{
    private const int PageSize = 100;
    private const int MostFailed = 100_000;

    private Replay? _replay;
    private IReadOnlyList<ReplayItem> _items = [];
    private IReadOnlyList<Run> _runs = [];

    [Parameter]
    public Guid ReplayId { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public Guid? AfterInAddress { get; set; }

    private ReplayItemState? State => Enum.TryParse<ReplayItemState>(StateInAddress, ignoreCase: true, out var state) ? state : null;

    private string Sentence => _replay switch
    {
        { State: ReplayState.Running } running => $"{Durations.Exact(running.Total - running.Left)} of {Durations.Exact(running.Total)} letters are done.",
        { State: ReplayState.Cancelled } cancelled => $"Cancelled by {cancelled.CancelledBy}. {Durations.Exact(cancelled.Delivered)} were delivered before; the others wait again.",
        { Failed: 0 } done => $"{Durations.Exact(done.Delivered)} {(done.Delivered == 1 ? "letter was" : "letters were")} delivered.",
        { } done => $"{Durations.Exact(done.Delivered)} delivered, {Durations.Exact(done.Failed)} failed again and wait as dead letters.",
        null => "",
    };

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _replay = await replays.FindAsync(Id, ReplayId, Leaving);
        _items = await replays.ListItemsAsync(Id, ReplayId, State, AfterInAddress, PageSize, Leaving);
        _runs = await replays.ListRunsAsync(Id, ReplayId, Leaving);
    }

    private string Show(string? state) => At($"replays/{ReplayId}{(state is null ? "" : $"?state={state}")}");

    private Task CancelAsync() => ActAsync(Permission.Replay, "cancel a replay", async actor =>
    {
        await controls.CancelAsync(Id, ReplayId, actor, Leaving);
        await FetchAsync();
    });

    private Task ReplayFailedAsync() => ActAsync(Permission.Replay, "replay dead letters", async actor =>
    {
        var failed = await replays.ListItemsAsync(Id, ReplayId, ReplayItemState.Failed, null, MostFailed, Leaving);
        var selection = new ReplaySelection([.. failed.Select(item => item.LetterId)], new DeadLetterFilter(), IncludeUnknown: false, $"{failed.Count} letters that failed again");
        if (await replays.StartAsync(Id, selection, "", _replay!.UseOriginalMapping, actor, Leaving) is { } started)
        {
            Navigation.NavigateTo(At($"replays/{started.Id}"));
        }
        else
        {
            Toasts.Say("None of them waits any more.", Tone.Warn);
        }
    });
}
