namespace IntegrationConsole.Schemas;

/// <summary>How a value is validated, and how much that may cost.</summary>
public sealed record SchemaOptions
{
    public static SchemaOptions Default { get; } = new();

    /// <summary>Whether a text must have the form that <c>format</c> names. By default a format is a remark, as the draft has it.</summary>
    public bool AssertFormats { get; init; }

    /// <summary>After so many errors no more are collected.</summary>
    public int MaximumErrors { get; init; } = 20;

    /// <summary>How deep schemas may be applied inside one another.</summary>
    public int MaximumDepth { get; init; } = 1_000;

    /// <summary>How many schemas may be applied and values compared.</summary>
    public long MaximumSteps { get; init; } = 50_000_000;

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(5);
}
