using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// Makes the addresses of requests. None leaves the origin of the base address, because the proof of who we are goes
/// with each of them.
/// </summary>
internal static class RestAddress
{
    /// <summary>The base address with a path, which may hold a query, behind it.</summary>
    public static Uri Of(Uri home, string path)
    {
        var address = new Uri(path.Length == 0 || path[0] == '?' ? home.OriginalString + path : $"{home.OriginalString.TrimEnd('/')}/{path.TrimStart('/')}");
        return IsSameOrigin(home, address) ? address : throw Foreign(home, address);
    }

    public static string? ProblemWithBase(string baseAddress) =>
        Uri.TryCreate(baseAddress, UriKind.Absolute, out var address) && address.Query.Length == 0 && address.Fragment.Length == 0
            ? null : "The base address may not hold a query or a fragment.";

    public static string? ProblemWithPath(string path) =>
        path.AsSpan().ContainsAnyInRange('\0', ' ') || path.AsSpan().ContainsAny('\\', '#') || path.StartsWith("//", StringComparison.Ordinal) || path.Contains("://", StringComparison.Ordinal)
            ? "The path is what follows the base address, such as /customers: without a host, spaces or #." : null;

    public static Uri With(Uri address, string parameter, string value)
    {
        var pair = $"{Uri.EscapeDataString(parameter)}={Uri.EscapeDataString(value)}";
        return new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{pair}" : pair }.Uri;
    }

    /// <summary>Where a link leads that an answer holds.</summary>
    /// <param name="asked">What we asked for.</param>
    /// <param name="sent">What was sent: the same, perhaps with a proof of who we are in the query.</param>
    /// <param name="link">An address, or a part of one.</param>
    public static Uri Follow(Uri asked, Uri sent, string link)
    {
        if (!Uri.TryCreate(asked, link, out var target))
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"{asked.Host} gives a next link that is not an address.", "next-link"));
        }

        return IsSameOrigin(asked, target) ? WithoutProof(target, asked, sent) : throw Foreign(asked, target);
    }

    public static FailureException Foreign(Uri home, Uri target) => new(new Failure(
        FailureCause.Configuration, $"{home.Host} leads to another origin ({Origin(target)}), which is not followed: the credential would go with it.", "next-link"));

    public static bool IsSameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Host == other.Host && one.Port == other.Port && other.UserInfo.Length == 0;

    /// <summary>Many systems repeat the query in their links. A key that was in it must not get into a checkpoint.</summary>
    private static Uri WithoutProof(Uri target, Uri asked, Uri sent)
    {
        var proofs = Pairs(sent).Except(Pairs(asked)).ToHashSet(StringComparer.Ordinal);
        return proofs.Count == 0 ? target
            : new UriBuilder(target) { Query = string.Join('&', Pairs(target).Where(pair => !proofs.Contains(pair))) }.Uri;
    }

    private static string[] Pairs(Uri address) => address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    private static string Origin(Uri address) => address.IsDefaultPort ? $"{address.Scheme}://{address.Host}" : $"{address.Scheme}://{address.Host}:{address.Port}";
}
