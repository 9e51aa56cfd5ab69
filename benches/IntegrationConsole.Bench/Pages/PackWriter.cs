using System.Buffers.Binary;
using System.Text;

namespace IntegrationConsole.Bench.Pages;

/// <summary>Writes one message of the pages' protocol: MessagePack behind its length.</summary>
internal sealed class PackWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>A call of one of the server's methods.</summary>
    /// <param name="id">Where an answer is wanted.</param>
    public static byte[] Call(string? id, string target, params object?[] arguments)
    {
        const int Invocation = 1;
        var writer = new PackWriter();
        writer.Array(6);
        writer.Value(Invocation);
        writer._bytes.Add(0x80);
        writer.Value(id);
        writer.Value(target);
        writer.Array(arguments.Length);
        foreach (var argument in arguments)
        {
            writer.Value(argument);
        }

        writer.Array(0);
        return writer.Framed();
    }

    /// <summary>Says that this side is still there.</summary>
    public static byte[] Ping()
    {
        const int Kind = 6;
        var writer = new PackWriter();
        writer.Array(1);
        writer.Value(Kind);
        return writer.Framed();
    }

    private void Array(int length) => _bytes.Add((byte)(0x90 | length));

    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                _bytes.Add(0xc0);
                break;
            case bool yes:
                _bytes.Add(yes ? (byte)0xc3 : (byte)0xc2);
                break;
            case int number:
                Value((long)number);
                break;
            case long number:
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteInt64BigEndian(eight, number);
                _bytes.Add(0xd3);
                _bytes.AddRange(eight);
                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(four, bytes.Length);
                _bytes.Add(0xdb);
                _bytes.AddRange(four);
                _bytes.AddRange(bytes);
                break;
            default:
                throw new InvalidOperationException($"{value.GetType()} is not sent.");
        }
    }

    private byte[] Framed()
    {
        var framed = new List<byte>();
        var left = (uint)_bytes.Count;
        do
        {
            framed.Add((byte)((left & 0x7f) | (left > 0x7f ? 0x80u : 0u)));
            left >>= 7;
        }
        while (left > 0);

        return [.. framed, .. _bytes];
    }
}
