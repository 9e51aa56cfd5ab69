using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends the rows of one run, one or many in a call.</summary>
internal sealed class RestWriter : IDestinationWriter
{
    private readonly RestWritePlan _plan;
    private readonly CallPlaces _places;
    private readonly TrailingWrites _trailing = new();
    private readonly SingleSends _singles;
    private readonly BatchSends _batches;
    private readonly RestLookup _lookup;
    private readonly RestTakeBack _takeBack;

    public RestWriter(RestClient client, RestWritePlan plan)
    {
        _plan = plan;
        _places = new CallPlaces(plan.Stream.ParallelCalls);
        _singles = new SingleSends(client, plan, _places);
        _batches = new BatchSends(client, plan, _places);
        _lookup = new RestLookup(client, plan, _places);
        _takeBack = new RestTakeBack(client, plan, _places);
        Terms = new SendTerms(
            !plan.IsCreate, plan.Stream.IdempotencyHeader.Length > 0, plan.Lookup is not null, plan.Stream.SendUnchanged,
            plan.Stream.Sending is RestSending.Single ? 1 : plan.Stream.BatchSize, plan.Stream.ParallelCalls);
    }

    public SendTerms? Terms { get; }

    public TrailingWrites? Trailing => _plan.IsRepeatable ? _trailing : null;

    public async Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken)
    {
        using var trail = new WriteTrail(_trailing);
        return _plan.Stream.Sending is RestSending.Single
            ? await _singles.WriteAsync(rows, start, count, token, trail, cancellationToken)
            : await _batches.WriteAsync(rows, start, count, token, trail, cancellationToken);
    }

    public Task<Finding> AskAsync(RowBatch rows, int row, CancellationToken cancellationToken) => _lookup.AskAsync(rows, row, cancellationToken);

    public bool CanTakeBack => _plan.TakeBack is not null;

    /// <summary>A create makes; of a call that creates or changes, 201 says which it was, and "found" that nobody heard it.</summary>
    public bool IsMade(Receipt receipt) => _plan.IsCreate || receipt.Status == "201";

    public Task<Failure?> TakeBackAsync(RowBatch rows, int row, string id, CancellationToken cancellationToken) => _takeBack.RunAsync(rows, row, id, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _places.Dispose();
        return ValueTask.CompletedTask;
    }
}
