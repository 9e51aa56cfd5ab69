using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Expressions.Additions;

/// <summary>UUIDs of version 5 (RFC 9562): made from a namespace and a name, so the same for the same.</summary>
internal static class NamedUuid
{
    public static Guid Of(Guid space, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
        var hash = CryptographicOperations.HashData(HashAlgorithmName.SHA1, bytes).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
