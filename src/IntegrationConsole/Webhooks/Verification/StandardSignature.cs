using System.Globalization;

namespace IntegrationConsole.Webhooks.Verification;

/// <summary>Standard Webhooks, version 1: HMAC-SHA-256 over <c>id.timestamp.body</c>, in base64, behind <c>v1,</c>.</summary>
internal static class StandardSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimeHeader = "webhook-timestamp";
    public const string Header = "webhook-signature";
    private const string Version = "v1,";

    public static Refusal? Check(IReadOnlyList<byte[]> keys, ReceivedHeaders headers, ReadOnlyMemory<byte> body, out DateTimeOffset? signedAt)
    {
        signedAt = null;
        var (id, time) = (headers[IdHeader], headers[TimeHeader]);
        var given = headers[Header].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => part.StartsWith(Version, StringComparison.Ordinal))
            .Take(Signature.MostOfHeader).Select(part => Signature.Decode(SignatureEncoding.Base64, part[Version.Length..])).OfType<byte[]>().ToList();
        if (id.Length == 0 || given.Count == 0 || SignedTime.Of(time) is not { } at)
        {
            return Refusal.Unsigned;
        }

        signedAt = at;
        return Signature.Fits(keys, given, key => Of(key, id, time, body)) ? null : Refusal.WrongSignature;
    }

    public static IReadOnlyList<(string Name, string Value)> Sign(byte[] key, string id, DateTimeOffset now, ReadOnlyMemory<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return [(IdHeader, id), (TimeHeader, time), (Header, Version + Convert.ToBase64String(Of(key, id, time, body)))];
    }

    private static byte[] Of(byte[] key, string id, string time, ReadOnlyMemory<byte> body) =>
        Signature.Of(SignatureAlgorithm.Sha256, key, Signature.Bytes($"{id}.{time}."), body.Span);
}
