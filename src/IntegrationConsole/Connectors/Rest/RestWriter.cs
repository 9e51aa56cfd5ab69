using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends the rows of one run, one or many in a call.</summary>
internal sealed class RestWriter(RestClient client, RestWritePlan plan) : IDestinationWriter
{
    private readonly SingleSends _singles = new(client, plan);
    private readonly BatchSends _batches = new(client, plan);

    public Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken) =>
        plan.Stream.Sending is RestSending.Single
            ? _singles.WriteAsync(rows, start, count, token, cancellationToken)
            : _batches.WriteAsync(rows, start, count, token, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
