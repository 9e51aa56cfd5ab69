using System.Globalization;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>One member of a structured field (RFC 9651), as far as rate limits need them: a name or a name with a value, and parameters.</summary>
internal sealed record FieldItem(string Name, double? Number, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>More than these are not looked at.</summary>
    private const int Most = 20;

    public double? Parameter(string name) => ParseNumber(Text(name));

    public string? Text(string name) => Parameters.GetValueOrDefault(name);

    public static IReadOnlyList<FieldItem> List(string text) => [.. Split(text, ',').Take(Most).Select(Of)];

    private static FieldItem Of(string member)
    {
        var parts = Split(member, ';').Select(part => part.Trim()).ToList();
        var (name, value) = Pair(parts[0]);
        var parameters = new Dictionary<string, string>();
        foreach (var part in parts.Skip(1).Take(Most))
        {
            var (key, text) = Pair(part);
            parameters[key] = text ?? "";
        }

        return new FieldItem(name, ParseNumber(value), parameters);
    }

    private static (string Name, string? Value) Pair(string part) =>
        part.StartsWith('"') || part.IndexOf('=', StringComparison.Ordinal) is not (>= 0 and var at) ? (part.Trim('"'), null) : (part[..at].Trim(), part[(at + 1)..].Trim().Trim('"'));

    private static double? ParseNumber(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>At separators that do not stand in a quoted text.</summary>
    private static List<string> Split(string text, char separator)
    {
        var (parts, start, isQuoted) = (new List<string>(), 0, false);
        for (var at = 0; at < text.Length; at++)
        {
            isQuoted ^= text[at] == '"' && (at == 0 || text[at - 1] != '\\');
            if (text[at] == separator && !isQuoted)
            {
                parts.Add(text[start..at]);
                start = at + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
