namespace IntegrationConsole.Connectors;

/// <summary>How much smaller a table may become when another takes its place, before somebody is asked.</summary>
/// <param name="Few">So many rows fewer never matter.</param>
/// <param name="Share">The per cent of its rows that may be missing.</param>
public sealed record ShrinkLimit(int Few, int Share)
{
    /// <summary>How many rows somebody agreed to: the share counts from there. Null where nobody was asked.</summary>
    public long? Approved { get; init; }

    /// <param name="before">The rows that the table has.</param>
    /// <param name="after">The rows that would take their place.</param>
    public bool Allows(long before, long after)
    {
        var expected = Math.Min(before, Approved ?? before);
        var missing = expected - after;
        return missing <= Few || missing * 100m <= expected * (decimal)Share;
    }
}

/// <summary>What the end of a run did at the destination.</summary>
/// <param name="Said">For the run's log; empty for nothing.</param>
public sealed record WriteCompletion(string Said)
{
    /// <summary>Nothing was done, and somebody has to say whether it may be; null otherwise.</summary>
    public Shrinkage? Held { get; init; }
}

/// <summary>A table that would become far smaller.</summary>
public readonly record struct Shrinkage(string Stream, long Before, long After);
