using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Filtering_by_expression
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };

    [Theory]
    [InlineData("total > 10 and status = 'paid'", """{"id":1,"total":11,"status":"paid"}""", 1)]
    [InlineData("total > 10 and status = 'paid'", """{"id":1,"total":9,"status":"paid"}""", 0)]
    [InlineData("orders[paid]", """{"id":1,"orders":[{"paid":false},{"paid":true}]}""", 1)]
    [InlineData("orders[paid]", """{"id":1,"orders":[{"paid":false}]}""", 0)]
    [InlineData("missing", """{"id":1}""", 0)]
    [InlineData("id", """{"id":0}""", 0)]
    [InlineData("'text'", """{"id":0}""", 1)]
    [InlineData("", """{"id":0}""", 1)]
    public void What_counts_as_true_keeps_the_record(string filter, string record, int rows)
    {
        var mapped = Trial.Apply(Trial.Plan(Document(filter)), record);

        Assert.Equal((rows, 1 - rows, 0), (mapped.Rows.Count, mapped.Filtered, mapped.Rejected.Count));
    }

    [Fact]
    public void A_filter_that_fails_sets_the_record_aside_under_its_key()
    {
        var mapped = Trial.Apply(Trial.Plan(Document("total > 10"), ["id"]), """{"id":7,"total":"secret"}""", """{"id":8,"total":11}""");

        var rejected = Assert.Single(mapped.Rejected);
        Assert.Equal(("7", FailureCause.Mapping, "", "T2009"), (rejected.Key, rejected.Failure.Cause, rejected.Failure.Field, rejected.Failure.Code));
        Assert.Equal("The filter failed at character 7: the values on both sides of > must be of the same type (T2009).", rejected.Failure.Sentence);
        Assert.Equal(1, mapped.Rows.Count);
    }

    [Fact]
    public void Conditions_are_asked_first_and_spare_the_filter_what_it_cannot_take()
    {
        var document = Document("total > 10") with { Conditions = [new("kind", ConditionOperator.Equals, "order")] };

        Assert.Equal(1, Trial.Apply(Trial.Plan(document), """{"id":7,"kind":"note","total":"none"}""").Filtered);
    }

    [Fact]
    public void The_preview_says_what_the_run_will_do()
    {
        var plan = Trial.Plan(Document("total > 10"));

        Assert.True(plan.Preview("""{"id":1,"total":1}"""u8.ToArray(), default).Filtered);
        Assert.False(plan.Preview("""{"id":1,"total":11}"""u8.ToArray(), default).Filtered);
        Assert.StartsWith("The filter failed", plan.Preview("""{"id":1,"total":"x"}"""u8.ToArray(), default).Problem);
    }

    [Fact]
    public void It_is_checked_like_any_expression()
    {
        Assert.Equal(
            [new MappingProblem(-1, MappingRules.FilterPart, "Filter: At character 8: The expression ends too early.")],
            MappingRules.Check(Document("total > "), []));
        Assert.Equal("Filter: There is no lookup table named gone.", Assert.Single(MappingRules.Check(Document("$lookup_table('gone', id)"), [])).Sentence);
    }

    [Fact]
    public void It_is_kept_with_the_mapping_and_documents_without_one_still_read()
    {
        Assert.Equal("total > 10", MappingDocument.Parse(Document("total > 10").ToJson()).Filter);
        Assert.Equal("", MappingDocument.Parse("""{"fields":[{"name":"id","source":"id"}],"conditions":[]}""").Filter);
    }

    private static MappingDocument Document(string filter) => new([Id], []) { Filter = filter };
}
