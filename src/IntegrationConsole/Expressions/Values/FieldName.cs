using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace IntegrationConsole.Expressions.Values;

/// <summary>A field's name prepared for comparing with names in a JSON text without decoding those.</summary>
internal sealed class FieldName
{
    public readonly string Text;
    public readonly byte[] Utf8;

    /// <summary>What the token of an equal name without escapes carries.</summary>
    public readonly int Meta;

    public FieldName(string text)
    {
        Text = text;
        Utf8 = Encoding.UTF8.GetBytes(text);
        Meta = MetaOf(Utf8);
    }

    /// <summary>Kind and hash of a name: its length and its first and last bytes are enough to tell the names of one object apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MetaOf(ReadOnlySpan<byte> name)
    {
        uint hash = (uint)name.Length * 0x9E3779B1;
        if (name.Length >= 4)
        {
            hash = (hash ^ MemoryMarshal.Read<uint>(name)) * 0x85EBCA6B;
            hash = (hash ^ MemoryMarshal.Read<uint>(name[^4..])) * 0xC2B2AE35;
        }
        else
        {
            foreach (var each in name)
            {
                hash = (hash ^ each) * 0x85EBCA6B;
            }
        }

        return (int)((hash ^ (hash >> 15)) << JsonToken.Shift) | JsonToken.Text;
    }
}
