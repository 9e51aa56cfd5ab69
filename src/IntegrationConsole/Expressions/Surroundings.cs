using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>What an expression can see besides its input: variables, the clock, chance, lookup tables.</summary>
public sealed class Surroundings(TimeProvider clock, Random random)
{
    public TimeProvider Clock { get; } = clock;

    public Random Random { get; } = random;

    /// <summary>Variables by name without the dollar sign, such as the run's <c>tenant</c> and <c>run</c>.</summary>
    public IReadOnlyDictionary<string, Value> Variables { get; init; } = new Dictionary<string, Value>();

    /// <summary>Answers <c>$lookup_table</c>; null where there are no tables.</summary>
    public LookupTables? Tables { get; init; }

    /// <summary>The instant that <c>$now()</c> and <c>$millis()</c> give; null for the clock's at the start of the evaluation.</summary>
    public DateTimeOffset? Now { get; init; }
}
