using System.Security.Cryptography;

namespace IntegrationConsole.Webhooks.Verification;

/// <summary>The secret itself in a header: proves who sent it, and nothing about the body.</summary>
internal static class HeaderSecret
{
    public static Refusal? Check(IReadOnlyList<byte[]> keys, ReceivedHeaders headers, WebhookSettings settings)
    {
        var text = headers[settings.Header];
        if (text.Length == 0 || !text.StartsWith(settings.Prefix, StringComparison.Ordinal))
        {
            return Refusal.Unsigned;
        }

        // Hashes have one length: how long the secret is does not show either.
        var given = SHA256.HashData(Signature.Bytes(text[settings.Prefix.Length..]));
        return Signature.Fits(keys, [given], SHA256.HashData) ? null : Refusal.WrongSignature;
    }

    public static IReadOnlyList<(string Name, string Value)> Sign(byte[] key, WebhookSettings settings) => [(settings.Header, settings.Prefix + System.Text.Encoding.UTF8.GetString(key))];
}
