using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Bench.Mapping;

/// <summary>Ten fields of each kind that mappings are made of. <see cref="HandWritten"/> makes the same rows.</summary>
internal static class SampleMapping
{
    public static MappingPlan Compile()
    {
        var document = new MappingDocument(
        [
            new() { Name = "order_number", Source = "orderNumber", Required = true },
            new() { Name = "ordered_at", Source = "orderedAt", Type = FieldType.Timestamp },
            new() { Name = "total", Source = "total", Type = FieldType.Decimal },
            new() { Name = "paid", Source = "paid", Type = FieldType.Boolean },
            new() { Name = "quantity", Source = "quantity", Type = FieldType.Integer },
            new() { Name = "city", Source = "customer.address.city" },
            new() { Name = "customer_name", Source = "{customer.firstName} {customer.lastName}", Origin = ValueOrigin.Template },
            new() { Name = "email", Source = "email", Trim = true, Case = LetterCase.Lower },
            new() { Name = "region", Source = "region", Lookup = "regions" },
            new() { Name = "shop", Source = "main", Origin = ValueOrigin.Constant },
        ], []);
        if (MappingRules.Check(document, ["regions"]) is [var problem, ..])
        {
            throw new InvalidOperationException(problem.Sentence);
        }

        var lookups = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["regions"] = SampleRecords.Regions };
        var facts = new RunFacts(Guid.Empty, DateTimeOffset.UnixEpoch, new ExpressionLimits());
        return new MappingPlan(document, ["order_number"], lookups, ExpressionScope.Of("bench", facts, lookups, TimeProvider.System, new Random(1)));
    }
}
