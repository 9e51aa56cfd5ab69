using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Order;

/// <summary>Looks which records of a batch stand behind open letters of their order key.</summary>
public sealed class OrderedLetters(ConsoleDatabase database)
{
    /// <param name="batch">The batch.</param>
    /// <param name="keys">The order key of each record; null where it has none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<RecordOrder> OrderAsync(FeedBatch batch, IReadOnlyList<string?> keys, CancellationToken cancellationToken)
    {
        var sync = batch.Plan.Sync;
        await using var session = await database.InTenantAsync(sync.TenantId, cancellationToken);
        var open = (await session.ListAsync<OpenLetter>("""
            select id, record_key, order_key, turn from dead_letter
            where tenant_id = @tenant and sync_id = @sync and order_key = any(@keys) and state in ('Waiting', 'Queued', 'Replaying')
            """, new { tenant = sync.TenantId, sync = sync.Id, keys = keys.OfType<string>().Distinct().ToArray() }, cancellationToken)).ToLookup(letter => letter.OrderKey);
        var recordKeys = open.Count > 0 ? batch.Mapped.TakenRecords.ToDictionary(record => record.Record, record => record.Key) : [];
        return new RecordOrder(batch, keys, record => keys[record] is { } key && open.Contains(key) && IsBehind(batch, record, [.. open[key]], recordKeys));
    }

    /// <summary>
    /// A record that comes again stands where its own letter stands, and so does the letter itself; any other stands
    /// behind them all. Letters of the batch in hand go before one another in its order.
    /// </summary>
    private static bool IsBehind(FeedBatch batch, int record, IReadOnlyList<OpenLetter> open, Dictionary<int, string> recordKeys)
    {
        if (batch.IsReplay)
        {
            return open.Any(letter => letter.Turn < batch.Claimed[record].Turn && !batch.Letters.Contains(letter.Id));
        }

        var letterKey = batch.LetterKeyOf(recordKeys.GetValueOrDefault(record, ""), record);
        var own = open.FirstOrDefault(letter => letter.RecordKey == letterKey);
        return open.Any(letter => letter != own && (own is null || letter.Turn < own.Turn));
    }

    private sealed record OpenLetter(Guid Id, string RecordKey, string OrderKey, long Turn);
}
