using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Reads a stream from a place to its end: page after page, in batches that do not depend on how long the pages are.</summary>
internal sealed class RestReading(RestClient client, ReadRequest request)
{
    private readonly RestStream _stream = Readable(client.Settings.Stream(request.Stream), request.Mode);

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pager = new RestPager(client, _stream, request);
        var place = pager.Start();
        var watermark = request.Mode is ReadMode.Incremental ? new Watermark(FieldPath.Parse(_stream.CursorField), place.Watermark ?? request.Cursor) : null;
        long? expected = null;
        using var builder = new BatchBuilder(() => request.BatchSizeNow, request.SameBatches, client.Calls.Clock);
        while (!place.IsEnd)
        {
            var address = pager.AddressOf(place);
            await using var page = new RestPage(client, _stream, address, place);
            while (await page.ReadAsync(cancellationToken))
            {
                if (request.Until is { } until && page.Problem is null && !watermark!.IsBefore(page.Record.Span, until))
                {
                    continue;
                }

                // A full batch leaves when the next record is there: the last one then carries the end as its place.
                if (builder.IsFull)
                {
                    yield return Take(place with { Taken = page.Taken - 1 });
                    cancellationToken.ThrowIfCancellationRequested();
                }

                expected ??= page.Total;
                builder.Add(page.Record.Span, page.Problem);
                if (page.Problem is null)
                {
                    watermark?.Offer(page.Record.Span);
                }
            }

            expected ??= page.Total;
            place = pager.After(place, address, page.End!);
            if (!place.IsEnd && (builder.IsDue || pager.AsksAgain))
            {
                yield return Take(place);
            }
        }

        yield return Take(place);

        RecordBatch Take(RestPlace at) => builder.Take((at with { Watermark = watermark?.Text }).ToCheckpoint(), watermark?.Text, expected);
    }

    private static RestStream Readable(RestStream stream, ReadMode mode) =>
        !stream.CanRead ? throw Wrong($"The stream {stream.Name} is not set up for reading.")
            : mode is ReadMode.Incremental && !stream.IsIncremental ? throw Wrong($"The stream {stream.Name} cannot be read by changes: set its changed-since parameter and field in the connection.")
            : stream;

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "stream"));
}
