using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// Compares a row with the record that a system shows for it. A system writes values its own way, numbers as texts for
/// instance: what means the same is the same, and what it does not show is not compared.
/// </summary>
internal static class RecordComparison
{
    /// <returns>The fields that differ.</returns>
    public static IReadOnlyList<string> Differences(IReadOnlyList<RowField> fields, ReadOnlySpan<FieldValue> row, JsonElement record)
    {
        var different = new List<string>();
        for (var index = 0; index < fields.Count; index++)
        {
            if (record.TryGetProperty(fields[index].Name, out var shown) && !IsSame(row[index], shown))
            {
                different.Add(fields[index].Name);
            }
        }

        return different;
    }

    private static bool IsSame(FieldValue value, JsonElement shown)
    {
        if (value.IsNull || shown.ValueKind is JsonValueKind.Null)
        {
            return value.IsNull && shown.ValueKind is JsonValueKind.Null;
        }

        var text = shown.ValueKind is JsonValueKind.String ? shown.GetString()! : shown.GetRawText();
        switch (value.Type)
        {
            case FieldType.Integer or FieldType.Decimal:
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == (value.Type is FieldType.Integer ? value.Integer : value.Decimal);
            case FieldType.Timestamp:
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment == value.Timestamp;
            case FieldType.Json:
                using (var json = JsonDocument.Parse(value.Text))
                {
                    return JsonElement.DeepEquals(json.RootElement, shown);
                }

            case FieldType.Boolean or FieldType.Uuid:
                return string.Equals(text, value.ToText(), StringComparison.OrdinalIgnoreCase);
            case FieldType.String or FieldType.Date:
                return text == value.ToText();
        }

        return false;
    }
}
