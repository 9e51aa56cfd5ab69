using IntegrationConsole.Expressions;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What expressions may know of the run around them. The same for every record of a run, however often it is taken up again.</summary>
/// <param name="Run">The run's id: <c>$run</c>.</param>
/// <param name="Now">When the run began: what <c>$now()</c> and <c>$millis()</c> give.</param>
/// <param name="Limits">What one evaluation may take.</param>
public sealed record RunFacts(Guid Run, DateTimeOffset Now, ExpressionLimits Limits)
{
    /// <summary>Nobody waits longer than this in front of a page for one value.</summary>
    private static readonly ExpressionLimits Impatient = new() { Time = TimeSpan.FromSeconds(1) };

    /// <summary>No run, but somebody who looks what a run would make now.</summary>
    public static RunFacts Preview(DateTimeOffset now) => new(Guid.Empty, now, Impatient);

    public static RunFacts Of(Guid run, DateTimeOffset startedAt) => new(run, startedAt, ExpressionLimits.Default);
}
