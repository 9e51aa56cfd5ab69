using System.Buffers;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>
/// The address of a schema as RFC 3986 has it: parts are compared as they are written. The framework's Uri is not used, because it
/// rewrites percent signs, drive letters and URNs, and two spellings of one address must not become one or the other by chance.
/// </summary>
internal readonly record struct SchemaAddress(string? Scheme, string? Authority, string Path, string? Query, string? Fragment)
{
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>What relative addresses are resolved against where a schema names no address of its own.</summary>
    public static SchemaAddress Nowhere { get; } = Parse("schema:///");

    public bool IsAbsolute => Scheme is not null;

    public SchemaAddress WithoutFragment => this with { Fragment = null };

    public static SchemaAddress Parse(string text)
    {
        var fragment = CutAt(ref text, '#');
        var query = CutAt(ref text, '?');
        string? scheme = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && char.IsAsciiLetter(text[0]) && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0)
        {
            scheme = text[..colon];
            text = text[(colon + 1)..];
        }

        string? authority = null;
        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', 2);
            authority = end < 0 ? text[2..] : text[2..end];
            text = end < 0 ? "" : text[end..];
        }

        return new SchemaAddress(scheme, authority, text, query, fragment);
    }

    /// <summary>What a reference written in a document at this address refers to (RFC 3986, 5.2).</summary>
    public SchemaAddress Resolve(string reference)
    {
        var target = Parse(reference);
        if (target.IsAbsolute)
        {
            return target with { Path = WithoutDots(target.Path) };
        }

        if (target.Authority is not null)
        {
            return target with { Scheme = Scheme, Path = WithoutDots(target.Path) };
        }

        if (target.Path.Length == 0)
        {
            return this with { Query = target.Query ?? Query, Fragment = target.Fragment };
        }

        return this with { Path = WithoutDots(target.Path[0] == '/' ? target.Path : Merge(target.Path)), Query = target.Query, Fragment = target.Fragment };
    }

    public override string ToString() =>
        $"{(Scheme is null ? "" : Scheme + ":")}{(Authority is null ? "" : "//" + Authority)}{Path}{(Query is null ? "" : "?" + Query)}{(Fragment is null ? "" : "#" + Fragment)}";

    private string Merge(string path) =>
        Authority is not null && Path.Length == 0 ? "/" + path : Path[..(Path.LastIndexOf('/') + 1)] + path;

    private static string WithoutDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.StartsWith('.'))
        {
            return path;
        }

        var kept = new List<string>();
        var parts = path.Split('/');
        for (var index = 0; index < parts.Length; index++)
        {
            var isLast = index == parts.Length - 1;
            if (parts[index] is "." or "..")
            {
                // The empty part before the first slash is the root: nothing leads above it.
                if (parts[index] is ".." && kept.Count > (path[0] == '/' ? 1 : 0))
                {
                    kept.RemoveAt(kept.Count - 1);
                }

                if (isLast)
                {
                    kept.Add("");
                }
            }
            else
            {
                kept.Add(parts[index]);
            }
        }

        return string.Join('/', kept);
    }

    private static string? CutAt(ref string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var rest = text[(at + 1)..];
        text = text[..at];
        return rest;
    }
}
