using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Webhooks.Verification;

/// <summary>Message authentication codes, and their comparison in a time that tells nothing of them.</summary>
internal static class Signature
{
    /// <summary>A header may hold several while a sender changes its secret; nobody has more than these.</summary>
    public const int MostOfHeader = 16;

    public static byte[] Of(SignatureAlgorithm algorithm, byte[] key, ReadOnlySpan<byte> before, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(algorithm is SignatureAlgorithm.Sha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256, key);
        hash.AppendData(before);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether one of the signatures was made with one of the keys. All are looked at, whichever fits.</summary>
    public static bool Fits(IReadOnlyList<byte[]> keys, IReadOnlyList<byte[]> given, Func<byte[], byte[]> sign)
    {
        var fits = false;
        foreach (var key in keys)
        {
            var expected = sign(key);
            foreach (var signature in given)
            {
                fits |= CryptographicOperations.FixedTimeEquals(expected, signature);
            }
        }

        return fits;
    }

    /// <returns>Null where it is not of this encoding.</returns>
    public static byte[]? Decode(SignatureEncoding encoding, string text)
    {
        if (text.Length is 0 or > 200)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        var length = 0;
        var isRight = encoding is SignatureEncoding.Hex
            ? Convert.FromHexString(text, bytes, out _, out length) is System.Buffers.OperationStatus.Done
            : Convert.TryFromBase64String(text, bytes, out length);
        return isRight ? bytes[..length] : null;
    }

    public static string Encode(SignatureEncoding encoding, byte[] signature) =>
        encoding is SignatureEncoding.Hex ? Convert.ToHexStringLower(signature) : Convert.ToBase64String(signature);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
