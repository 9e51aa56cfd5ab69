using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>What becomes of a record, as somebody wants it to stay: rows, left out, or rejected.</summary>
/// <param name="End">Which of the three.</param>
/// <param name="Rows">For rows, the text of each field, null for no value. A field that is not named may be anything.</param>
/// <param name="Cause">For a rejection, why.</param>
/// <param name="Field">For a rejection, the field at fault; empty where any may be.</param>
public sealed record Expectation(ExpectedEnd End, IReadOnlyList<IReadOnlyDictionary<string, string?>> Rows, FailureCause Cause = FailureCause.Mapping, string Field = "")
{
    public static readonly Expectation Filtered = new(ExpectedEnd.Filtered, []);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Expectation Rejected(FailureCause cause, string field) => new(ExpectedEnd.Rejected, [], cause, field);

    /// <summary>What has become of the only record of a batch.</summary>
    public static Expectation Of(MappedBatch mapped)
    {
        if (mapped.Rejected is [var rejected, ..])
        {
            return Rejected(rejected.Failure.Cause, rejected.Failure.Field);
        }

        return mapped.Rows.Count == 0 ? Filtered : new(ExpectedEnd.Rows, [.. Enumerable.Range(0, mapped.Rows.Count).Select(row => RowOf(mapped.Rows, row))]);
    }

    /// <summary>The rows as people edit them: one as an object, several as a list of objects.</summary>
    public string RowsText() => Rows.Count == 1 ? JsonSerializer.Serialize(Rows[0], Readable) : JsonSerializer.Serialize(Rows, Readable);

    /// <returns>The rows, or null and what is wrong with the text.</returns>
    public static (IReadOnlyList<IReadOnlyDictionary<string, string?>>? Rows, string Problem) ReadRows(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            var objects = parsed.RootElement.ValueKind is JsonValueKind.Array ? [.. parsed.RootElement.EnumerateArray()] : new List<JsonElement> { parsed.RootElement };
            return objects.Count == 0 || objects.Exists(row => row.ValueKind is not JsonValueKind.Object)
                ? (null, "Enter the row as an object of fields and texts, or several in a list.")
                : ([.. objects.Select(RowOf)], "");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return (null, broken is JsonException { LineNumber: { } line } ? $"This is not JSON: see line {line + 1}." : "A text holds half a character.");
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static Expectation FromBytes(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<Expectation>(bytes, Json) ?? Filtered;

    private static Dictionary<string, string?> RowOf(RowBatch rows, int row)
    {
        var made = new Dictionary<string, string?>();
        for (var field = 0; field < rows.Fields.Count; field++)
        {
            var value = rows[row][field];
            made[rows.Fields[field].Name] = value.IsNull ? null : value.ToText();
        }

        return made;
    }

    /// <summary>Numbers, lists and the like may be written without quotes: their text is what the row holds.</summary>
    private static Dictionary<string, string?> RowOf(JsonElement row)
    {
        var entered = new Dictionary<string, string?>();
        foreach (var property in row.EnumerateObject())
        {
            entered[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => property.Value.GetString(),
                _ => property.Value.GetRawText(),
            };
        }

        return entered;
    }
}

/// <summary>What becomes of a record at the end of the mapping.</summary>
public enum ExpectedEnd
{
    Rows,
    Filtered,
    Rejected,
}
