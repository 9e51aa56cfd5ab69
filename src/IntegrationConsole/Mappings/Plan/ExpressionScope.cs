using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What all expressions of one plan see besides the record, and what each evaluation may take.</summary>
/// <param name="Surroundings">Constants of the run, its instant, the tenant's lookup tables.</param>
public sealed record ExpressionScope(Surroundings Surroundings, ExpressionLimits Limits)
{
    /// <param name="tenant">What <c>$tenant</c> gives: the tenant as it stands in addresses.</param>
    public static ExpressionScope Of(
        string tenant, RunFacts facts, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, TimeProvider clock, Random random) =>
        new(
            new Surroundings(clock, random)
            {
                Variables = new Dictionary<string, Value> { ["tenant"] = Value.Of(tenant), ["run"] = Value.Of(facts.Run.ToString()) },
                Tables = (table, key) => !tables.TryGetValue(table, out var rows) ? null : rows.TryGetValue(key, out var entry) ? Value.Of(entry) : Value.Undefined,
                Now = facts.Now,
            },
            facts.Limits);
}
