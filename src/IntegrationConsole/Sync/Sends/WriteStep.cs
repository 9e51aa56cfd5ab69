namespace IntegrationConsole.Sync.Sends;

/// <summary>What a step of a write came to.</summary>
public enum StepKind
{
    Made,
    Refused,

    /// <summary>The destination was told to take it back.</summary>
    TakingBack,

    TakenBack,

    /// <summary>It could not be taken back.</summary>
    Stands,
}

/// <summary>A step of a write to several streams of a destination that has no transactions.</summary>
/// <param name="RemoteId">Under which id the destination keeps what it made; empty where it did not say.</param>
/// <param name="Sentence">Why it was refused, or stands; empty otherwise.</param>
public sealed record WriteStep(DateTimeOffset At, string Stream, StepKind Kind, string RemoteId, string Sentence)
{
    public string Words => Kind switch
    {
        StepKind.Made => "Made",
        StepKind.Refused => "Refused",
        StepKind.TakingBack => "Told to take it back",
        StepKind.TakenBack => "Taken back",
        StepKind.Stands => "Stands there",
    };
}
