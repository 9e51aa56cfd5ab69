using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// A JSON text with a compact table of what stands where, built in one pass. Values of it are places in the table;
/// text and numbers are decoded when they are asked for, and an unread part costs nothing more.
/// </summary>
internal sealed partial class JsonSource : Boxed
{
    /// <summary>Deeper nesting than this is refused before it can cost stack elsewhere.</summary>
    private const int DepthLimit = 512;

    private readonly ReadOnlyMemory<byte> _json;
    private JsonToken[] _tokens;
    private int _count;

    private JsonSource(ReadOnlyMemory<byte> json) : base(ValueKind.Undefined)
    {
        _json = json;
        _tokens = GC.AllocateUninitializedArray<JsonToken>(Math.Max(8, json.Length / 8));
    }

    public Value Root => new(this, 0);

    /// <summary>Reads the whole text once. Text that is not JSON is refused with <see cref="JsonException"/>.</summary>
    public static JsonSource Read(ReadOnlyMemory<byte> json)
    {
        var source = new JsonSource(json);
        if (!source.TryScan())
        {
            source._count = 0;
            source.Index();
        }

        return source;
    }

    public ReadOnlySpan<byte> RawAt(int token)
    {
        ref readonly var entry = ref _tokens[token];
        return _json.Span.Slice(entry.Start, entry.Length);
    }

    public ref readonly JsonToken this[int token] => ref _tokens[token];

    public ValueKind KindAt(int token) => (_tokens[token].Meta & JsonToken.KindMask) switch
    {
        JsonToken.Null => ValueKind.Null,
        JsonToken.False or JsonToken.True => ValueKind.Boolean,
        JsonToken.Number => ValueKind.Number,
        JsonToken.Text => ValueKind.String,
        JsonToken.Array => ValueKind.Array,
        _ => ValueKind.Object,
    };

    public bool IsTrue(int token) => (_tokens[token].Meta & JsonToken.KindMask) == JsonToken.True;

    public bool IsEscaped(int token) => (_tokens[token].Meta & JsonToken.Escaped) != 0;

    public int CountAt(int token) => (int)((uint)_tokens[token].Meta >> JsonToken.Shift);

    public double NumberAt(int token) => SourceNumbers.Read(RawAt(token));

    public string TextAt(int token) => IsEscaped(token) ? Escapes.Decode(RawAt(token)) : Encoding.UTF8.GetString(RawAt(token));

    /// <summary>The place of a field's value in the object at <paramref name="token"/>, or -1. The last of equal names counts, as in every JSON reader of the field.</summary>
    public int FindField(int token, FieldName name)
    {
        var tokens = _tokens;
        var end = tokens[token].Next;
        var found = -1;
        for (var each = token + 1; each < end; each = tokens[each + 1].Next)
        {
            ref readonly var entry = ref tokens[each];
            if (entry.Meta == name.Meta && entry.Length == name.Utf8.Length && _json.Span.Slice(entry.Start, entry.Length).SequenceEqual(name.Utf8))
            {
                found = each + 1;
            }
            else if ((entry.Meta & JsonToken.Escaped) != 0 && TextAt(each) == name.Text)
            {
                found = each + 1;
            }
        }

        return found;
    }

    private void Index()
    {
        var reader = new Utf8JsonReader(_json.Span, new JsonReaderOptions { MaxDepth = DepthLimit });
        Span<int> open = stackalloc int[DepthLimit + 1];
        var depth = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    CountIn(open, depth);
                    open[depth++] = _count;
                    Add((int)reader.TokenStartIndex, 0, reader.TokenType == JsonTokenType.StartObject ? JsonToken.Object : JsonToken.Array);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    ref var container = ref _tokens[open[--depth]];
                    container.Length = (int)reader.BytesConsumed - container.Start;
                    container.Next = _count;
                    break;
                case JsonTokenType.PropertyName:
                    AddName(ref reader);
                    break;
                default:
                    CountIn(open, depth);
                    AddScalar(ref reader);
                    break;
            }
        }
    }

    private void CountIn(Span<int> open, int depth)
    {
        if (depth > 0)
        {
            _tokens[open[depth - 1]].Meta += 1 << JsonToken.Shift;
        }
    }

    private void AddName(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex + 1;
        var meta = reader.ValueIsEscaped ? JsonToken.Text | JsonToken.Escaped : FieldName.MetaOf(reader.ValueSpan);
        Add(start, reader.ValueSpan.Length, meta);
    }

    private void AddScalar(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                Add(start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped ? JsonToken.Text | JsonToken.Escaped : JsonToken.Text);
                break;
            case JsonTokenType.Number:
                Add(start, reader.ValueSpan.Length, JsonToken.Number);
                break;
            case JsonTokenType.True:
                Add(start, 4, JsonToken.True);
                break;
            case JsonTokenType.False:
                Add(start, 5, JsonToken.False);
                break;
            default:
                Add(start, 4, JsonToken.Null);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int start, int length, int meta)
    {
        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, _count * 2);
        }

        ref var entry = ref _tokens[_count];
        entry.Start = start;
        entry.Length = length;
        entry.Next = ++_count;
        entry.Meta = meta;
    }
}
