using System.Text;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Noticing_what_a_source_sends_otherwise
{
    private const string Schema = """
        {
          "$defs": { "address": { "properties": { "city": {}, "zip": {} } } },
          "properties": {
            "id": {}, "email": {}, "home": { "$ref": "#/$defs/address" }, "free": { "type": "object" },
            "lines": { "items": { "properties": { "sku": {}, "total": {} } } }
          }
        }
        """;

    [Fact]
    public void Fields_that_are_new_and_agreed_ones_that_did_not_come_are_named_by_path()
    {
        var drift = Of(
            Schema,
            """{"id":1,"phone":"1","home":{"city":"Rome","country":"IT"},"free":{"any":1},"lines":[{"sku":"a"},{"colour":"red"}]}""",
            """{"id":2,"home":{"city":"Bonn"},"lines":[]}""", "no JSON");

        Assert.Equal(["home.country", "lines[].colour", "phone"], drift.New.Order(StringComparer.Ordinal));
        Assert.Equal(["email", "home.zip", "lines[].total"], drift.Absent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_field_that_one_sample_has_did_come() => Assert.Empty(Of("""{ "properties": { "a": {} } }""", "{}", """{"a":null}""").Absent);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{ "type": "object" }""")]
    [InlineData("""{ "properties": { "\ud800": {} } }""")]
    public void Where_nothing_is_named_nothing_is_new(string schema) => Assert.DoesNotContain("b", Of(schema, """[{"b":1}]""").New);

    [Fact]
    public void Names_of_a_pattern_are_expected() =>
        Assert.Empty(Of("""{ "properties": { "a": {} }, "patternProperties": { "^x-": {} } }""", """{"a":1,"x-b":1}""").New);

    private static FieldDrift Of(string schema, params string[] records) => FieldDrift.Of(schema, [.. records.Select(Encoding.UTF8.GetBytes)]);
}
