using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IntegrationConsole.Controls;

/// <summary>JSON as indented, coloured HTML. Everything that comes from a record is encoded.</summary>
internal static class JsonMarkup
{
    public const int MostBytes = 256 * 1024;

    /// <summary>Text that is not JSON is shown as it is.</summary>
    public static string Of(byte[] json, string marked)
    {
        if (json.Length > MostBytes)
        {
            return WebUtility.HtmlEncode(Encoding.UTF8.GetString(json, 0, MostBytes));
        }

        try
        {
            var html = new StringBuilder();
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
            reader.Read();
            Value(ref reader, html, 0, marked);
            return html.ToString();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return WebUtility.HtmlEncode(Encoding.UTF8.GetString(json));
        }
    }

    /// <summary>Indented, for a person to edit; as it is where it is not JSON.</summary>
    public static string Indented(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                document.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return Encoding.UTF8.GetString(json);
        }
    }

    private static void Value(ref Utf8JsonReader reader, StringBuilder html, int level, string marked)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Container(ref reader, html, level, marked, '{', '}', JsonTokenType.EndObject);
                break;
            case JsonTokenType.StartArray:
                Container(ref reader, html, level, marked, '[', ']', JsonTokenType.EndArray);
                break;
            case JsonTokenType.String:
                Span(html, "json-text", JsonSerializer.Serialize(reader.GetString(), Relaxed));
                break;
            case JsonTokenType.Number:
                Span(html, "json-number", Encoding.UTF8.GetString(reader.ValueSpan));
                break;
            default:
                Span(html, "json-word", Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }
    }

    private static void Container(ref Utf8JsonReader reader, StringBuilder html, int level, string marked, char open, char close, JsonTokenType end)
    {
        html.Append(open);
        var first = true;
        while (reader.Read() && reader.TokenType != end)
        {
            html.Append(first ? "\n" : ",\n").Append(' ', (level + 1) * 2);
            first = false;
            var isMarked = false;
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                isMarked = marked.Length > 0 && level == 0 && name == marked;
                html.Append(isMarked ? "<span class=\"json-mark\">" : "");
                Span(html, "json-key", JsonSerializer.Serialize(name, Relaxed));
                html.Append(": ");
                reader.Read();
            }

            Value(ref reader, html, level + 1, marked);
            html.Append(isMarked ? "</span>" : "");
        }

        if (!first)
        {
            html.Append('\n').Append(' ', level * 2);
        }

        html.Append(close);
    }

    private static void Span(StringBuilder html, string style, string text) =>
        html.Append("<span class=\"").Append(style).Append("\">").Append(WebUtility.HtmlEncode(text)).Append("</span>");

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
