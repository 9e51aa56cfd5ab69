using System.Buffers.Binary;
using System.Text.Json;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>What is kept of a delivery beside its facts: some headers, and the body byte for byte. Sealed together.</summary>
public sealed record DeliveryContent(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    private const int LengthBytes = 4;

    /// <param name="seal">The tenant's.</param>
    /// <param name="id">The delivery, for which alone it opens.</param>
    public byte[] Seal(TenantSeal seal, Guid id)
    {
        var headers = JsonSerializer.SerializeToUtf8Bytes(Headers);
        var plain = new byte[LengthBytes + headers.Length + Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(plain, headers.Length);
        headers.CopyTo(plain, LengthBytes);
        Body.CopyTo(plain.AsMemory(LengthBytes + headers.Length));
        return seal.Seal(plain, Context(id));
    }

    public static DeliveryContent Open(TenantSeal seal, Guid id, byte[] @sealed)
    {
        var plain = seal.Open(@sealed, Context(id));
        var length = BinaryPrimitives.ReadInt32LittleEndian(plain);
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(plain.AsSpan(LengthBytes, length)) ?? [];
        return new DeliveryContent(headers, plain.AsMemory(LengthBytes + length));
    }

    private static string Context(Guid id) => $"webhook-delivery:{id}";
}
