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
    /// <summary>
    /// For rows, those of child tables by their streams: all rows of a table, in the order of the list. A table that is not
    /// named may hold anything; null where none is.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>? Children { get; init; }

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

        return mapped.Rows.Count == 0 ? Filtered : new(ExpectedEnd.Rows, RowsOf(mapped.Rows))
        {
            Children = mapped.Children.Count == 0 ? null : mapped.Children.ToDictionary(child => child.Stream, child => RowsOf(child.Rows)),
        };
    }

    /// <summary>The rows as people edit them: one as an object, several as a list of objects.</summary>
    public string RowsText() => Rows.Count == 1 ? JsonSerializer.Serialize(Rows[0], Readable) : JsonSerializer.Serialize(Rows, Readable);

    /// <summary>The rows of child tables as people edit them: a list of rows for each table; empty for none.</summary>
    public string ChildrenText() => Children is null ? "" : JsonSerializer.Serialize(Children, Readable);

    /// <returns>The rows, or null and what is wrong with the text.</returns>
    public static (IReadOnlyList<IReadOnlyDictionary<string, string?>>? Rows, string Problem) ReadRows(string text)
    {
        var (rows, problem) = Read(text, root => root.ValueKind is JsonValueKind.Array ? RowsOf(root.EnumerateArray()) : RowsOf([root]));
        return rows is [] or null ? (null, problem.Length > 0 ? problem : "Enter the row as an object of fields and texts, or several in a list.") : (rows, "");
    }

    /// <returns>The rows of child tables, null for a text without any; or what is wrong with the text.</returns>
    public static (IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>? Children, string Problem) ReadChildren(string text)
    {
        if (text.Trim().Length == 0)
        {
            return (null, "");
        }

        var (children, problem) = Read(text, TablesOf);
        return (children, children is not null ? "" : problem.Length > 0 ? problem : "Enter an object of tables, each with a list of its rows.");
    }

    /// <returns>Null where it is no object of tables, or one of them no list of rows.</returns>
    private static Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>? TablesOf(JsonElement root)
    {
        var tables = new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>();
        foreach (var table in root.ValueKind is JsonValueKind.Object ? [.. root.EnumerateObject()] : new List<JsonProperty>())
        {
            if (table.Value.ValueKind is not JsonValueKind.Array || RowsOf(table.Value.EnumerateArray()) is not { } rows)
            {
                return null;
            }

            tables[table.Name] = rows;
        }

        return tables.Count > 0 ? tables : null;
    }

    private static (T? Read, string Problem) Read<T>(string text, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return (read(parsed.RootElement), "");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return (null, broken is JsonException { LineNumber: { } line } ? $"This is not JSON: see line {line + 1}." : "A text holds half a character.");
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static Expectation FromBytes(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<Expectation>(bytes, Json) ?? Filtered;

    private static IReadOnlyList<IReadOnlyDictionary<string, string?>> RowsOf(RowBatch rows) => [.. Enumerable.Range(0, rows.Count).Select(row => RowOf(rows, row))];

    /// <returns>Null where one of them is no object.</returns>
    private static IReadOnlyList<IReadOnlyDictionary<string, string?>>? RowsOf(IEnumerable<JsonElement> rows)
    {
        var objects = rows.ToList();
        return objects.Exists(row => row.ValueKind is not JsonValueKind.Object) ? null : [.. objects.Select(RowOf)];
    }

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
