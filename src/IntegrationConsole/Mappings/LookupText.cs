using System.Buffers;
using System.Text;
using CsvHelper;

namespace IntegrationConsole.Mappings;

/// <summary>A lookup table as people type or paste it: two columns, separated by comma, semicolon or tab.</summary>
public static class LookupText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",;\t\n\r");

    /// <returns>The rows, and what is wrong with the first line that is not one; null when nothing is.</returns>
    public static (IReadOnlyDictionary<string, string> Rows, string? Problem) Read(string text)
    {
        var rows = new Dictionary<string, string>();
        using var csv = CsvReader.FromText(text, new CsvReaderOptions { Separator = SeparatorOf(text), HasHeader = false, TrackLineNumbers = true, OnMalformedRecord = _ => { } });
        while (csv.Read())
        {
            if (csv.FieldCount == 1 && csv.GetString(0).Trim().Length == 0)
            {
                continue;
            }

            if (csv.FieldCount != 2)
            {
                return (rows, $"Line {csv.LineNumber} has {csv.FieldCount} {(csv.FieldCount == 1 ? "column" : "columns")}; two are expected.");
            }

            var (key, value) = (csv.GetString(0).Trim(), csv.GetString(1).Trim());
            if (key.Length == 0)
            {
                return (rows, $"Line {csv.LineNumber} has nothing to look up before the separator.");
            }

            if (!rows.TryAdd(key, value))
            {
                return (rows, $"Line {csv.LineNumber} holds {key} for the second time.");
            }

            if (rows.Count > LookupStore.MostRows)
            {
                return (rows, $"A table has at most {LookupStore.MostRows:N0} rows.");
            }
        }

        return (rows, null);
    }

    public static string Write(IReadOnlyList<(string Key, string Value)> rows)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in rows)
        {
            text.Append(Quote(key)).Append(',').Append(Quote(value)).Append('\n');
        }

        return text.ToString();
    }

    private static char SeparatorOf(string text)
    {
        var first = text.AsSpan(0, Math.Max(0, text.IndexOf('\n') is >= 0 and var end ? end : text.Length));
        return first.Contains('\t') ? '\t' : first.Contains(';') && !first.Contains(',') ? ';' : ',';
    }

    private static string Quote(string text) => text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
