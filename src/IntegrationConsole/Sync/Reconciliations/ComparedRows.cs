using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>Makes of a row, and of the record that a destination shows for it, the key and the numbers by which they are compared.</summary>
internal sealed class ComparedRows(CompareRequest request)
{
    private readonly (int Place, RowField Field)[] _keys =
        [.. request.Keys.Select(key => request.Fields.Index().First(field => field.Item.Name == key))];

    public string KeyOf(ReadOnlySpan<FieldValue> row)
    {
        var parts = new string[_keys.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = FieldHashes.TextOf(row[_keys[index].Place]);
        }

        return string.Join(MappingPlan.KeySeparator, parts);
    }

    /// <summary>Empty where the record shows no key.</summary>
    public string KeyOf(JsonElement shown)
    {
        var parts = new string[_keys.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            var field = _keys[index].Field;
            if (!shown.TryGetProperty(field.Name, out var value) || value.ValueKind is JsonValueKind.Null)
            {
                return "";
            }

            parts[index] = FieldHashes.TextOf(field.Type, value);
        }

        return string.Join(MappingPlan.KeySeparator, parts);
    }

    public static long?[] HashesOf(ReadOnlySpan<FieldValue> row)
    {
        var hashes = new long?[row.Length];
        for (var index = 0; index < row.Length; index++)
        {
            hashes[index] = FieldHashes.Of(row[index]);
        }

        return hashes;
    }

    /// <summary>A field that is not shown has none.</summary>
    public long?[] HashesOf(JsonElement shown) =>
        [.. request.Fields.Select(field => shown.TryGetProperty(field.Name, out var value) ? FieldHashes.Of(field.Type, value) : (long?)null)];
}
