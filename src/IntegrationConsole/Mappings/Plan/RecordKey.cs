using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// The one text by which letters, ledgers and idempotency keys know a record. Equal keys make equal texts and different
/// keys different ones, whatever a hostile source puts into them.
/// </summary>
internal static class RecordKey
{
    /// <summary>What is longer does not fit into the index over open letters, and nobody reads it: its hash stands for it.</summary>
    private const int MostCharacters = 500;

    public static string Of(ReadOnlySpan<FieldValue> row, ReadOnlySpan<int> keys)
    {
        if (keys.Length == 1)
        {
            return Bounded(TextOf(row[keys[0]]));
        }

        var parts = new string[keys.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = TextOf(row[keys[index]]);
        }

        // A part that holds the separator would make two different keys look the same.
        return parts.Any(part => part.Contains(MappingPlan.KeySeparator))
            ? HashOf(JsonSerializer.SerializeToUtf8Bytes(parts))
            : Bounded(string.Join(MappingPlan.KeySeparator, parts));
    }

    /// <summary>For records without a key of their own.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => string.Concat("#", Convert.ToHexStringLower(SHA256.HashData(content)).AsSpan(0, 24));

    /// <summary>Whether this is what <see cref="HashOf"/> makes, by its form.</summary>
    public static bool IsOfContent(string key) => key.Length == 25 && key[0] == '#' && key.Skip(1).All(char.IsAsciiHexDigitLower);

    /// <summary>PostgreSQL keeps no NUL in a text.</summary>
    public static string Bounded(string key) => key.Length <= MostCharacters && !key.Contains('\0') ? key : HashOf(Encoding.UTF8.GetBytes(key));

    /// <summary>A key of 1.0 is the same record as one of 1.00: dividing by one drops the zeros that a decimal remembers.</summary>
    private static string TextOf(FieldValue value) => value is { IsNull: false, Type: FieldType.Decimal }
        ? (value.Decimal / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
        : value.ToText();
}
