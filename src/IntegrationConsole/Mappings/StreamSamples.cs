using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Mappings;

/// <summary>The first records of a stream, as they are now.</summary>
/// <param name="Failure">Why there are none; null when they could be read.</param>
public sealed record StreamSample(IReadOnlyList<byte[]> Records, Failure? Failure)
{
    public IReadOnlyList<SampleValue> Shape => SampleShape.Of(Parsed());

    public SampleProfile Profile => SampleProfile.Of(Parsed());

    /// <summary>Those of the records that are JSON.</summary>
    public IEnumerable<JsonElement> Parsed()
    {
        foreach (var record in Records)
        {
            JsonElement? parsed = null;
            try
            {
                parsed = JsonSerializer.Deserialize<JsonElement>(record);
            }
            catch (JsonException)
            {
                // A record that is not JSON has no shape to learn from; the preview shows what is wrong with it.
            }

            if (parsed is { } known)
            {
                yield return known;
            }
        }
    }
}

/// <summary>Reads samples for people who configure, straight from the outside system.</summary>
public sealed class StreamSamples(ConnectionOpener connections, ConnectorCatalog catalog)
{
    /// <summary>Longer than this nobody waits in front of a form.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Never throws for what the outside does.</summary>
    public async Task<StreamSample> ReadAsync(TenantId tenant, Guid connectionId, string stream, int count, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var records = new List<byte[]>();
        Failure? unreadable = null;
        var good = 0;
        var name = "The source";
        try
        {
            var connection = await connections.OpenForTrialAsync(tenant, connectionId, cancellationToken)
                ?? throw new FailureException(new Failure(FailureCause.Configuration, "The source connection was deleted."));
            name = connection.Name;
            var source = catalog.Get(connection.Kind) as ISource
                ?? throw new FailureException(new Failure(FailureCause.Configuration, $"{connection.Name} cannot be read from."));
            await foreach (var batch in source.ReadAsync(connection, new ReadRequest(stream, ReadMode.Full, null, null, count), patience.Token))
            {
                using (batch)
                {
                    for (var index = 0; index < batch.Count && records.Count < count; index++)
                    {
                        records.Add(batch[index].ToArray());
                        good += batch.ProblemOf(index) is null ? 1 : 0;
                        unreadable ??= batch.ProblemOf(index);
                    }
                }

                if (records.Count >= count)
                {
                    break;
                }
            }

            // Some that cannot be read are for the run to set aside; where all are, the source is not set up as it should be.
            return new StreamSample(records, good == 0 ? unreadable : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StreamSample(records, records.Count > 0 ? null : new Failure(FailureCause.Timeout, $"{name} did not send a record within {Patience.TotalSeconds:0} seconds."));
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The border of a request to an outside system.
            return new StreamSample(records, FailureClassifier.Classify(problem, name));
        }
    }

    /// <summary>What the destination says of its fields; empty where only records can tell, or where it does not exist yet.</summary>
    public async Task<(IReadOnlyList<StreamField> Fields, Failure? Failure)> DescribeAsync(TenantId tenant, Guid connectionId, string stream, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await connections.OpenForTrialAsync(tenant, connectionId, cancellationToken);
            return connection is null ? ([], null) : (await catalog.Get(connection.Kind).DescribeAsync(connection, stream, cancellationToken), null);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], FailureClassifier.Classify(problem, "The destination"));
        }
    }
}
