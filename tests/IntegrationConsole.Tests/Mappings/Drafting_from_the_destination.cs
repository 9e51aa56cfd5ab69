using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Drafting_from_the_destination
{
    private static readonly IReadOnlyList<StreamField> Fields =
    [
        new("id", FieldType.Integer, true, null, true, "bigint"),
        new("name", FieldType.String, true, 40, false, "varchar(40)"),
        new("born", FieldType.Date, false, null, false, "date"),
        new("total", FieldType.Decimal, false, null, false, "numeric"),
        new("extra", FieldType.Json, true, null, false, "jsonb"),
    ];

    [Fact]
    public void Names_types_lengths_and_what_must_be_there_become_rules() => Assert.True(JsonElement.DeepEquals(
        JsonElement.Parse("""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
              "properties": {
                "id": { "type": "integer" }, "name": { "type": "string", "maxLength": 40 }, "born": { "type": ["string", "null"], "format": "date" },
                "total": { "type": ["number", "null"] }, "extra": { "type": ["object", "array", "string", "number", "boolean"] }
              },
              "required": ["id", "name", "extra"]
            }
            """),
        JsonElement.Parse(DestinationSchema.Draft(Fields, [], WriteMode.Upsert))));

    [Fact]
    public void Where_records_are_only_changed_no_field_must_be_there() =>
        Assert.False(JsonElement.Parse(DestinationSchema.Draft(Fields, [], WriteMode.Update)).TryGetProperty("required", out _));

    [Fact]
    public void Where_the_mapping_sends_another_type_the_destination_converts_and_the_schema_follows_the_mapping()
    {
        var properties = JsonElement.Parse(DestinationSchema.Draft(
            Fields, [new() { Name = "born", Type = FieldType.String, Source = "born" }, new() { Name = "name", Type = FieldType.Integer, Source = "nr" }], WriteMode.Upsert)).GetProperty("properties");

        Assert.Equal("""{"type":["string","null"]}""", JsonSerializer.Serialize(properties.GetProperty("born")));
        Assert.Equal("""{"type":"integer"}""", JsonSerializer.Serialize(properties.GetProperty("name")));
    }

    [Fact]
    public void A_row_that_the_mapping_makes_for_the_destination_fits_the_draft()
    {
        var document = new MappingDocument([.. Fields.Select(field => new FieldRule { Name = field.Name, Type = field.Type, Source = field.Name })], [])
        {
            OutputSchema = DestinationSchema.Draft(Fields, [], WriteMode.Upsert),
        };

        var mapped = Trial.Apply(Trial.Plan(document, ["id"]), """{"id":1,"name":"Ada","total":"1.50","extra":{}}""", """{"id":2,"name":null,"extra":[]}""");

        Assert.Equal(1, mapped.Rows.Count);
        Assert.Equal("/name", Assert.Single(mapped.Rejected).Failure.Field);
    }
}
