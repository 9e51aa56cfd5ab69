using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>When a connection's circuit opens, and how long its breaks are.</summary>
public sealed class CircuitOptions
{
    public const string Section = "Circuits";

    /// <summary>How far back a node counts its calls.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>Failures in a row count only when they last this long: many calls at once may meet the same short hiccup.</summary>
    public static readonly TimeSpan ShortestRow = TimeSpan.FromSeconds(5);

    /// <summary>Share of a minute's calls that fail.</summary>
    [Range(0.05, 1.0)]
    public double FailureShare { get; set; } = 0.5;

    /// <summary>Calls of a minute below which no share is reckoned.</summary>
    [Range(2, 10_000)]
    public int FewestCalls { get; set; } = 20;

    /// <summary>Failures one after the other, however few calls there are.</summary>
    [Range(2, 1_000)]
    public int FailuresInARow { get; set; } = 5;

    /// <summary>Refused sign-ins one after the other.</summary>
    [Range(1, 1_000)]
    public int RefusalsInARow { get; set; } = 3;

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FirstBreak { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Each break is twice as long as the one before it, up to this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestBreak { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan BreakAfter(int breaks) =>
        TimeSpan.FromSeconds(Math.Min(LongestBreak.TotalSeconds, FirstBreak.TotalSeconds * Math.Pow(2, Math.Min(breaks - 1, 20))));
}
