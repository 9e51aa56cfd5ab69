using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// A JSON text with a compact table of what stands where, built in one pass. Values of it are places in the table;
/// text and numbers are decoded when they are asked for, and an unread part costs nothing more.
/// </summary>
internal sealed class JsonSource : Boxed
{
    /// <summary>Deeper nesting than this is refused before it can cost stack elsewhere.</summary>
    public const int DepthLimit = 512;

    private static readonly ValueKind[] Kinds =
    [
        ValueKind.Undefined, ValueKind.Null, ValueKind.Boolean, ValueKind.Boolean, ValueKind.Number, ValueKind.String, ValueKind.Array, ValueKind.Object,
    ];

    private readonly byte[] _bytes;
    private readonly JsonToken[] _tokens;

    private JsonSource(byte[] bytes, int offset, JsonToken[] tokens) : base(ValueKind.Undefined)
    {
        _bytes = bytes;
        Offset = offset;
        _tokens = tokens;
    }

    public Value Root => new(this, 0);

    /// <summary>Reads the whole text once. Text that is not JSON is refused with <see cref="JsonException"/>.</summary>
    public static JsonSource Read(ReadOnlyMemory<byte> json)
    {
        var slice = MemoryMarshal.TryGetArray(json, out var segment) ? segment : new ArraySegment<byte>(json.ToArray());
        using var table = JsonTable.Of(slice, slice.Offset);
        var tokens = GC.AllocateUninitializedArray<JsonToken>(table.Tokens.Length);
        table.Tokens.CopyTo(tokens);
        return new JsonSource(slice.Array ?? [], slice.Offset, tokens);
    }

    /// <summary>Where the text begins in what its tokens point into.</summary>
    public int Offset { get; }

    public ReadOnlySpan<JsonToken> Tokens => _tokens;

    public ReadOnlySpan<byte> RawAt(int token)
    {
        ref readonly var entry = ref _tokens[token];
        return new ReadOnlySpan<byte>(_bytes, entry.Start, entry.Length);
    }

    public ValueKind KindAt(int token) => Kinds[_tokens[token].Kind];

    public bool IsTrue(int token) => _tokens[token].Kind == JsonToken.True;

    public bool IsEscaped(int token) => (_tokens[token].Packed & JsonToken.Escaped) != 0;

    /// <summary>How many bytes a value takes in the text.</summary>
    public int LengthAt(int token) => _tokens[token].Length;

    /// <summary>How many items or fields a value has.</summary>
    public int CountAt(int token) => _tokens[token].IsContainer ? _tokens[token + 1].Count : 0;

    /// <summary>The place of the first item of an array, or of the name of an object's first field.</summary>
    public static int Inside(int container) => container + 2;

    /// <summary>The place behind a value and all that is inside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int After(int token)
    {
        var tokens = _tokens;
        return tokens[token].IsContainer ? tokens[token + 1].Next : token + 1;
    }

    public double NumberAt(int token) => SourceNumbers.Read(RawAt(token));

    public string TextAt(int token) => IsEscaped(token) ? Escapes.Decode(RawAt(token)) : Encoding.UTF8.GetString(RawAt(token));

    /// <summary>The place of a field's value in the object at <paramref name="token"/>, or -1. The last of equal names counts, as in every JSON reader of the field.</summary>
    public int FindField(int token, FieldName name)
    {
        var tokens = _tokens;
        var end = tokens[token + 1].Next;
        var found = -1;
        for (var each = Inside(token); each < end; each = After(each + 1))
        {
            var entry = tokens[each];
            if (entry.Packed == name.Packed)
            {
                if (new ReadOnlySpan<byte>(_bytes, entry.Start, entry.Length).SequenceEqual(name.Utf8))
                {
                    found = each + 1;
                }
            }
            else if ((entry.Packed & JsonToken.Escaped) != 0 && TextAt(each) == name.Text)
            {
                found = each + 1;
            }
        }

        return found;
    }
}
