using System.Buffers;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Which request headers a person may set: not those by which HTTP itself, the credential or tracing work.</summary>
internal static class HeaderRules
{
    private const int LongestValue = 4_000;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "TE", "Trailer", "Expect",
        "Accept-Encoding", "HTTP2-Settings", "Via", "Date", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range",
        "Traceparent", "Tracestate", "Baggage", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
    };

    private static readonly HashSet<string> Proofs = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Proxy-Authorization", "Cookie", "Cookie2" };

    public static string? ProblemWithName(string name) =>
        name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters) ? $"{Shown(name)} is not the name of a header."
            : Proofs.Contains(name) ? $"{name} belongs in the credential and cannot be set here."
            : Ours.Contains(name) ? $"{name} is set by the console itself." : null;

    public static string? ProblemWithValue(string name, string value) =>
        value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? $"The value of {name} may hold printable ASCII characters only, in one line."
            : value.Length > LongestValue ? $"The value of {name} is longer than {LongestValue} characters." : null;

    private static string Shown(string name) => name.Length == 0 ? "An empty text" : new string([.. name.Take(50).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}
