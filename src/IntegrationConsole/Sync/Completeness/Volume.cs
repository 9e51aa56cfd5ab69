using System.Globalization;

namespace IntegrationConsole.Sync.Completeness;

/// <summary>What was looked at to know what is usual.</summary>
public enum UsualOf
{
    /// <summary>The same hour of the week, in the weeks before.</summary>
    Hour,

    /// <summary>The runs before.</summary>
    Runs,

    /// <summary>As long a time, at the same hours of other weeks.</summary>
    Span,
}

public enum VolumeLevel
{
    /// <summary>Nothing is known yet, or what is usual is too little to judge by.</summary>
    Unjudged,
    Usual,

    /// <summary>A quarter of the usual at most.</summary>
    Few,

    /// <summary>Four times the usual at least.</summary>
    Many,

    /// <summary>None at all where many are usual.</summary>
    None,
}

/// <summary>How many records a run brought, beside what is usual.</summary>
/// <param name="Brought">Records that were read and not left out by the mapping.</param>
/// <param name="Quiet">So many runs up to this one brought none although some are usual.</param>
public sealed record Volume(long Brought, long? Usual, UsualOf? Of, int Quiet)
{
    /// <summary>Where fewer than these are usual, a run that brings none says nothing, and only a <see cref="LongSilence"/> does.</summary>
    public const long Enough = 20;

    public VolumeLevel Level => Of is UsualOf.Span ? VolumeLevel.None
        : Usual is not >= Enough ? VolumeLevel.Unjudged
        : Brought == 0 ? VolumeLevel.None
        : Brought * 4 < Usual ? VolumeLevel.Few
        : Brought > Usual * 4 ? VolumeLevel.Many
        : VolumeLevel.Usual;

    /// <summary>Worth saying, in one sentence; empty where it is not.</summary>
    public string Words => Level switch
    {
        VolumeLevel.None => $"{(Quiet > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Quiet:N0} runs running brought") : "It brought")} no record, where {Count(Usual!.Value)} are usual {Source}.",
        VolumeLevel.Few => $"It brought {Records(Brought)}, where {Count(Usual!.Value)} are usual {Source}.",
        VolumeLevel.Many => $"It brought {Records(Brought)}, where {Count(Usual!.Value)} are usual {Source}.",
        VolumeLevel.Unjudged or VolumeLevel.Usual => "",
    };

    private string Source => Of switch { UsualOf.Hour => "at this hour of the week", UsualOf.Span => "in as long a time", _ => "of late" };

    private static string Count(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0}");

    private static string Records(long count) => count == 1 ? "1 record" : $"{Count(count)} records";
}
