namespace IntegrationConsole.Expressions;

/// <summary>How much one evaluation may take before it is ended with a named error.</summary>
public sealed record ExpressionLimits
{
    public static readonly ExpressionLimits Default = new();

    /// <summary>The whole evaluation.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls and items visited.</summary>
    public long Steps { get; init; } = 50_000_000;

    /// <summary>How deep expressions may be inside each other while they are evaluated; calls in tail position cost nothing.</summary>
    public int Depth { get; init; } = 4_000;

    /// <summary>Bytes of strings, arrays and objects made, together, freed or not.</summary>
    public long Size { get; init; } = 256L * 1024 * 1024;

    /// <summary>Items in one sequence.</summary>
    public int SequenceLength { get; init; } = 10_000_000;

    /// <summary>One match of one regular expression.</summary>
    public TimeSpan RegexTime { get; init; } = TimeSpan.FromMilliseconds(250);
}
