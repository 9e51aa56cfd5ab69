using System.Text.Json;

namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// Builds a source's table with the framework's reader, which judges what <see cref="JsonScan"/> was not sure of and
/// says what is wrong with it. Both build the same table.
/// </summary>
internal static class JsonIndex
{
    /// <param name="json">The text.</param>
    /// <param name="offset">Where it begins in the array that tokens point into.</param>
    /// <exception cref="JsonException">It is not JSON, or nested too deeply.</exception>
    public static JsonToken[] TokensOf(ReadOnlySpan<byte> json, int offset)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonSource.DepthLimit });
        var tokens = new List<JsonToken>();
        var open = new Stack<(int Token, int Items)>();
        var items = 0;
        while (reader.Read())
        {
            var start = offset + (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((tokens.Count, items + 1));
                    items = 0;
                    tokens.Add(new JsonToken(start, 0, reader.TokenType == JsonTokenType.StartObject ? JsonToken.Object : JsonToken.Array));
                    tokens.Add(default);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    var (token, itemsOutside) = open.Pop();
                    var begun = tokens[token];
                    tokens[token] = new JsonToken(begun.Start, offset + (int)reader.BytesConsumed - begun.Start, begun.Kind);
                    tokens[token + 1] = new JsonToken(tokens.Count, items);
                    items = itemsOutside;
                    break;
                case JsonTokenType.PropertyName:
                    tokens.Add(Text(ref reader, start));
                    break;
                default:
                    items++;
                    tokens.Add(Scalar(ref reader, start));
                    break;
            }
        }

        return [.. tokens];
    }

    private static JsonToken Scalar(ref Utf8JsonReader reader, int start) => reader.TokenType switch
    {
        JsonTokenType.String => Text(ref reader, start),
        JsonTokenType.Number => new JsonToken(start, reader.ValueSpan.Length, JsonToken.Number),
        JsonTokenType.True => new JsonToken(start, 4, JsonToken.True),
        JsonTokenType.False => new JsonToken(start, 5, JsonToken.False),
        _ => new JsonToken(start, 4, JsonToken.Null),
    };

    private static JsonToken Text(ref Utf8JsonReader reader, int start) =>
        new(start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped ? JsonToken.Text | JsonToken.Escaped : JsonToken.Text);
}
