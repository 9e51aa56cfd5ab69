using System.Buffers;
using System.Text.Json;

namespace IntegrationConsole.Expressions.Values;

/// <summary>What stands where in a JSON text, for as long as somebody looks at it: the memory is borrowed.</summary>
internal readonly ref struct JsonTable : IDisposable
{
    private const int Smallest = 64;

    /// <summary>Memory for longer texts is not kept: they are rare.</summary>
    private const int LargestKept = 1 << 20;

    private readonly JsonToken[] _borrowed;

    private JsonTable(ReadOnlySpan<JsonToken> tokens, JsonToken[] borrowed)
    {
        Tokens = tokens;
        _borrowed = borrowed;
    }

    public ReadOnlySpan<JsonToken> Tokens { get; }

    /// <param name="json">The text.</param>
    /// <param name="offset">Where it begins in what the tokens shall point into.</param>
    /// <exception cref="JsonException">It is not JSON, or too long or nested too deeply.</exception>
    public static JsonTable Of(ReadOnlySpan<byte> json, int offset)
    {
        if (json.Length > JsonToken.LongestText)
        {
            throw new JsonException($"The text is longer than {JsonToken.LongestText >> 20} MiB.");
        }

        var padded = Borrow<byte>(json.Length + JsonScan.Padding);
        var tokens = Borrow<JsonToken>(json.Length > LargestKept ? json.Length / 8 : Math.Max(Smallest, json.Length / 2));
        json.CopyTo(padded);
        padded.AsSpan(json.Length, JsonScan.Padding).Clear();
        var end = JsonScan.Scan(ref padded[0], offset, ref tokens, out var count);
        Return(padded);
        if (end == json.Length)
        {
            return new JsonTable(tokens.AsSpan(0, count), tokens);
        }

        Return(tokens);
        return new JsonTable(JsonIndex.TokensOf(json, offset), []);
    }

    public void Dispose() => Return(_borrowed);

    /// <summary>Memory to be given back to <see cref="Return"/>, which knows by its length whose it is: the pool takes only its own.</summary>
    internal static T[] Borrow<T>(int length) => length > LargestKept ? new T[length] : ArrayPool<T>.Shared.Rent(length);

    internal static void Return<T>(T[] memory)
    {
        if (memory.Length is > 0 and <= LargestKept)
        {
            ArrayPool<T>.Shared.Return(memory);
        }
    }
}
