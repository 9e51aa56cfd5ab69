using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>Makes plans of mapping versions, with the lookup tables they need.</summary>
public sealed class MappingPlans(LookupStore lookups)
{
    /// <exception cref="FailureException">
    /// The version has problems, or does not make the key: since it was checked a lookup table may have gone, or the sync may have changed.
    /// </exception>
    public async Task<MappingPlan> CompileAsync(TenantId tenant, MappingDocument document, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var tables = await lookups.LoadAsync(tenant, [.. document.Fields.Select(rule => rule.Lookup).Where(name => name.Length > 0).Distinct()], cancellationToken);
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

        return new MappingPlan(document, keys, tables);
    }
}
