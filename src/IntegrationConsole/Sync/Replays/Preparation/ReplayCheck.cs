namespace IntegrationConsole.Sync.Replays.Preparation;

public enum CheckResult
{
    Good,

    /// <summary>It may be started all the same.</summary>
    Warning,
    Blocking,
}

/// <summary>Where somebody goes to put right what a check found.</summary>
public enum CheckPlace
{
    None,
    Integration,
    Mapping,
    Connection,
    Circuits,
    Replay,
}

/// <summary>One thing that was looked at before a replay begins.</summary>
/// <param name="Sentence">What was found, in words.</param>
/// <param name="Place">Where it is put right.</param>
/// <param name="Key">Of what is there, the address or the id.</param>
public sealed record ReplayCheck(string Name, CheckResult Result, string Sentence, CheckPlace Place = CheckPlace.None, string Key = "");
