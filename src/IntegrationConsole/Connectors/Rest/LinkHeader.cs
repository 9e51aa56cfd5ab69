namespace IntegrationConsole.Connectors.Rest;

/// <summary>The Link header of web linking (RFC 8288).</summary>
internal static class LinkHeader
{
    /// <summary>Where the link with the relation <c>next</c> leads; null when there is none.</summary>
    public static string? Next(string header)
    {
        var rest = header.AsSpan();
        while (rest.IndexOf('<') is >= 0 and var open)
        {
            rest = rest[(open + 1)..];
            var close = rest.IndexOf('>');
            if (close < 0)
            {
                return null;
            }

            var target = rest[..close];
            rest = rest[(close + 1)..];
            if (IsNext(ref rest))
            {
                return target.Trim().ToString();
            }
        }

        return null;
    }

    /// <summary>Reads the parameters of one link, up to the comma behind it. Only the first <c>rel</c> counts.</summary>
    private static bool IsNext(ref ReadOnlySpan<char> rest)
    {
        bool? isNext = null;
        while (true)
        {
            rest = rest.TrimStart(" \t;");
            if (rest.Length == 0 || rest[0] == ',')
            {
                return isNext == true;
            }

            var end = rest.IndexOfAny("=;,");
            var name = (end < 0 ? rest : rest[..end]).Trim();
            var hasValue = end >= 0 && rest[end] == '=';
            rest = end < 0 ? default : rest[(hasValue ? end + 1 : end)..];
            var value = hasValue ? Value(ref rest) : "";
            if (name.Equals("rel", StringComparison.OrdinalIgnoreCase))
            {
                isNext ??= value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains("next", StringComparer.OrdinalIgnoreCase);
            }
        }
    }

    private static string Value(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(" \t");
        if (rest.Length == 0 || rest[0] != '"')
        {
            var end = rest.IndexOfAny(";,");
            var plain = (end < 0 ? rest : rest[..end]).Trim().ToString();
            rest = end < 0 ? default : rest[end..];
            return plain;
        }

        var value = new System.Text.StringBuilder();
        var at = 1;
        for (; at < rest.Length && rest[at] != '"'; at++)
        {
            if (rest[at] == '\\' && at + 1 < rest.Length)
            {
                at++;
            }

            value.Append(rest[at]);
        }

        rest = at < rest.Length ? rest[(at + 1)..] : default;
        return value.ToString();
    }
}
