using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Credentials;

namespace IntegrationConsole.Sync.DryRuns;

/// <summary>The last records of a source, as far as somebody waits for them.</summary>
/// <param name="Records">In the source's order, each with why it could not be read; null for the usual ones.</param>
/// <param name="Read">How many were read to get to them.</param>
/// <param name="ReachedEnd">Whether the source has no more; otherwise later ones were not looked at.</param>
/// <param name="Failure">Why reading stopped early; null where it did not.</param>
public sealed record RecentRecords(IReadOnlyCollection<(byte[] Record, Failure? Problem)> Records, long Read, bool ReachedEnd, Failure? Failure);

/// <summary>
/// Reads a source from its beginning and keeps the last records: sources hand out their records in one direction only.
/// How many are kept, their bytes, and how far it reads are limited.
/// </summary>
public sealed class RecentRecordReader(ConnectionOpener connections, ConnectorCatalog catalog, TimeProvider clock)
{
    /// <summary>A source of more is not read to its end for a trial.</summary>
    public const int MostRead = 100_000;

    private const int BatchSize = 1_000;
    private const long MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Never throws for what the outside does.</summary>
    /// <param name="progress">Told how many records were read so far.</param>
    public async Task<RecentRecords> ReadAsync(SyncDefinition sync, int count, Action<long> progress, CancellationToken cancellationToken)
    {
        using var waiting = new CancellationTokenSource(Patience, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, waiting.Token);
        var kept = new LastRecords(count);
        var name = "The source";
        try
        {
            var connection = await connections.OpenForTrialAsync(sync.TenantId, sync.SourceConnectionId, cancellationToken)
                ?? throw new FailureException(new Failure(FailureCause.Configuration, "The source connection was deleted."));
            name = connection.Name;
            var source = catalog.Get(connection.Kind) as ISource
                ?? throw new FailureException(new Failure(FailureCause.Configuration, $"{connection.Name} cannot be read from."));
            await foreach (var batch in source.ReadAsync(connection, new ReadRequest(sync.SourceStream, ReadMode.Full, null, null, BatchSize), patience.Token))
            {
                using (batch)
                {
                    kept.Add(batch);
                }

                progress(kept.Read);
                if (kept.Read >= MostRead)
                {
                    return kept.Result(reachedEnd: false, null);
                }
            }

            return kept.Result(reachedEnd: true, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var slow = kept.Read > 0 ? null : new Failure(FailureCause.Timeout, $"{name} did not send a record within {Patience.TotalMinutes:0} minutes.");
            return kept.Result(reachedEnd: false, slow);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The border of a request to an outside system.
            return kept.Result(reachedEnd: false, FailureClassifier.Classify(problem, name));
        }
    }

    /// <summary>Forgets the oldest when a newer one needs the room.</summary>
    private sealed class LastRecords(int count)
    {
        private readonly Queue<(byte[] Record, Failure? Problem)> _records = new();
        private long _bytes;

        public long Read { get; private set; }

        public void Add(RecordBatch batch)
        {
            // Of a batch only its end can stay.
            for (var index = Math.Max(0, batch.Count - count); index < batch.Count; index++)
            {
                var record = batch[index].ToArray();
                _records.Enqueue((record, batch.ProblemOf(index)));
                _bytes += record.Length;
                while (_records.Count > count || (_bytes > MostBytes && _records.Count > 1))
                {
                    _bytes -= _records.Dequeue().Record.Length;
                }
            }

            Read += batch.Count;
        }

        public RecentRecords Result(bool reachedEnd, Failure? failure) => new(_records, Read, reachedEnd, failure);
    }
}
