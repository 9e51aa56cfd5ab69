using System.Globalization;

namespace IntegrationConsole.Webhooks.Verification;

/// <summary>Stripe: HMAC-SHA-256 over <c>time.body</c> in hex; the header holds <c>t=…</c> and one or more <c>v1=…</c>.</summary>
internal static class StripeSignature
{
    public const string Header = "Stripe-Signature";

    public static Refusal? Check(IReadOnlyList<byte[]> keys, ReceivedHeaders headers, ReadOnlyMemory<byte> body, out DateTimeOffset? signedAt)
    {
        signedAt = null;
        var parts = headers[Header].Split(',', StringSplitOptions.TrimEntries);
        var time = parts.FirstOrDefault(part => part.StartsWith("t=", StringComparison.Ordinal))?[2..] ?? "";
        var given = parts.Where(part => part.StartsWith("v1=", StringComparison.Ordinal)).Take(Signature.MostOfHeader)
            .Select(part => Signature.Decode(SignatureEncoding.Hex, part[3..])).OfType<byte[]>().ToList();
        if (given.Count == 0 || SignedTime.Of(time) is not { } at)
        {
            return Refusal.Unsigned;
        }

        signedAt = at;
        return Signature.Fits(keys, given, key => Of(key, time, body)) ? null : Refusal.WrongSignature;
    }

    public static IReadOnlyList<(string Name, string Value)> Sign(byte[] key, DateTimeOffset now, ReadOnlyMemory<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return [(Header, $"t={time},v1={Convert.ToHexStringLower(Of(key, time, body))}")];
    }

    private static byte[] Of(byte[] key, string time, ReadOnlyMemory<byte> body) => Signature.Of(SignatureAlgorithm.Sha256, key, Signature.Bytes($"{time}."), body.Span);
}
