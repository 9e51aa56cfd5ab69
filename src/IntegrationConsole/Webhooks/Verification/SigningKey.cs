namespace IntegrationConsole.Webhooks.Verification;

/// <summary>What a secret is as a key.</summary>
internal static class SigningKey
{
    /// <summary>Before the secrets that Standard Webhooks gives out.</summary>
    public const string Mark = "whsec_";

    public static byte[] Of(WebhookScheme scheme, string secret)
    {
        if (scheme is not WebhookScheme.Standard)
        {
            return Signature.Bytes(secret);
        }

        // Such a secret is base64; one of another making, without the mark, may be plain text.
        var hasMark = secret.StartsWith(Mark, StringComparison.Ordinal);
        return Decoded(hasMark ? secret[Mark.Length..] : secret) ?? Signature.Bytes(secret);
    }

    /// <returns>What is wrong with a secret of this scheme; null for nothing.</returns>
    public static string? ProblemWith(WebhookScheme scheme, string secret) =>
        secret.Length < 8 ? "A secret has at least 8 characters: anybody can guess a shorter one."
        : scheme is WebhookScheme.Standard && secret.StartsWith(Mark, StringComparison.Ordinal) && Decoded(secret[Mark.Length..]) is null
            ? "Behind whsec_ base64 is expected: was the whole secret copied?" : null;

    private static byte[]? Decoded(string text)
    {
        var bytes = new byte[text.Length];
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
