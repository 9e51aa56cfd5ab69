namespace IntegrationConsole.Connectors.Budgets;

/// <summary>How often a system may be called, as people set it; null for no such limit.</summary>
public sealed record CallLimits(double? PerSecond, int? PerMinute, int? PerDay)
{
    public static readonly CallLimits None = new(null, null, null);

    public bool IsNone => this == None;
}

/// <summary>What a system said about the calls that are left.</summary>
/// <param name="Limit">How many there are in all until then; null where it did not say.</param>
/// <param name="Remaining">How many are left.</param>
/// <param name="ResetAt">When there are more again.</param>
public sealed record ToldLimit(double? Limit, double Remaining, DateTimeOffset ResetAt);
