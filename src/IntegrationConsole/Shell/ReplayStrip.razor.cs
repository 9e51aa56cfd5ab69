using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Shell;

/// <summary>The replay that is under way, wherever its reader is in the tenant.</summary>
public sealed partial class ReplayStrip(ReplayProgress progress, ReplayControls controls, TimeProvider clock)
{
    /// <summary>It stands on every page of everybody: often enough to be seen moving, and no oftener.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ReplayUnderWay> _replays = [];
    private ReplayUnderWay? _chosen;
    private ConfirmDialog? _confirm;
    private bool _folded;
    private TenantId? _of;

    private bool Locked => IsBusy || !May(Permission.Replay);

    /// <remarks>Pages come and go above it: only with another tenant there is something new to fetch.</remarks>
    protected override Task OnParametersSetAsync() => _of == Id ? Task.CompletedTask : LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _of = Id;
        _replays = await progress.ListUnderWayAsync(Id, Leaving);
    }

    private async Task FollowAsync()
    {
        await LoadAsync(FetchAsync);
        StateHasChanged();
        await Task.Delay(Pause, clock, Leaving);
    }

    private static string Percent(ReplayUnderWay replay) => replay.Share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Words(ReplayUnderWay replay)
    {
        var done = $"{Durations.Exact(replay.Total - replay.Left)} of {Durations.Exact(replay.Total)} letters ({Percent(replay)})";
        var failed = replay.Failed > 0 ? $", {Durations.Exact(replay.Failed)} failed again" : "";
        return replay.State is ReplayState.Paused ? $"Paused at {done}{failed}" : $"{done}{failed}{(replay.ToGo is { } togo ? $", {Durations.Words(togo)} to go" : "")}";
    }

    private Task AskAsync(ReplayUnderWay replay)
    {
        _chosen = replay;
        return _confirm!.OpenAsync();
    }

    private Task CancelAsync(string reason) => ActAsync(Permission.Replay, "cancel a replay", async actor =>
    {
        await controls.CancelAsync(Id, _chosen!.Id, actor, Leaving);
        Toasts.Say("The replay is cancelled.", link: At($"replays/{_chosen.Id}"), linkText: "What was sent");
        await FetchAsync();
    });

    private Task ControlAsync(ReplayUnderWay replay, Func<TenantId, Guid, Actor, CancellationToken, Task<bool>> control) => ActAsync(Permission.Replay, "steer a replay", async actor =>
    {
        if (!await control(Id, replay.Id, actor, Leaving))
        {
            Toasts.Say("It went on meanwhile; this is how it is now.", Tone.Warn);
        }

        await FetchAsync();
    });
}
