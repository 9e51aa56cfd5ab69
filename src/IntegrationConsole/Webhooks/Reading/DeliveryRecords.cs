using System.Buffers;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Webhooks.Reading;

/// <summary>
/// Makes records of a delivery: <c>body</c> is the body, or each item of the list in it that the endpoint names, and
/// <c>delivery</c> says with what it came. A body that is not as it should be is one record with its problem.
/// </summary>
/// <param name="list">The path to the list; the document for none.</param>
/// <param name="mostBytes">Of one record.</param>
internal sealed class DeliveryRecords(FieldPath list, int mostBytes)
{
    /// <summary>What a record is nested in adds a level.</summary>
    private const int MostLevels = RecordText.MostLevels - 1;

    /// <summary>What is shown of a body that cannot be read.</summary>
    private const int ExcerptBytes = 64 * 1024;

    private static readonly JsonReaderOptions Levels = new() { MaxDepth = MostLevels };

    private readonly ArrayBufferWriter<byte> _record = new();

    /// <summary>Adds the records behind the first so many, until the batch is full.</summary>
    /// <returns>How many of the delivery's records are read now; null when it is read to its end.</returns>
    public int? AddTo(BatchBuilder batch, Delivery delivery, DeliveryContent content, int behind)
    {
        var body = content.Body.Span;
        body = body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
        if (ProblemWith(body) is { } problem)
        {
            batch.Add(Unreadable(delivery, content, body), problem);
            return null;
        }

        var reader = new Utf8JsonReader(body, Levels);
        list.Find(ref reader);
        if (list.IsEmpty)
        {
            Add(batch, delivery, content, body, 0);
            return null;
        }

        for (var index = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (index < behind)
            {
                continue;
            }

            if (batch.IsFull)
            {
                return index;
            }

            Add(batch, delivery, content, body[start..(int)reader.BytesConsumed], index);
        }

        return null;
    }

    /// <returns>Why the body makes no records; null where it does.</returns>
    private Failure? ProblemWith(ReadOnlySpan<byte> body)
    {
        try
        {
            var all = new Utf8JsonReader(body, Levels);
            while (all.Read())
            {
            }

            var reader = new Utf8JsonReader(body, Levels);
            return RecordText.ProblemWithText(body) is { } text ? text
                : list.Find(ref reader) && (list.IsEmpty || reader.TokenType is JsonTokenType.StartArray) ? null
                : new Failure(FailureCause.Malformed, $"The delivery has no list at {list}.", "selector");
        }
        catch (JsonException broken)
        {
            return body.IsEmpty ? new Failure(FailureCause.Malformed, "The delivery has no body.", "empty")
                : new Failure(FailureCause.Malformed, $"The body of the delivery is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}).", "json");
        }
    }

    private void Add(BatchBuilder batch, Delivery delivery, DeliveryContent content, ReadOnlySpan<byte> item, int index)
    {
        if (item.Length > mostBytes)
        {
            batch.Add(Unreadable(delivery, content, item), new Failure(FailureCause.TooLarge, $"The delivery holds a record of more than {JsonTrouble.SizeWords(mostBytes)}, the limit for one record.", "record-size"));
            return;
        }

        using (var json = Begin(delivery, content, index))
        {
            json.WritePropertyName("body");
            json.WriteRawValue(item, skipInputValidation: true);
            json.WriteEndObject();
        }

        batch.Add(_record.WrittenSpan);
    }

    /// <summary>What there is of it as text, so that somebody can look at it.</summary>
    private ReadOnlySpan<byte> Unreadable(Delivery delivery, DeliveryContent content, ReadOnlySpan<byte> body)
    {
        using (var json = Begin(delivery, content, 0))
        {
            json.WriteString("body", Encoding.UTF8.GetString(body[..Math.Min(body.Length, ExcerptBytes)]));
            json.WriteEndObject();
        }

        return _record.WrittenSpan;
    }

    private Utf8JsonWriter Begin(Delivery delivery, DeliveryContent content, int index)
    {
        _record.ResetWrittenCount();
        var json = new Utf8JsonWriter(_record, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteStartObject("delivery");
        json.WriteString("id", delivery.DeliveryId);
        json.WriteNumber("number", delivery.Seq);
        json.WriteNumber("index", index);
        json.WriteString("receivedAt", FieldText.TimestampText(delivery.ReceivedAt));
        json.WriteStartObject("headers");
        foreach (var (name, value) in content.Headers)
        {
            // With underscores a plain path leads there.
            json.WriteString(name.Replace('-', '_'), value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return json;
    }
}
