using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Writes what a destination tells of its fields as a schema for the rows that go there.</summary>
public static class DestinationSchema
{
    /// <param name="fields">What the destination says; at least one.</param>
    /// <param name="rules">What the mapping makes of them: where it sends another type, the destination converts, and the schema follows the mapping.</param>
    /// <param name="mode">Where records are only changed, a row need not bring every field; what it brings must fit all the same.</param>
    /// <returns>The schema as indented JSON text.</returns>
    public static string Draft(IReadOnlyList<StreamField> fields, IReadOnlyList<FieldRule> rules, WriteMode mode)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            foreach (var field in fields)
            {
                json.WriteStartObject(field.Name);
                WriteRules(json, field, rules.FirstOrDefault(rule => rule.Name == field.Name)?.Type ?? field.Type);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            var required = fields.Where(field => field.Required && mode is not WriteMode.Update).Select(field => field.Name).ToList();
            if (required.Count > 0)
            {
                json.WriteStartArray("required");
                required.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void WriteRules(Utf8JsonWriter json, StreamField field, FieldType type)
    {
        string[] types = type switch
        {
            FieldType.String or FieldType.Date or FieldType.Timestamp or FieldType.Uuid => ["string"],
            FieldType.Integer => ["integer"],
            FieldType.Decimal => ["number"],
            FieldType.Boolean => ["boolean"],
            FieldType.Json => ["object", "array", "string", "number", "boolean"],
        };
        if (field.Required && types is [var only])
        {
            json.WriteString("type", only);
        }
        else
        {
            json.WriteStartArray("type");
            Array.ForEach(types, json.WriteStringValue);
            if (!field.Required)
            {
                json.WriteStringValue("null");
            }

            json.WriteEndArray();
        }

        if (FormatOf(type) is { } format)
        {
            json.WriteString("format", format);
        }

        if (type is FieldType.String && field is { Type: FieldType.String, MaxLength: { } most })
        {
            json.WriteNumber("maxLength", most);
        }
    }

    private static string? FormatOf(FieldType type) => type switch
    {
        FieldType.Date => "date",
        FieldType.Timestamp => "date-time",
        FieldType.Uuid => "uuid",
        FieldType.String or FieldType.Integer or FieldType.Decimal or FieldType.Boolean or FieldType.Json => null,
    };
}
