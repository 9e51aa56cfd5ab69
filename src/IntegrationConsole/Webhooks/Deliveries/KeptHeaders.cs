using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>Which headers are kept with a delivery: those that say what it is. What proves it is never kept.</summary>
internal static class KeptHeaders
{
    private const int MostCharacters = 1_000;

    private static readonly string[] Always = ["content-type", "user-agent", StandardSignature.IdHeader, StandardSignature.TimeHeader, DeliveryIds.GitHubHeader, "x-github-event", "x-event-type", "x-topic"];

    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "proxy-authorization", "cookie", StandardSignature.Header, "x-hub-signature", HeaderSignature.GitHub.Header, StripeSignature.Header,
    };

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "expect", "upgrade", "te", "trailer", "date",
    };

    public static IReadOnlyDictionary<string, string> Of(WebhookSettings settings, ReceivedHeaders headers) =>
        Always.Concat(settings.Headers.Select(name => name.ToLowerInvariant())).Distinct()
            .Where(name => !IsSecret(name, settings) && headers[name].Length is > 0 and <= MostCharacters)
            .ToDictionary(name => name, name => headers[name]);

    public static bool IsSecret(string name, WebhookSettings settings) =>
        Secrets.Contains(name) || (settings.Scheme.NamesItsHeader && name.Equals(settings.Header, StringComparison.OrdinalIgnoreCase));

    /// <summary>Means something to whoever carries the request.</summary>
    public static bool IsOurs(string name) => Ours.Contains(name);
}
