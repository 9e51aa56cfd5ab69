using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>The types in which rows travel to the server. Whatever else a column may be, the server casts.</summary>
internal enum StageType
{
    Int2,
    Int4,
    Int8,
    Numeric,
    Text,
    Boolean,
    Date,
    TimestampTz,
    Uuid,
    Json,
    Jsonb,
}

/// <summary>A field of the rows, the column it is for, and how it gets there.</summary>
/// <param name="Place">The field's number in a row.</param>
internal sealed record StageColumn(int Place, FieldType FieldType, ColumnShape Column, StageType Type, bool IsKey)
{
    public string Name => $"f{Place}";

    public string StageSql => $"{Name} {TypeName(Type)}";

    /// <summary>The staged value in the column's own type, so that keys compare as the column compares them.</summary>
    public string Value => Column.Kind switch
    {
        ColumnKind.Array when Type is StageType.Jsonb => $"case when s.{Name} is not null then array(select jsonb_array_elements_text(s.{Name})) end::{Column.Type}",
        _ when TypeName(Type) == Column.Type => $"s.{Name}",
        _ => $"s.{Name}::{Column.Type}",
    };

    /// <summary>Which type carries a field into a column; null where it does not fit without the mapping's help.</summary>
    public static StageType? Fit(FieldType field, ColumnShape column) => (field, column.Kind) switch
    {
        (FieldType.String, _) => StageType.Text,
        (FieldType.Integer or FieldType.Decimal or FieldType.Boolean or FieldType.Uuid or FieldType.Json, ColumnKind.Text) => StageType.Text,
        (FieldType.Integer, ColumnKind.Int2) => StageType.Int2,
        (FieldType.Integer, ColumnKind.Int4) => StageType.Int4,
        (FieldType.Integer, ColumnKind.Int8 or ColumnKind.Numeric or ColumnKind.Float) => StageType.Int8,
        (FieldType.Decimal, ColumnKind.Numeric or ColumnKind.Float) => StageType.Numeric,
        (FieldType.Boolean, ColumnKind.Boolean) => StageType.Boolean,
        (FieldType.Date, ColumnKind.Date or ColumnKind.Timestamp) => StageType.Date,
        (FieldType.Timestamp, ColumnKind.Timestamp or ColumnKind.TimestampTz) => StageType.TimestampTz,
        (FieldType.Uuid, ColumnKind.Uuid) => StageType.Uuid,
        (FieldType.Json, ColumnKind.Json) => StageType.Json,
        (FieldType.Json, ColumnKind.Jsonb or ColumnKind.Array) => StageType.Jsonb,
        _ => null,
    };

    private static string TypeName(StageType type) => type switch
    {
        StageType.Int2 => "smallint",
        StageType.Int4 => "integer",
        StageType.Int8 => "bigint",
        StageType.Numeric => "numeric",
        StageType.Text => "text",
        StageType.Boolean => "boolean",
        StageType.Date => "date",
        StageType.TimestampTz => "timestamp with time zone",
        StageType.Uuid => "uuid",
        StageType.Json => "json",
        StageType.Jsonb => "jsonb",
    };
}
