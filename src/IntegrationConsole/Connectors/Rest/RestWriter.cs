using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends the rows of one run, one or many in a call.</summary>
internal sealed class RestWriter(RestClient client, RestWritePlan plan) : IDestinationWriter
{
    private readonly SingleSends _singles = new(client, plan);
    private readonly BatchSends _batches = new(client, plan);
    private readonly RestLookup _lookup = new(client, plan);

    public SendTerms? Terms { get; } = new(
        !plan.IsCreate, plan.Stream.IdempotencyHeader.Length > 0, plan.Lookup is not null, plan.Stream.SendUnchanged,
        plan.Stream.Sending is RestSending.Single ? 1 : plan.Stream.BatchSize, plan.Stream.ParallelCalls);

    public Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken) =>
        plan.Stream.Sending is RestSending.Single
            ? _singles.WriteAsync(rows, start, count, token, cancellationToken)
            : _batches.WriteAsync(rows, start, count, token, cancellationToken);

    public Task<Finding> AskAsync(RowBatch rows, int row, CancellationToken cancellationToken) => _lookup.AskAsync(rows, row, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
