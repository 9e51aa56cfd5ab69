using System.Runtime.CompilerServices;
using System.Text.Json;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record and the table of what stands where in it.</summary>
/// <param name="bytes">The record.</param>
/// <param name="tokens">Its table.</param>
/// <param name="offset">Where the record begins in what the tokens point into.</param>
internal readonly ref struct RecordTokens(ReadOnlySpan<byte> bytes, ReadOnlySpan<JsonToken> tokens, int offset)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ReadOnlySpan<JsonToken> Tokens { get; } = tokens;

    /// <summary>The place behind a value and all that is inside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int After(int token) => Tokens[token].IsContainer ? Tokens[token + 1].Next : token + 1;

    public bool IsEscaped(int token) => (Tokens[token].Packed & JsonToken.Escaped) != 0;

    public ReadOnlySpan<byte> Text(int token) => _bytes.Slice(Tokens[token].Start - offset, Tokens[token].Length);

    /// <summary>A text or name with its quotes.</summary>
    public ReadOnlySpan<byte> Quoted(int token) => _bytes.Slice(Tokens[token].Start - offset - 1, Tokens[token].Length + 2);

    public JsonSlot SlotOf(int token)
    {
        var entry = Tokens[token];
        var start = entry.Start - offset;
        return entry.Kind switch
        {
            JsonToken.Text => new JsonSlot(JsonTokenType.String, start - 1, entry.Length + 2),
            JsonToken.Number => new JsonSlot(JsonTokenType.Number, start, entry.Length),
            JsonToken.True => new JsonSlot(JsonTokenType.True, start, entry.Length),
            JsonToken.False => new JsonSlot(JsonTokenType.False, start, entry.Length),
            JsonToken.Array => new JsonSlot(JsonTokenType.StartArray, start, entry.Length),
            JsonToken.Object => new JsonSlot(JsonTokenType.StartObject, start, entry.Length),
            _ => new JsonSlot(JsonTokenType.Null, start, entry.Length),
        };
    }
}
