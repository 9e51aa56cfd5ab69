using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>
/// The records that a comparison found missing or different, read from the source once more: what they are now is what
/// is sent. Whatever else the source has passes by and is not counted.
/// </summary>
internal sealed class RepairFeed(Guid reconciliation, ClaimedRun run, RunPlan plan, ConsoleDatabase database) : IRecordFeed
{
    public async IAsyncEnumerable<FeedBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(cancellationToken);
        var size = plan.Mapping.IsOneToOne || plan.Mapping.IsGrouping ? SourceFeed.BatchSize : SourceFeed.BatchSizeOfMany;
        var request = new ReadRequest(plan.Sync.SourceStream, ReadMode.Full, null, run.Checkpoint, size) { SameBatches = plan.Mapping.IsGrouping };
        var first = run.Counts.Read;
        await foreach (var records in plan.Source.ReadAsync(plan.SourceConnection, request, cancellationToken))
        {
            using (records)
            {
                if (Some(records, keys, cancellationToken) is { } some)
                {
                    yield return new FeedBatch(plan, some, plan.Mapping.Apply(some, cancellationToken), "", [], TimeSpan.Zero, TimeSpan.Zero) { First = first };
                    first += some.Count;
                }
            }
        }
    }

    /// <summary>What is repaired is little beside what is read for it.</summary>
    public void Tell(FeedBatch batch, TimeSpan writeTime)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <returns>The wanted records of a batch; null where there are none.</returns>
    private RecordBatch? Some(RecordBatch records, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var mapped = plan.Mapping.Apply(records, cancellationToken);
        var rows = new HashSet<int>();
        for (var row = 0; row < mapped.Rows.Count; row++)
        {
            if (keys.Contains(mapped.Rows.KeyOf(row)))
            {
                rows.Add(row);
            }
        }

        // One whose row has such a key goes whole; so do all records of one row.
        var wanted = rows.Count == 0 ? [] : mapped.TakenRecords.Where(taken => Enumerable.Range(taken.Row, taken.Rows).Any(rows.Contains)).Select(taken => taken.Record).Order().ToList();
        if (wanted.Count == 0)
        {
            return null;
        }

        var some = new RecordBatch { Checkpoint = records.Checkpoint, Expected = keys.Count };
        foreach (var record in wanted)
        {
            some.Add(records[record].Span);
        }

        return some;
    }

    private async Task<HashSet<string>> KeysAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        return [.. await session.ListAsync<string>(
            "select record_key from reconciliation_key where tenant_id = @tenant and reconciliation_id = @reconciliation and kind in ('Missing', 'Different')",
            new { tenant = run.Tenant, reconciliation }, cancellationToken)];
    }
}
