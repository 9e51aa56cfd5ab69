using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>Makes plans of mapping versions, with the lookup tables they need.</summary>
public sealed class MappingPlans(LookupStore lookups)
{
    /// <exception cref="FailureException">The version has problems: what runs cannot be what was checked, since a lookup table may be gone.</exception>
    public async Task<MappingPlan> CompileAsync(TenantId tenant, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var tables = await lookups.LoadAsync(tenant, [.. document.Fields.Select(rule => rule.Lookup).Where(name => name.Length > 0).Distinct()], cancellationToken);
        if (MappingRules.Check(document, [.. tables.Keys]) is [var first, ..])
        {
            var field = first.Field >= 0 ? document.Fields[first.Field].Name : "";
            throw new FailureException(new Failure(
                FailureCause.Configuration, field.Length > 0 ? $"The mapping cannot be used: {field}: {first.Sentence}" : $"The mapping cannot be used: {first.Sentence}", "mapping", field));
        }

        return new MappingPlan(document, keys, tables);
    }
}
