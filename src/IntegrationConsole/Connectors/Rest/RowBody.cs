using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Rows as JSON: numbers with all their digits, moments in UTC, nulls said aloud.</summary>
internal sealed class RowBody(IReadOnlyList<RowField> fields)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JsonEncodedText[] _names = [.. fields.Select(field => JsonEncodedText.Encode(field.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];

    /// <summary>Why a row cannot be written as JSON; null when it can.</summary>
    public Failure? ProblemWith(ReadOnlySpan<FieldValue> row)
    {
        for (var index = 0; index < row.Length; index++)
        {
            if (!row[index].IsNull && row[index].Type is FieldType.String or FieldType.Json && HasLoneSurrogate(row[index].Text))
            {
                return new Failure(FailureCause.Validation, $"{fields[index].Name} holds half a character (an unpaired surrogate), which is no text.", "encoding", fields[index].Name);
            }

            if (!row[index].IsNull && row[index].Type is FieldType.Json && !IsJson(row[index].Text))
            {
                return new Failure(FailureCause.Validation, $"{fields[index].Name} is not valid JSON.", "json", fields[index].Name);
            }
        }

        return null;
    }

    public byte[] Of(ReadOnlySpan<FieldValue> row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            Write(json, row);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="wrapper">The property around the list; empty for the list alone.</param>
    public byte[] Of(RowBatch rows, IReadOnlyList<int> numbers, string wrapper)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            if (wrapper.Length > 0)
            {
                json.WriteStartObject();
                json.WritePropertyName(wrapper);
            }

            json.WriteStartArray();
            foreach (var number in numbers)
            {
                Write(json, rows[number]);
            }

            json.WriteEndArray();
            if (wrapper.Length > 0)
            {
                json.WriteEndObject();
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, ReadOnlySpan<FieldValue> row)
    {
        json.WriteStartObject();
        for (var index = 0; index < row.Length; index++)
        {
            json.WritePropertyName(_names[index]);
            Write(json, row[index]);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FieldValue value)
    {
        if (value.IsNull)
        {
            json.WriteNullValue();
            return;
        }

        switch (value.Type)
        {
            case FieldType.Integer:
                json.WriteNumberValue(value.Integer);
                break;
            case FieldType.Decimal:
                json.WriteNumberValue(value.Decimal);
                break;
            case FieldType.Boolean:
                json.WriteBooleanValue(value.Boolean);
                break;
            case FieldType.Json:
                json.WriteRawValue(value.Text, skipInputValidation: true);
                break;
            case FieldType.String or FieldType.Date or FieldType.Timestamp or FieldType.Uuid:
                json.WriteStringValue(value.ToText());
                break;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); at >= 0 && at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
            }
            else if (char.IsSurrogate(text[at]))
            {
                return true;
            }
        }

        return false;
    }
}
