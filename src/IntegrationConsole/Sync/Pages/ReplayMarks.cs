using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;

namespace IntegrationConsole.Sync.Pages;

/// <summary>How states of replays, and of what belongs to them, look.</summary>
internal static class ReplayMarks
{
    public static (string Text, Tone Tone) Of(CheckResult result) => result switch
    {
        CheckResult.Good => ("Fine", Tone.Good),
        CheckResult.Warning => ("Look", Tone.Warn),
        CheckResult.Blocking => ("Stops it", Tone.Bad),
    };

    public static Tone ToneOf(Replay replay) => replay.State switch
    {
        ReplayState.Draft or ReplayState.Cancelled => Tone.Calm,
        ReplayState.Waiting or ReplayState.Running => Tone.Info,
        ReplayState.Asked or ReplayState.Paused => Tone.Warn,
        ReplayState.Stopped => Tone.Bad,
        ReplayState.Done => replay.Failed > 0 ? Tone.Warn : Tone.Good,
    };

    public static Tone ToneOf(ReplayItemState state) => state switch
    {
        ReplayItemState.Delivered => Tone.Good,
        ReplayItemState.Failed => Tone.Bad,
        ReplayItemState.Claimed => Tone.Info,
        ReplayItemState.Queued or ReplayItemState.Skipped => Tone.Calm,
    };

    /// <summary>How a stage of a replay stands: its class in the track, and in words.</summary>
    public static (string Class, string Words) StageOf(Replay replay, int stage) =>
        stage < replay.Stage || (replay.State is ReplayState.Done && stage == replay.Stage) ? ("done", "through")
            : stage > replay.Stage || replay.BeganAt is null ? ("", "to come")
            : replay.State is ReplayState.Stopped ? ("bad", "stopped here")
            : replay.State is ReplayState.Cancelled ? ("", "cancelled here")
            : ("now", replay.State is ReplayState.Paused ? "paused here" : "now");
}
