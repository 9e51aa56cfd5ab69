using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Expressions;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Mappings;

/// <summary>Makes plans of mapping versions, with the lookup tables they need.</summary>
public sealed class MappingPlans(LookupStore lookups, TenantStore tenants, TimeProvider clock, Random random)
{
    /// <summary>A plan for somebody who looks what a run would make now.</summary>
    /// <inheritdoc cref="CompileAsync"/>
    public Task<MappingPlan> PreviewAsync(TenantId tenant, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        CompileAsync(tenant, document, keys, RunFacts.Preview(clock.GetUtcNow()), cancellationToken);

    /// <exception cref="FailureException">
    /// The version has problems, or does not make the key: since it was checked a lookup table may have gone, or the sync may have changed.
    /// </exception>
    public async Task<MappingPlan> CompileAsync(
        TenantId tenant, MappingDocument document, IReadOnlyList<string> keys, RunFacts facts, CancellationToken cancellationToken)
    {
        var tables = await lookups.LoadAsync(tenant, await TablesOfAsync(tenant, document, cancellationToken), cancellationToken);
        if (MappingRules.Check(document, [.. tables.Keys]) is [var first, ..])
        {
            var field = first.Field >= 0 ? document.Fields[first.Field].Name : "";
            throw new FailureException(new Failure(
                FailureCause.Configuration, field.Length > 0 ? $"The mapping cannot be used: {field}: {first.Sentence}" : $"The mapping cannot be used: {first.Sentence}", "mapping", field));
        }

        // Without one of its parts the key would tell fewer records apart, and they would overwrite one another.
        if (keys.FirstOrDefault(key => document.Fields.All(rule => rule.Name != key)) is { } missing)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"The mapping cannot be used: {missing} is part of the key, and the mapping does not make it.", "mapping", missing));
        }

        var slug = document.Expressions.Any() ? (await tenants.FindAsync(tenant, cancellationToken))?.Slug ?? "" : "";
        return new MappingPlan(document, keys, tables, ExpressionScope.Of(slug, facts, tables, clock, Chance()));
    }

    /// <summary>The order key of a sync, which asks no lookup tables.</summary>
    public OrderKey CompileOrder(string text, RunFacts facts) =>
        new(text, ExpressionScope.Of("", facts, new Dictionary<string, IReadOnlyDictionary<string, string>>(), clock, Chance()));

    /// <summary>The tables that the rules and the expressions name; all of the tenant's where an expression reckons the name.</summary>
    private async Task<IReadOnlyCollection<string>> TablesOfAsync(TenantId tenant, MappingDocument document, CancellationToken cancellationToken)
    {
        var parsed = document.Expressions.Select(text => ExpressionText.Parse(text).Expression).OfType<Expression>().ToList();
        return parsed.Any(expression => expression.AsksAnyTable)
            ? [.. (await lookups.ListAsync(tenant, cancellationToken)).Select(table => table.Name)]
            : [.. document.AllFields.Select(rule => rule.Lookup).Where(name => name.Length > 0).Concat(parsed.SelectMany(expression => expression.Tables)).Distinct()];
    }

    /// <summary>One for each plan: a source of chance does not bear being asked from two threads.</summary>
    private Random Chance()
    {
        lock (random)
        {
            return new Random(random.Next());
        }
    }
}
