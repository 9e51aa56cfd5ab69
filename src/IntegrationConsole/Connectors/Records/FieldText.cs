using System.Globalization;

namespace IntegrationConsole.Connectors.Records;

/// <summary>Values as text: ISO 8601 dates, plain numbers with the zeros they came with, no culture. The same value always makes the same text.</summary>
public static class FieldText
{
    extension(FieldValue value)
    {
        /// <summary>Empty for a null.</summary>
        public string ToText() => value.IsNull ? "" : value.Type switch
        {
            FieldType.String or FieldType.Json => value.Text,
            FieldType.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
            FieldType.Decimal => value.Decimal.ToString(CultureInfo.InvariantCulture),
            FieldType.Boolean => value.Boolean ? "true" : "false",
            FieldType.Date => value.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            FieldType.Timestamp => TimestampText(value.Timestamp),
            FieldType.Uuid => value.Uuid.ToString("D"),
        };
    }

    /// <summary>UTC, with as many decimals of a second as there are.</summary>
    public static string TimestampText(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    extension(FieldType type)
    {
        public string Words => type switch
        {
            FieldType.String => "text",
            FieldType.Integer => "integer",
            FieldType.Decimal => "decimal",
            FieldType.Boolean => "yes/no",
            FieldType.Date => "date",
            FieldType.Timestamp => "timestamp",
            FieldType.Uuid => "UUID",
            FieldType.Json => "JSON",
        };
    }
}
