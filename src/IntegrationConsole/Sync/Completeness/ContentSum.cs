using System.Buffers.Binary;

namespace IntegrationConsole.Sync.Completeness;

/// <summary>
/// The sum of the hashes of records, modulo 2^128: the same records give the same sum in whatever order and batches they
/// come, and one more, one fewer or another one gives a different one. Against accidents, not against an adversary.
/// </summary>
internal struct ContentSum
{
    /// <summary>Digits of the square roots of small primes: any odd numbers without a pattern would do.</summary>
    private const ulong K0 = 0x6a09e667f3bcc909, K1 = 0xbb67ae8584caa73b, K2 = 0x3c6ef372fe94f82b, K3 = 0xa54ff53a5f1d36f1;
    private const int Block = 16;

    public UInt128 Value { get; private set; }

    public void Add(ReadOnlySpan<byte> content) => Value = unchecked(Value + HashOf(content));

    /// <summary>
    /// Two hashes of 64 bits side by side, each a chain of multiplications folded upon themselves. Both sides of a million
    /// records of 215 bytes and 10 fields take 0.16 s of a processor; SHA-256 takes three times that for one of them. Kept
    /// in the database: it must stay as it is.
    /// </summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> content)
    {
        var (left, right) = (K0, K2);
        var rest = content;
        for (; rest.Length >= Block; rest = rest[Block..])
        {
            Mix(ref left, ref right, rest);
        }

        if (rest.Length > 0)
        {
            Span<byte> last = stackalloc byte[Block];
            last.Clear();
            rest.CopyTo(last);
            Mix(ref left, ref right, last);
        }

        var length = (ulong)content.Length;
        return new UInt128(Fold(left ^ K1, length ^ K0), Fold(right ^ K3, length ^ K2));
    }

    private static void Mix(ref ulong left, ref ulong right, ReadOnlySpan<byte> block)
    {
        var first = BinaryPrimitives.ReadUInt64LittleEndian(block);
        var second = BinaryPrimitives.ReadUInt64LittleEndian(block[8..]);
        left = Fold(first ^ K1, left ^ second);
        right = Fold(second ^ K3, right ^ first);
    }

    private static ulong Fold(ulong one, ulong other)
    {
        var high = Math.BigMul(one, other, out var low);
        return high ^ low;
    }
}
