using System.Globalization;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Completeness;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>
/// One number for each value, the same for what means the same: systems write values in their own way, numbers as texts
/// for instance, and moments with another offset.
/// </summary>
internal static class FieldHashes
{
    private const long OfNull = 0x6e756c6c;

    public static long Of(FieldValue value) => value.IsNull ? OfNull : Hash(TextOf(value));

    /// <summary>A value as a system shows it, which should be of a type.</summary>
    public static long Of(FieldType type, JsonElement shown) => shown.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? OfNull : Hash(TextOf(type, shown));

    /// <summary>The text by which a key field's value is compared.</summary>
    public static string TextOf(FieldType type, JsonElement shown)
    {
        var text = shown.ValueKind is JsonValueKind.String ? shown.GetString()! : shown.GetRawText();
        return type switch
        {
            FieldType.Integer or FieldType.Decimal => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Plain(number) : text,
            FieldType.Timestamp => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? Plain(moment.UtcTicks) : text,
            FieldType.Json => Canonical(shown.GetRawText()),
            FieldType.Boolean or FieldType.Uuid => text.ToLowerInvariant(),
            FieldType.String or FieldType.Date => text,
        };
    }

    public static string TextOf(FieldValue value) => value.IsNull ? "" : value.Type switch
    {
        FieldType.Integer or FieldType.Decimal => Plain(value.Type is FieldType.Integer ? value.Integer : value.Decimal),
        FieldType.Timestamp => Plain(value.Timestamp.UtcTicks),
        FieldType.Boolean or FieldType.Uuid => value.ToText().ToLowerInvariant(),
        FieldType.Json => Canonical(value.Text),
        FieldType.String or FieldType.Date => value.ToText(),
    };

    /// <summary>Dividing by one drops the zeros that a decimal remembers.</summary>
    private static string Plain(decimal number) => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    private static long Hash(string text) => (long)(ulong)ContentSum.HashOf(Encoding.UTF8.GetBytes(text));

    private static string Canonical(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var text = new StringBuilder();
            Write(text, document.RootElement);
            return text.ToString();
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(property.Name)).Append(':');
                    Write(text, property.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Write(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.Number:
                text.Append(element.TryGetDecimal(out var number) ? Plain(number) : element.GetRawText());
                break;
            default:
                text.Append(element.ValueKind is JsonValueKind.String ? JsonSerializer.Serialize(element.GetString()) : element.GetRawText());
                break;
        }
    }
}
