using System.Text;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

/// <summary>Maps records the way a run does, after the checks that a run's mapping has passed.</summary>
internal static class Trial
{
    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> NoLookups =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static MappingPlan Plan(
        MappingDocument document, IReadOnlyList<string>? keys = null, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? lookups = null,
        RunFacts? facts = null)
    {
        Assert.Empty(MappingRules.Check(document, [.. (lookups ?? NoLookups).Keys]));
        var scope = ExpressionScope.Of("north-wind", facts ?? RunFacts.Preview(Noon), lookups ?? NoLookups, TimeProvider.System, new Random(1));
        return new MappingPlan(document, keys ?? [], lookups ?? NoLookups, scope);
    }

    public static MappingDocument Document(params FieldRule[] rules) => new(rules, []);

    public static MappedBatch Apply(MappingPlan plan, params string[] records) => Apply(plan, [.. records.Select(Encoding.UTF8.GetBytes)]);

    public static MappedBatch Apply(MappingPlan plan, params byte[][] records)
    {
        using var batch = new RecordBatch();
        foreach (var record in records)
        {
            batch.Add(record);
        }

        return plan.Apply(batch, default);
    }

    /// <summary>What a rule makes of one value: its text, "nothing" for a null, or the sentence behind an exclamation mark.</summary>
    /// <param name="rule">Its source is <c>v</c> where it names none.</param>
    /// <param name="value">As JSON; null leaves the property out.</param>
    /// <param name="lookup">The rows of the rule's lookup table.</param>
    public static string Value(FieldRule rule, string? value, IReadOnlyDictionary<string, string>? lookup = null)
    {
        var complete = rule with { Source = rule.Source.Length > 0 || rule.Origin is not ValueOrigin.Path ? rule.Source : "v" };
        var lookups = lookup is null ? NoLookups : new Dictionary<string, IReadOnlyDictionary<string, string>> { [rule.Lookup] = lookup };
        var mapped = Apply(Plan(Document(complete), [], lookups), value is null ? "{}" : $$"""{"v":{{value}}}""");
        return mapped.Rejected is [var rejected] ? $"! {rejected.Failure.Sentence}"
            : mapped.Rows[0][0].IsNull ? "nothing"
            : mapped.Rows[0][0].ToText();
    }

    /// <summary>The same for a text.</summary>
    public static string Text(FieldRule rule, string text) => Value(rule, System.Text.Json.JsonSerializer.Serialize(text));
}
