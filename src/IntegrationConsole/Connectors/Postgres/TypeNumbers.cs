namespace IntegrationConsole.Connectors.Postgres;

/// <summary>The numbers (OIDs) of built-in types, the same on every server.</summary>
internal static class TypeNumbers
{
    private const int TypmodOffset = 4;

    /// <param name="oid">The type; a domain's underlying type.</param>
    /// <param name="category">pg_type.typcategory.</param>
    /// <param name="class">pg_type.typtype.</param>
    /// <param name="name">pg_type.typname, for types of extensions, whose numbers differ.</param>
    public static ColumnKind KindOf(long oid, char category, char @class, string name) => oid switch
    {
        21 => ColumnKind.Int2,
        23 => ColumnKind.Int4,
        20 => ColumnKind.Int8,
        1700 => ColumnKind.Numeric,
        700 or 701 => ColumnKind.Float,
        25 or 1042 or 1043 => ColumnKind.Text,
        16 => ColumnKind.Boolean,
        1082 => ColumnKind.Date,
        1114 => ColumnKind.Timestamp,
        1184 => ColumnKind.TimestampTz,
        2950 => ColumnKind.Uuid,
        114 => ColumnKind.Json,
        3802 => ColumnKind.Jsonb,
        _ when category == 'A' => ColumnKind.Array,
        _ when @class == 'c' => ColumnKind.Composite,
        _ when name == "citext" => ColumnKind.Text,
        _ => ColumnKind.Other,
    };

    /// <summary>Most characters of a varchar or char(n).</summary>
    public static int? MaxLength(long oid, int typmod) => oid is 1042 or 1043 && typmod >= TypmodOffset ? typmod - TypmodOffset : null;

    /// <summary>Digits of a numeric; the scale may be negative.</summary>
    public static (int Precision, int Scale)? Digits(long oid, int typmod)
    {
        if (oid != 1700 || typmod < TypmodOffset)
        {
            return null;
        }

        var packed = typmod - TypmodOffset;
        return (packed >> 16, ((packed & 0x7ff) ^ 1024) - 1024);
    }

    /// <summary>
    /// Types whose equal values are written alike. Not citext (ignores case), interval (a month is thirty days), json,
    /// xml and shapes (have no equality, or compare areas): those are compared as text.
    /// </summary>
    public static bool ComparesExactly(long oid, char @class) => @class == 'e' || oid is
        16 or 17 or 20 or 21 or 23 or 25 or 26 or 700 or 701 or 790 or 869 or 650 or 829 or 1042 or 1043 or 1082 or 1083 or 1114 or 1184
        or 1560 or 1562 or 1700 or 2950 or 3802;
}
