using System.Buffers;
using System.Text;
using CsvHelper;
using IntegrationConsole.Mappings.Lookups;

namespace IntegrationConsole.Mappings;

/// <summary>A lookup table as people type or paste it: two columns, separated by comma, semicolon or tab.</summary>
public static class LookupText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",;\t\n\r");

    /// <returns>The rows, and what is wrong with the first line that is not one; null when nothing is.</returns>
    public static (IReadOnlyDictionary<string, string> Rows, string? Problem) Read(string text)
    {
        var rows = new Dictionary<string, string>();
        using var csv = CsvReader.FromText(text, Dialect(SeparatorOf(text)));
        string? problem = null;
        while (problem is null && csv.Read())
        {
            problem = Take(csv, rows);
        }

        return (rows, problem);
    }

    /// <summary>The same from a file: UTF-8, or what its byte order mark says.</summary>
    public static async Task<(IReadOnlyDictionary<string, string> Rows, string? Problem)> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, string>();
        var beginning = new byte[4_096];
        var length = await file.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        var encoding = EncodingOf(beginning.AsSpan(0, length), out var mark);
        file.Position = mark;
        using var csv = CsvReader.Create(file, Dialect(SeparatorOf(encoding.GetString(beginning, mark, length - mark))) with { Encoding = encoding });
        string? problem = null;
        while (problem is null && await csv.ReadAsync(cancellationToken))
        {
            problem = Take(csv, rows);
        }

        return (rows, problem);
    }

    private static CsvReaderOptions Dialect(char separator) => new() { Separator = separator, HasHeader = false, TrackLineNumbers = true, OnMalformedRecord = _ => { } };

    private static Encoding EncodingOf(ReadOnlySpan<byte> beginning, out int mark)
    {
        (var encoding, mark) = beginning switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ => (Encoding.UTF8, 0),
        };
        return encoding;
    }

    private static string? Take(CsvReader csv, Dictionary<string, string> rows)
    {
        if (csv.FieldCount == 1 && csv.GetString(0).Trim().Length == 0)
        {
            return null;
        }

        if (csv.FieldCount != 2)
        {
            return $"Line {csv.LineNumber} has {csv.FieldCount} {(csv.FieldCount == 1 ? "column" : "columns")}; two are expected, parted by a comma, a semicolon or a tab.";
        }

        var row = new LookupRow(csv.GetString(0).Trim(), csv.GetString(1).Trim());
        return row.Key.Length == 0 ? $"Line {csv.LineNumber} has nothing to look up before the separator."
            : row.Problem is { } problem ? $"Line {csv.LineNumber} {problem}."
            : !rows.TryAdd(row.Key, row.Value) ? $"Line {csv.LineNumber} holds {row.Key} for the second time."
            : rows.Count > LookupStore.MostRows ? $"A table has at most {LookupStore.MostRows:N0} rows."
            : null;
    }

    public static string Write(IReadOnlyList<(string Key, string Value)> rows)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in rows)
        {
            WriteTo(text, key, value);
        }

        return text.ToString();
    }

    public static void WriteTo(StringBuilder text, string key, string value) => text.Append(Quote(key)).Append(',').Append(Quote(value)).Append('\n');

    /// <summary>A tab in the first line, or the first of the other two: a value holds them more often than a key. What is quoted does not count.</summary>
    private static char SeparatorOf(string text)
    {
        var isQuoted = false;
        char? separator = null;
        foreach (var letter in text.AsSpan().TrimStart(" \r\n"))
        {
            isQuoted ^= letter == '"';
            if (isQuoted || letter is not ('\n' or '\t' or ';' or ','))
            {
                continue;
            }

            if (letter is '\n' or '\t')
            {
                return letter is '\t' ? letter : separator ?? ',';
            }

            separator ??= letter;
        }

        return separator ?? ',';
    }

    private static string Quote(string text) => text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
