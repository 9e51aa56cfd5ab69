using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Naming_records
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };

    [Theory]
    [InlineData("number", """{"id":1,"number":"A-7"}""", "A-7")]
    [InlineData("number", """{"id":1,"number":12345678901234567890}""", "12345678901234567890")]
    [InlineData("$lowercase(shop) & '/' & $string(number)", """{"id":1,"shop":"North","number":7}""", "north/7")]
    public void A_record_is_known_by_what_the_mapping_says(string key, string record, string expected)
    {
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(Id) with { Key = key }, ["id"]), record);

        Assert.Equal((expected, "1"), (Assert.Single(mapped.TakenRecords).Key, mapped.Rows.KeyOf(0)));
    }

    [Theory]
    [InlineData("number", """{"id":1}""", "The record key needs a value, and the record gives none.", FailureCause.Validation)]
    [InlineData("number", """{"id":1,"number":""}""", "The record key needs a value, and the record gives none.", FailureCause.Validation)]
    [InlineData("number", """{"id":1,"number":[1]}""", "The record key is a list, not a single value.", FailureCause.Mapping)]
    [InlineData("[id, 2]", """{"id":1}""", "The record key: the expression gives a list, not a single value.", FailureCause.Mapping)]
    [InlineData("$uppercase(id)", """{"id":1}""", "The record key: the expression failed at character 11", FailureCause.Mapping)]
    public void A_record_that_the_expression_cannot_name_is_set_aside_under_its_content(string key, string record, string sentence, FailureCause cause)
    {
        var rejected = Assert.Single(Trial.Apply(Trial.Plan(Trial.Document(Id) with { Key = key }, ["id"]), record).Rejected);

        Assert.StartsWith(sentence, rejected.Failure.Sentence);
        Assert.Equal(cause, rejected.Failure.Cause);
        Assert.Matches("^#[0-9a-f]{24}$", rejected.Key);
    }

    [Fact]
    public void A_record_that_fails_at_a_field_is_still_known_by_its_name()
    {
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(Id) with { Key = "number" }, ["id"]), """{"id":"x","number":"A-7"}""");

        Assert.Equal("A-7", Assert.Single(mapped.Rejected).Key);
    }

    [Fact]
    public void A_record_that_is_left_out_needs_no_name() =>
        Assert.Equal(1, Trial.Apply(Trial.Plan(Trial.Document(Id) with { Key = "number", Filter = "id > 1" }, ["id"]), """{"id":1}""").Filtered);

    [Fact]
    public void A_key_that_does_not_parse_is_refused() =>
        Assert.Equal("key", Assert.Single(MappingRules.Check(Trial.Document(Id) with { Key = "number +" }, [])).Part);
}
