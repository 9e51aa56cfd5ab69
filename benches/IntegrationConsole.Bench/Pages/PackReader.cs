using System.Buffers.Binary;
using System.Text;

namespace IntegrationConsole.Bench.Pages;

/// <summary>Reads MessagePack: the part of it that the pages' protocol uses. What is binary stays a part of the message.</summary>
internal ref struct PackReader(ReadOnlyMemory<byte> message)
{
    private readonly ReadOnlyMemory<byte> _message = message;
    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _at;

    /// <summary>Takes the next framed message off the front of a buffer.</summary>
    /// <returns>How many bytes frame and message have; 0 where the message is not complete.</returns>
    public static int Frame(ReadOnlyMemory<byte> buffer, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var (length, shift, at) = (0u, 0, 0);
        while (true)
        {
            if (at == buffer.Length)
            {
                return 0;
            }

            var part = buffer.Span[at++];
            length |= (part & 0x7fu) << shift;
            shift += 7;
            if ((part & 0x80) == 0)
            {
                break;
            }
        }

        if (buffer.Length - at < length)
        {
            return 0;
        }

        message = buffer.Slice(at, (int)length);
        return at + (int)length;
    }

    /// <returns>Null, a bool, a long, a double, a string, a <see cref="ReadOnlyMemory{T}"/> of bytes, or a list of these; a map is a list of its keys and values.</returns>
    public object? Next()
    {
        var head = _span[_at++];
        return head switch
        {
            <= 0x7f => (long)head,
            <= 0x8f => List(2 * (head & 0x0f)),
            <= 0x9f => List(head & 0x0f),
            <= 0xbf => Text(head & 0x1f),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 => Bytes(_span[_at++]),
            0xc5 => Bytes(Sixteen()),
            0xc6 => Bytes(ThirtyTwo()),
            0xca => (double)BinaryPrimitives.ReadSingleBigEndian(Take(4)),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xcc => (long)_span[_at++],
            0xcd => (long)Sixteen(),
            0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            0xcf => (long)BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
            0xd0 => (long)(sbyte)_span[_at++],
            0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            0xd9 => Text(_span[_at++]),
            0xda => Text(Sixteen()),
            0xdb => Text(ThirtyTwo()),
            0xdc => List(Sixteen()),
            0xdd => List(ThirtyTwo()),
            0xde => List(2 * Sixteen()),
            0xdf => List(2 * ThirtyTwo()),
            >= 0xe0 => (long)(sbyte)head,
            _ => throw new InvalidOperationException($"The server said something unknown: {head:x2}."),
        };
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _span.Slice(_at, length);
        _at += length;
        return taken;
    }

    private int Sixteen() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private int ThirtyTwo() => (int)BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private ReadOnlyMemory<byte> Bytes(int length)
    {
        var taken = _message.Slice(_at, length);
        _at += length;
        return taken;
    }

    private List<object?> List(int length)
    {
        var list = new List<object?>(length);
        for (var index = 0; index < length; index++)
        {
            list.Add(Next());
        }

        return list;
    }
}
