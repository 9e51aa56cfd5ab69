namespace IntegrationConsole.Webhooks.Verification;

/// <summary>
/// Says whether a delivery comes from whoever has the secret. Over the bytes as they came, before anything reads them;
/// what is not proved is refused.
/// </summary>
internal static class Verifier
{
    /// <param name="settings">How the endpoint verifies.</param>
    /// <param name="keys">Those that are good at present; none refuses everything.</param>
    /// <param name="headers">As they came.</param>
    /// <param name="body">As it came.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null for a delivery that is proved.</returns>
    public static Refusal? Check(WebhookSettings settings, IReadOnlyList<byte[]> keys, ReceivedHeaders headers, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (keys.Count == 0)
        {
            return Refusal.NoSecret;
        }

        DateTimeOffset? signedAt = null;
        var refusal = settings.Scheme switch
        {
            WebhookScheme.Standard => StandardSignature.Check(keys, headers, body, out signedAt),
            WebhookScheme.GitHub => HeaderSignature.GitHub.Check(keys, headers, body),
            WebhookScheme.Stripe => StripeSignature.Check(keys, headers, body, out signedAt),
            WebhookScheme.Hmac => HeaderSignature.Of(settings).Check(keys, headers, body),
            WebhookScheme.SharedSecret => HeaderSecret.Check(keys, headers, settings),
        };

        // The time is part of what is signed: only a delivery that is proved has one to go by.
        return refusal is not null ? refusal
            : signedAt is { } at && (now - at).Duration() > TimeSpan.FromMinutes(settings.ReplayMinutes) ? Refusal.Stale : null;
    }

    /// <summary>The headers with which somebody who has the secret would send this.</summary>
    public static IReadOnlyList<(string Name, string Value)> Sign(WebhookSettings settings, byte[] key, string id, ReadOnlyMemory<byte> body, DateTimeOffset now) => settings.Scheme switch
    {
        WebhookScheme.Standard => StandardSignature.Sign(key, id, now, body),
        WebhookScheme.GitHub => HeaderSignature.GitHub.Sign(key, body),
        WebhookScheme.Stripe => StripeSignature.Sign(key, now, body),
        WebhookScheme.Hmac => HeaderSignature.Of(settings).Sign(key, body),
        WebhookScheme.SharedSecret => HeaderSecret.Sign(key, settings),
    };
}
