using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>What became of one row of a call.</summary>
internal readonly record struct ItemResult(Failure? Failure, bool IsUnchanged = false)
{
    public Receipt Receipt { get; init; }
}

/// <summary>Reads an answer that speaks of each row of a call, in their order.</summary>
internal sealed class ItemResults(RestClient client, RestStream stream)
{
    /// <summary>The path that says that the answer itself is the list.</summary>
    public const string Document = "$";

    private const int MostAnswer = 2_000;

    private static readonly HashSet<string> Good = new(StringComparer.OrdinalIgnoreCase)
    {
        "ok", "success", "succeeded", "created", "updated", "upserted", "inserted", "accepted", "done", "true",
    };

    private static readonly HashSet<string> Same = new(StringComparer.OrdinalIgnoreCase) { "unchanged", "not modified", "not_modified", "skipped", "noop" };

    private readonly FieldPath _results = stream.ResultsPath == Document ? FieldPath.Document : FieldPath.Parse(stream.ResultsPath);
    private readonly FieldPath _status = FieldPath.Parse(stream.ResultStatusPath);
    private readonly FieldPath _id = FieldPath.Parse(stream.AnswerIdPath);
    private readonly FieldPath _error = FieldPath.Parse(stream.ResultErrorPath);

    /// <returns>As many results as there were rows: those that the answer leaves out are unknown.</returns>
    public async Task<IReadOnlyList<ItemResult>> ReadAsync(HttpResponseMessage response, int count, CancellationToken cancellationToken)
    {
        var results = new List<ItemResult>(count);
        var missing = $"{client.Host} took the call but did not say what became of this record.";
        try
        {
            await using var body = await client.OpenBodyAsync(response, cancellationToken);
            using var reader = new JsonRecordReader(body, new JsonRecordOptions($"The answer of {client.Host}", _results, client.Calls.Http.MostRecordBytes));
            while (results.Count < count && await reader.ReadAsync(cancellationToken))
            {
                var result = Judge(reader);
                results.Add(result.Failure is null ? result with { Receipt = ReceiptOf(reader.Record.Span) } : result);
            }
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            missing = $"{missing} {client.Classify(problem).Sentence}";
        }

        while (results.Count < count)
        {
            results.Add(new ItemResult(new Failure(FailureCause.Unknown, missing, "result") { MayHaveHappened = true }));
        }

        return results;
    }

    private ItemResult Judge(JsonRecordReader reader)
    {
        if (reader.Problem is not null)
        {
            return Unclear();
        }

        var status = _status.IsEmpty ? null : _status.TextIn(reader.Record.Span);
        var error = _error.IsEmpty ? "" : RawAt(_error, reader.Record.Span);
        if (int.TryParse(status, CultureInfo.InvariantCulture, out var code))
        {
            return code switch
            {
                304 => new ItemResult(null, IsUnchanged: true),
                >= 200 and < 300 => new ItemResult(null),
                >= 400 and < 600 => Refused(FailureClassifier.OfStatus((HttpStatusCode)code, client.Host) with { MayHaveHappened = false }, error),
                _ => Unclear(),
            };
        }

        return status is not null && Same.Contains(status) ? new ItemResult(null, IsUnchanged: true)
            : status is null ? (_status.IsEmpty && error.Length == 0 ? new ItemResult(null) : error.Length > 0 ? Refused(NotAccepted(), error) : Unclear())
            : Good.Contains(status) ? new ItemResult(null)
            : Refused(NotAccepted(), error);
    }

    private Receipt ReceiptOf(ReadOnlySpan<byte> result) =>
        new((_status.IsEmpty ? null : _status.TextIn(result)) ?? "", (_id.IsEmpty ? null : _id.TextIn(result)) ?? "");

    private Failure NotAccepted() => new(FailureCause.Validation, $"{client.Host} does not accept the record.", "result");

    private ItemResult Unclear() => new(new Failure(
        FailureCause.Unknown, $"{client.Host} took the call, but what it says of this record is not clear: check where the results are in its answer.", "result")
    { MayHaveHappened = true });

    private static ItemResult Refused(Failure failure, string error) => new(failure with { Answer = error });

    /// <summary>What stands there, an object or a list as its JSON; empty for nothing.</summary>
    private static string RawAt(FieldPath path, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!path.Find(ref reader) || reader.TokenType is JsonTokenType.Null or JsonTokenType.False)
        {
            return "";
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var text = reader.TokenType is JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
        return text is "[]" or "{}" ? "" : text[..Math.Min(text.Length, MostAnswer)];
    }
}
