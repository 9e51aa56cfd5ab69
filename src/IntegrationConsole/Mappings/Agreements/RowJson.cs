using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Rows as the output schema sees them: one object by destination field, numbers with all their digits, nulls said aloud. Used again for each row.</summary>
internal sealed class RowJson : IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly JsonEncodedText[] _names;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    public RowJson(IReadOnlyList<RowField> fields)
    {
        _names = [.. fields.Select(field => JsonEncodedText.Encode(field.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
        _json = new Utf8JsonWriter(_buffer, Plain);
    }

    /// <returns>Holds until the next row.</returns>
    public ReadOnlyMemory<byte> Of(ReadOnlySpan<FieldValue> row)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        for (var index = 0; index < row.Length; index++)
        {
            _json.WritePropertyName(_names[index]);
            Write(row[index]);
        }

        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Write(FieldValue value)
    {
        if (value.IsNull)
        {
            _json.WriteNullValue();
            return;
        }

        switch (value.Type)
        {
            case FieldType.Integer:
                _json.WriteNumberValue(value.Integer);
                break;
            case FieldType.Decimal:
                _json.WriteNumberValue(value.Decimal);
                break;
            case FieldType.Boolean:
                _json.WriteBooleanValue(value.Boolean);
                break;
            case FieldType.Json:
                // What is no JSON is found out when the whole is read, and told like any other misfit.
                _json.WriteRawValue(value.Text, skipInputValidation: true);
                break;
            case FieldType.String or FieldType.Date or FieldType.Timestamp or FieldType.Uuid:
                _json.WriteStringValue(value.ToText());
                break;
            default:
                throw new InvalidOperationException($"There is no JSON for {value.Type}.");
        }
    }
}
