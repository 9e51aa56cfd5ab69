using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Database;

/// <summary>The layout of a sealed value: version, nonce, tag, cipher text.</summary>
public static class Sealed
{
    public const int KeyBytes = 32;
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, string context)
    {
        var output = new byte[HeaderBytes + plain.Length];
        output[0] = Version;
        var nonce = output.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, output.AsSpan(HeaderBytes), output.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(context));
        return output;
    }

    /// <exception cref="CryptographicException">Not sealed by this key, in this context, or altered since.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> @sealed, string context)
    {
        if (@sealed.Length < HeaderBytes || @sealed[0] != Version)
        {
            throw new CryptographicException("This is not a sealed value.");
        }

        var plain = new byte[@sealed.Length - HeaderBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(@sealed.Slice(1, NonceBytes), @sealed[HeaderBytes..], @sealed.Slice(1 + NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(context));
        return plain;
    }
}
