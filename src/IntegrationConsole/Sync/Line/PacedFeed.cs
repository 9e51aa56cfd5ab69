using System.Runtime.CompilerServices;

namespace IntegrationConsole.Sync.Line;

/// <summary>Hands a feed's batches on as quickly as the tenant's records per minute allow.</summary>
internal sealed class PacedFeed(IRecordFeed feed, TenantId tenant, RecordPace pace) : IRecordFeed
{
    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in feed.ReadAsync(cancellationToken))
        {
            try
            {
                await pace.WaitAsync(tenant, batch.Records.Count, cancellationToken);
            }
            catch
            {
                batch.Dispose();
                throw;
            }

            yield return batch;
        }
    }

    public void Tell(FeedBatch batch, TimeSpan writeTime) => feed.Tell(batch, writeTime);

    public ValueTask DisposeAsync() => feed.DisposeAsync();
}
