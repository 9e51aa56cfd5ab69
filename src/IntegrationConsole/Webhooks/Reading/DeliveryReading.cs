using System.Globalization;
using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Webhooks.Reading;

/// <summary>
/// Reads an endpoint's deliveries in the order of their numbers, which is the order in which they were committed: what is
/// behind the last one read is new, and nothing appears before it later on.
/// </summary>
internal sealed class DeliveryReading(DeliveryStore deliveries, WebhookEndpoint endpoint, ReadRequest request, int mostRecordBytes, TimeProvider clock)
{
    private const int Ahead = 500;

    /// <summary>Bodies that are in memory at the same time, beside one that is larger.</summary>
    private const int AheadBytes = 8 * 1024 * 1024;

    private readonly DeliveryRecords _records = new(FieldPath.Parse(endpoint.Rules.Records), mostRecordBytes);
    private readonly bool _isIncremental = request.Mode is ReadMode.Incremental;
    private readonly long _until = request.Until is { } until ? DeliveryPlace.Cursor(until) : long.MaxValue;

    private readonly long _cursor = request.Cursor is { } cursor ? DeliveryPlace.Cursor(cursor) : 0;

    private DeliveryPlace _place = Start(request);
    private long _group;

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var batch = new BatchBuilder(() => request.BatchSizeNow, request.SameBatches, clock);
        while (await NextAsync(cancellationToken) is { Count: > 0 } next)
        {
            foreach (var (delivery, content) in next)
            {
                // What became visible together is read together: a batch that is read again has the same records, although
                // more have arrived behind them since.
                if (request.SameBatches && batch.Count > 0 && delivery.GroupSeq != _group)
                {
                    yield return Take(batch);
                }

                _group = delivery.GroupSeq;
                for (var done = false; !done;)
                {
                    var records = content is null ? null : _records.AddTo(batch, delivery, content, _place.Seq == delivery.Seq ? _place.Records ?? 0 : 0);
                    _place = new DeliveryPlace(delivery.Seq, records);
                    done = records is null;
                    if (!done || batch.IsDue)
                    {
                        yield return Take(batch);
                    }
                }
            }
        }

        // The last one may hold no record and bring only the number of the last delivery.
        if (batch.Count > 0 || _isIncremental)
        {
            yield return Take(batch);
        }
    }

    private static DeliveryPlace Start(ReadRequest request) =>
        request.Checkpoint is { } checkpoint ? DeliveryPlace.Parse(checkpoint)
            : request.Since is { } since ? DeliveryPlace.Behind(DeliveryPlace.Cursor(since) - 1)
            : DeliveryPlace.Behind(request is { Mode: ReadMode.Incremental, Cursor: { } cursor } ? DeliveryPlace.Cursor(cursor) : 0);

    /// <summary>The cursor is the last delivery that was read to its end, and never goes back.</summary>
    private RecordBatch Take(BatchBuilder batch)
    {
        var read = _place.Records is null ? _place.Seq : _place.Seq - 1;
        return batch.Take(_place.ToString(), _isIncremental ? Math.Max(read, _cursor).ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>The next deliveries, as many as fit into memory; without content where nobody is to read them.</summary>
    private async Task<IReadOnlyList<(Delivery Delivery, DeliveryContent? Content)>> NextAsync(CancellationToken cancellationToken)
    {
        var facts = await deliveries.ListFromAsync(endpoint.TenantId, endpoint.Id, _place.Next, _until, Ahead, cancellationToken);
        var bytes = 0L;
        var fits = facts.TakeWhile((delivery, index) => (bytes += delivery.Size) <= AheadBytes || index == 0).ToList();
        if (fits.Count == 0)
        {
            return [];
        }

        var contents = await deliveries.OpenAsync(endpoint.TenantId, endpoint.Id, fits[0].Seq, fits[^1].Seq, cancellationToken);
        return [.. fits.Select(delivery => (delivery, delivery.Trial ? null : contents.GetValueOrDefault(delivery.Id)))];
    }
}
