using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Puts the id of the parent into each record that was read below it, under a field of its own; what the record itself has there gives way.</summary>
internal sealed class ParentStamp(string field)
{
    // What was escaped in the record need not be escaped again, and nothing of it goes into a page.
    private static readonly JsonWriterOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _stamped = new();

    /// <param name="record">A JSON object.</param>
    /// <param name="id">Of its parent.</param>
    /// <returns>Valid until the next one.</returns>
    public ReadOnlySpan<byte> On(ReadOnlySpan<byte> record, ParentId id)
    {
        _stamped.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_stamped, AsItIs);
        writer.WriteStartObject();
        writer.WritePropertyName(field);
        writer.WriteRawValue(id.Token, skipInputValidation: true);
        CopyOthers(record, writer);
        writer.WriteEndObject();
        writer.Flush();
        return _stamped.WrittenSpan;
    }

    private void CopyOthers(ReadOnlySpan<byte> record, Utf8JsonWriter writer)
    {
        var reader = new Utf8JsonReader(record);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isOurs = reader.ValueTextEquals(field);
            if (!isOurs && reader.ValueIsEscaped)
            {
                writer.WritePropertyName(reader.GetString()!);
            }
            else if (!isOurs)
            {
                writer.WritePropertyName(reader.ValueSpan);
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isOurs)
            {
                writer.WriteRawValue(record[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
        }
    }
}
