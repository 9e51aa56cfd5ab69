using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>What a column holds, as far as writing and comparing differ. A domain is what it is made of.</summary>
internal enum ColumnKind
{
    Int2,
    Int4,
    Int8,
    Numeric,
    Float,

    /// <summary>text, varchar, char(n) and citext.</summary>
    Text,
    Boolean,
    Date,

    /// <summary>Without a zone.</summary>
    Timestamp,
    TimestampTz,
    Uuid,
    Json,
    Jsonb,
    Array,
    Composite,

    /// <summary>Any other type: enums, inet, ranges, intervals… Written as text that the server casts.</summary>
    Other,
}

/// <summary>Who fills a column.</summary>
internal enum ColumnOrigin
{
    Writer,
    IdentityAlways,
    Generated,
}

/// <summary>One column of a table or a query.</summary>
internal sealed record ColumnShape(string Name, ColumnKind Kind)
{
    /// <summary>
    /// The type without its limits; a domain's underlying type. For casts: one to a limited type would cut off what is
    /// too long without a word, while storing the value is refused.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>As the table declares it.</summary>
    public required string DeclaredType { get; init; }

    /// <summary>Most characters; null for no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Digits in all, and those behind the point; null for no limit.</summary>
    public (int Precision, int Scale)? Digits { get; init; }

    public bool NotNull { get; init; }

    public bool HasDefault { get; init; }

    public ColumnOrigin Origin { get; init; }

    /// <summary>Whether values that count as equal are the same to a reader; not so where case or notation is ignored.</summary>
    public bool ComparesExactly { get; init; }

    /// <summary>The values of an enum; empty for other types.</summary>
    public IReadOnlySet<string> Labels { get; init; } = new HashSet<string>();

    public bool IsRequired => NotNull && !HasDefault && Origin is ColumnOrigin.Writer;

    public string NativeType => Origin switch
    {
        ColumnOrigin.Writer => DeclaredType,
        ColumnOrigin.IdentityAlways => $"{DeclaredType}, always numbered by the database",
        ColumnOrigin.Generated => $"{DeclaredType}, computed by the database",
    };

    public FieldType FieldType => Kind switch
    {
        ColumnKind.Int2 or ColumnKind.Int4 or ColumnKind.Int8 => FieldType.Integer,
        ColumnKind.Numeric => Digits is { Scale: 0, Precision: <= 18 } ? FieldType.Integer : FieldType.Decimal,
        ColumnKind.Float => FieldType.Decimal,
        ColumnKind.Boolean => FieldType.Boolean,
        ColumnKind.Date => FieldType.Date,
        ColumnKind.Timestamp or ColumnKind.TimestampTz => FieldType.Timestamp,
        ColumnKind.Uuid => FieldType.Uuid,
        ColumnKind.Json or ColumnKind.Jsonb or ColumnKind.Array or ColumnKind.Composite => FieldType.Json,
        ColumnKind.Text or ColumnKind.Other => FieldType.String,
    };
}
