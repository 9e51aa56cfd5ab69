namespace IntegrationConsole.Webhooks.Verification;

/// <summary>An HMAC over the body in one header. GitHub's is one of these.</summary>
internal sealed record HeaderSignature(string Header, SignatureAlgorithm Algorithm, SignatureEncoding Encoding, string Prefix)
{
    public static readonly HeaderSignature GitHub = new("X-Hub-Signature-256", SignatureAlgorithm.Sha256, SignatureEncoding.Hex, "sha256=");

    public static HeaderSignature Of(WebhookSettings settings) => new(settings.Header, settings.Algorithm, settings.Encoding, settings.Prefix);

    public Refusal? Check(IReadOnlyList<byte[]> keys, ReceivedHeaders headers, ReadOnlyMemory<byte> body)
    {
        var text = headers[Header].Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || Signature.Decode(Encoding, text[Prefix.Length..]) is not { } given)
        {
            return Refusal.Unsigned;
        }

        return Signature.Fits(keys, [given], key => Of(key, body)) ? null : Refusal.WrongSignature;
    }

    public IReadOnlyList<(string Name, string Value)> Sign(byte[] key, ReadOnlyMemory<byte> body) => [(Header, Prefix + Signature.Encode(Encoding, Of(key, body)))];

    private byte[] Of(byte[] key, ReadOnlyMemory<byte> body) => Signature.Of(Algorithm, key, [], body.Span);
}
