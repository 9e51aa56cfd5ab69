using System.Globalization;

namespace IntegrationConsole.Sync.Replays;

/// <summary>With which version of the mapping letters are mapped.</summary>
public enum ReplayMapping
{
    /// <summary>The one that is published when they are replayed.</summary>
    Published,

    /// <summary>Each letter as it was tried first.</summary>
    Original,

    /// <summary>One that was published before.</summary>
    Chosen,

    /// <summary>The draft: letters can be tried with it, and none is sent.</summary>
    Draft,
}

/// <summary>Of what the letters of a replay are made.</summary>
public enum ReplayOrigin
{
    /// <summary>The record, which is mapped again.</summary>
    Record,

    /// <summary>The rows that the mapping had made of it, sent as they were.</summary>
    Mapped,

    /// <summary>The rows where the destination was at fault, the record where mapping and content were.</summary>
    ByCause,
}

/// <summary>When a replay begins.</summary>
public enum ReplayStart
{
    Now,
    At,

    /// <summary>When the circuits of its destinations are closed.</summary>
    CircuitsClosed,

    /// <summary>When no maintenance holds its letters.</summary>
    MaintenanceOver,

    /// <summary>When the calls that its destinations allow begin anew.</summary>
    BudgetResets,
}

/// <summary>How a replay goes about its letters. Unless told otherwise all at once, in their order, and it never stops by itself.</summary>
/// <remarks>Properties without a constructor, since it is read from a page's address and from a row alike.</remarks>
public sealed record ReplayOptions
{
    /// <summary>More calls at the same time no connection makes.</summary>
    public const int MostParallel = 16;

    /// <summary>Up to so many letters go as they are; more need a reason, go in stages, and are tried before.</summary>
    public const int Few = 20;

    /// <summary>Above so many letters their number is typed.</summary>
    public const int Many = 1000;

    /// <summary>One letter, ten, a hundred, then the rest, slowly: for destinations that are easily hurt.</summary>
    public static readonly ReplayOptions Careful = new() { IsStaged = true, Pace = 5, Parallel = 2, BudgetShare = 30, StopPercent = 10, StopsOnSame = true };

    /// <summary>The same in stages, at a pace that most destinations take.</summary>
    public static readonly ReplayOptions Standard = new() { IsStaged = true, Pace = 50, BudgetShare = 30, StopPercent = 10, StopsOnSame = true };

    /// <summary>All at once; it stops where most of it fails.</summary>
    public static readonly ReplayOptions Fast = new() { StopPercent = 50 };

    public ReplayMapping Mapping { get; init; }

    /// <summary>The version, where one is chosen.</summary>
    public int? MappingVersion { get; init; }

    /// <summary>Whether letters are mapped again, or go as they were mapped then.</summary>
    public ReplayOrigin Origin { get; init; }

    /// <summary>Letters that are to go as they were mapped, and of which no rows are kept, are mapped again: somebody said so.</summary>
    public bool MapsRest { get; init; }

    /// <summary>Letters a second; 0 for as fast as it goes.</summary>
    public double Pace { get; init; }

    /// <summary>
    /// Calls at the same time to a destination that takes rows by calls; 0 for as many as its connection makes. Never more
    /// than those, and records with one key stay in their order.
    /// </summary>
    public int Parallel { get; init; }

    /// <summary>Of the calls that the destination allows, how many in a hundred it may take.</summary>
    public int BudgetShare { get; init; } = 100;

    public bool IsStaged { get; init; }

    /// <summary>A share of failures, in a hundred, above which it stops; 0 for never.</summary>
    public int StopPercent { get; init; }

    /// <summary>In the first stages it stops when a letter fails for what it failed for before.</summary>
    public bool StopsOnSame { get; init; }

    public ReplayStart Start { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    /// <summary>What a replay that is asked for from a list does: a few letters all at once, more of them in stages; behind an open circuit when it closes.</summary>
    public static ReplayOptions Of(int letters, bool isCircuitOpen) =>
        (letters > Few ? Standard : new ReplayOptions()) with { Start = isCircuitOpen ? ReplayStart.CircuitsClosed : ReplayStart.Now };

    /// <summary>Whether a few of so many are tried before they go: many may go with another mapping than they had failed with.</summary>
    public bool IsTriedBefore(int letters) => letters > Few && Mapping is not ReplayMapping.Original;

    /// <summary>Of what they are made, as it follows "sent again".</summary>
    public string OriginWords => (Origin, MapsRest) switch
    {
        (ReplayOrigin.Record, _) => $"mapped with {MappingWords}",
        (ReplayOrigin.Mapped, false) => "as they were mapped then",
        (ReplayOrigin.Mapped, true) => $"as they were mapped then, those of which no rows are kept mapped with {MappingWords}",
        (ReplayOrigin.ByCause, _) => $"as they were mapped then where the destination was at fault, the others mapped with {MappingWords}",
    };

    public string MappingWords => Mapping switch
    {
        ReplayMapping.Published => "the published mapping",
        ReplayMapping.Original => "the mapping of their first try",
        ReplayMapping.Chosen => $"version {MappingVersion} of the mapping",
        ReplayMapping.Draft => "the draft of the mapping",
    };

    public string PaceWords => Pace == 0 ? "as fast as it goes" : string.Create(CultureInfo.InvariantCulture, $"{Pace:0.###} a second");

    public string ParallelWords => Parallel switch { 0 => "as many as its connection makes", 1 => "one at a time", _ => $"at most {Parallel}" };

    public string ShareWords => BudgetShare < 100 ? $"at most {BudgetShare} % of the calls that the destination allows" : "all calls that the destination allows";

    /// <summary>What it waits for, as a sentence behind others; empty where it begins at once, or at a time that stands elsewhere.</summary>
    public string StartWords => Start switch
    {
        ReplayStart.Now or ReplayStart.At => "",
        ReplayStart.CircuitsClosed => " It begins when the circuit is closed.",
        ReplayStart.MaintenanceOver => " It begins when no maintenance holds its letters.",
        ReplayStart.BudgetResets => " It begins when the calls that its destinations allow begin anew.",
    };

    public string StopWords => (StopPercent, IsStaged && StopsOnSame) switch
    {
        (0, false) => "never stops by itself",
        (0, true) => "stops when the same failure comes back in the first stages",
        (_, false) => $"stops above {StopPercent} % failures",
        (_, true) => $"stops above {StopPercent} % failures, or when the same failure comes back in the first stages",
    };
}
