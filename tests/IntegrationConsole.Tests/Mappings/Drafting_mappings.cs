using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Drafting_mappings
{
    [Theory]
    [InlineData(FieldType.Integer, "1", "-2", "null")]
    [InlineData(FieldType.Decimal, "1", "2.5")]
    [InlineData(FieldType.Decimal, "9223372036854775808")]
    [InlineData(FieldType.Boolean, "true", "false")]
    [InlineData(FieldType.Date, "\"2026-01-31\"")]
    [InlineData(FieldType.Timestamp, "\"2026-01-31T10:00:00Z\"", "\"2026-01-31\"")]
    [InlineData(FieldType.Uuid, "\"0190a8c4-7b1e-7000-8000-00000000000a\"")]
    [InlineData(FieldType.String, "\"007\"")]
    [InlineData(FieldType.String, "1", "\"x\"")]
    [InlineData(FieldType.String, "true", "1")]
    [InlineData(FieldType.String, "null", "\"\"")]
    [InlineData(FieldType.Json, "1", "[1]")]
    public void The_narrowest_type_that_fits_every_sample_is_found(FieldType expected, params string[] values) =>
        Assert.Equal(expected, Of([.. values.Select(value => $$"""{"v":{{value}}}""")])[0].Type);

    [Fact]
    public void Nested_values_have_paths_that_a_mapping_can_use()
    {
        var values = Of("""{"id":1,"customer":{"first name":"Ada","tags":["x",{"y":1}]},"empty":{},"a`b":1}""", """{"id":2}""");

        Assert.Equal(["id", "customer.`first name`", "customer.tags", "customer.tags[0]"], values.Select(value => value.Path));
        Assert.Equal([2, 1, 1, 1], values.Select(value => value.PresentIn));
        Assert.Equal([true, true, false, true], values.Select(value => value.IsSingle));
        Assert.All(values, value => Assert.Empty(SourcePath.Parse(value.Path).Problem));
    }

    [Fact]
    public void Samples_with_half_characters_are_looked_at_all_the_same()
    {
        var values = Of("""{"\ud800":1,"v":"\ud800","w":2}""");

        Assert.Equal([("v", ""), ("w", "2")], values.Select(value => (value.Path, value.Example)));
    }

    [Fact]
    public void A_long_example_is_cut_between_characters()
    {
        var value = Assert.Single(Of($$"""{"v":"{{new string('x', 59)}}😀 and more"}"""));

        Assert.Equal(new string('x', 59) + "…", value.Example);
    }

    [Fact]
    public void Fields_are_matched_by_name_whatever_the_spelling()
    {
        var source = Of("""{"customer_id":1,"Contact":{"E-Mail":"a@b.c"},"unused":1}""");
        StreamField[] destination =
        [
            new("CustomerId", FieldType.Integer, true, null, true, "int"), new("email", FieldType.String, false, null, false, "text"),
            new("total", FieldType.Decimal, true, null, false, "numeric"), new("note", FieldType.String, false, null, false, "text"),
            new("row_number", FieldType.Integer, true, null, false, "bigint generated always"),
        ];

        var draft = MappingSuggestion.Draft(source, destination);

        Assert.Equal(
            [("CustomerId", "customer_id", true), ("email", "Contact.`E-Mail`", false), ("total", "", true)],
            draft.Fields.Select(rule => (rule.Name, rule.Source, rule.Required)));
    }

    [Fact]
    public void Where_the_destination_takes_whatever_comes_every_single_value_becomes_a_field()
    {
        var draft = MappingSuggestion.Draft(Of("""{"firstName":"x","address":{"zipCode":"1"},"address_zip_code":"2","tags":[],"--":1,"ID":7}"""), []);

        Assert.Equal(["first_name", "address_zip_code", "id"], draft.Fields.Select(rule => rule.Name));
        Assert.Equal(["firstName", "address.zipCode", "ID"], draft.Fields.Select(rule => rule.Source));
        Assert.Empty(MappingRules.Check(draft, []));
    }

    [Fact]
    public void What_the_destination_takes_no_record_without_is_missed_unless_records_are_only_changed()
    {
        StreamField[] destination = [new("id", FieldType.Integer, true, null, true, "int"), new("source", FieldType.String, true, null, false, "text"), new("note", FieldType.String, false, null, false, "text")];
        var document = new MappingDocument([new FieldRule { Name = "id", Source = "id" }], []);

        Assert.Equal(["source"], MappingRules.Unmade(document, destination, WriteMode.Upsert).Select(field => field.Name));
        Assert.Empty(MappingRules.Unmade(document, destination, WriteMode.Update));
    }

    [Fact]
    public void A_record_with_endless_values_does_not_fill_the_memory()
    {
        var record = "{" + string.Join(',', Enumerable.Range(0, 5_000).Select(number => $"\"f{number}\":1")) + "}";

        Assert.Equal(2_000, Of(record).Count);
    }

    private static IReadOnlyList<SampleValue> Of(params string[] records) => SampleShape.Of(records.Select(record => JsonSerializer.Deserialize<JsonElement>(record)));
}
