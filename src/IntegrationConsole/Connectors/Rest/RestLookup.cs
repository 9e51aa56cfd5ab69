using System.Net;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Asks a system for the record of a row, and compares.</summary>
internal sealed class RestLookup(RestClient client, RestWritePlan plan, CallPlaces places)
{
    private const int MostAnswer = 1024 * 1024;

    private readonly FieldPath _record = FieldPath.Parse(plan.Stream.LookupRecord);
    private readonly FieldPath _id = FieldPath.Parse(plan.Stream.AnswerIdPath);

    public async Task<Finding> AskAsync(RowBatch rows, int row, CancellationToken cancellationToken)
    {
        if (plan.PathOf(plan.Lookup!, rows, row) is not { } path)
        {
            return Finding.Unasked(new Failure(FailureCause.Validation, "The record's key is empty, or cannot stand in an address.", "key"));
        }

        using var place = new CallPlace(places, places.Next());
        for (var attempt = 1; ; attempt++)
        {
            if (!await place.TakeAsync(cancellationToken))
            {
                return Finding.Unasked(places.End!);
            }

            var finding = await TryAsync(client.AddressOf(path), rows, row, cancellationToken);
            if (finding.Failure is not { } failure || !await place.WaitAsync(client.Calls.Backoff, failure, attempt, cancellationToken))
            {
                return finding;
            }
        }
    }

    private async Task<Finding> TryAsync(Uri address, RowBatch rows, int row, CancellationToken cancellationToken)
    {
        var time = client.Time();
        var succeeded = false;
        try
        {
            using var response = await client.GetAsync(address, time, cancellationToken);
            succeeded = response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;
            return response.IsSuccessStatusCode ? Judge(await ReadAsync(response, cancellationToken), rows[row])
                : succeeded ? Finding.Absent
                : Finding.Unasked(await client.ExplainAsync(response, cancellationToken));
        }
        catch (JsonException)
        {
            return Finding.Unasked(new Failure(FailureCause.Configuration, $"{client.Host} does not answer a look-up with JSON: correct the path to look up one record.", "json"));
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            return Finding.Unasked(client.Classify(problem));
        }
        finally
        {
            time.End(succeeded);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await client.OpenBodyAsync(response, cancellationToken);
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            whole.Write(buffer, 0, count);
            if (whole.Length > MostAnswer)
            {
                throw new FailureException(new Failure(FailureCause.Configuration, $"{client.Host} answers a look-up with more than a megabyte: let the path ask for one record.", "too-large"));
            }
        }

        return whole.ToArray();
    }

    private Finding Judge(byte[] answer, ReadOnlySpan<FieldValue> row)
    {
        var reader = new Utf8JsonReader(answer);
        if (answer.Length == 0 || !_record.Find(ref reader) || reader.TokenType is JsonTokenType.Null)
        {
            return Finding.Absent;
        }

        using var found = JsonDocument.ParseValue(ref reader);
        var records = found.RootElement.ValueKind is JsonValueKind.Array ? [.. found.RootElement.EnumerateArray()] : new List<JsonElement> { found.RootElement };
        Finding? nearest = null;
        foreach (var record in records.Where(record => record.ValueKind is JsonValueKind.Object))
        {
            var different = RecordComparison.Differences(plan.Fields, row, record);
            var id = _id.IsEmpty ? "" : _id.TextIn(JsonSerializer.SerializeToUtf8Bytes(record)) ?? "";
            nearest = nearest is null || different.Count < nearest.Fields.Count ? new Finding(different.Count == 0 ? Presence.Same : Presence.Different, different, id) : nearest;
        }

        return nearest ?? (records.Count == 0 ? Finding.Absent
            : Finding.Unasked(new Failure(FailureCause.Configuration, $"{client.Host} answers a look-up with something that is no record: say where the record is in that answer.", "look-up")));
    }
}
