using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends each row in a call of its own, several at the same time. Rows with the same key follow each other in their order.</summary>
internal sealed class SingleSends(RestClient client, RestWritePlan plan, CallPlaces places)
{
    private readonly RestSend _send = new(client, plan);
    private readonly RowBody _body = new(plan.Fields);
    private readonly FieldPath _id = FieldPath.Parse(plan.Stream.AnswerIdPath);

    public static Failure Stopped { get; } = new(FailureCause.TargetDown, "The run was stopped before this record was sent.", "stopped");

    public async Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, WriteTrail trail, CancellationToken cancellationToken)
    {
        var tally = new WriteTally(start, count, places);
        var chains = new RowChains(rows, start, count);
        await Parallel.ForEachAsync(
            trail.Follow(chains.Heads),
            new ParallelOptions { MaxDegreeOfParallelism = places.Tasks, CancellationToken = CancellationToken.None },
            async (head, _) =>
            {
                for (var row = head; row >= 0 && !tally.IsOver; row = chains.After(row))
                {
                    using var place = tally.Place();
                    if (!await place.TakeAsync(CancellationToken.None))
                    {
                        return;
                    }

                    if (cancellationToken.IsCancellationRequested)
                    {
                        tally.End(Stopped);
                        return;
                    }

                    await SendAsync(place, rows, row, token, tally, cancellationToken);
                }
            });
        if (plan.IsRepeatable || !tally.MustBeTold)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        // What was made must be known even when the run is stopped, or it would be made again.
        return tally.Result();
    }

    private async Task SendAsync(CallPlace place, RowBatch rows, int row, string token, WriteTally tally, CancellationToken cancellationToken)
    {
        if (_body.ProblemWith(rows[row]) is { } problem)
        {
            tally.Fail(row, problem);
            return;
        }

        if (plan.PathOf(rows, row) is not { } path)
        {
            tally.Fail(row, plan.ProblemWithPath(rows, row));
            return;
        }

        // A call that can't be repeated is not left without its answer.
        var patience = plan.IsRepeatable ? cancellationToken : CancellationToken.None;
        var body = _body.Of(rows[row]);
        var key = plan.Stream.IdempotencyHeader.Length > 0 ? rows.Calls?[row] ?? IdempotencyKeys.OfRow(client, plan, rows.KeyOf(row), row, token, body) : "";
        var sent = await _send.SendAsync(place, client.AddressOf(path), body, key, AcceptAsync, patience);
        if (sent.Failure is { } failure)
        {
            tally.FailAlone(row, failure);
        }
        else
        {
            tally.Accept(row, sent.IsUnchanged, sent.Receipt);
        }
    }

    private async Task<Sent> AcceptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (doubt, id) = await Acceptance.ReadAsync(client, response, _id, cancellationToken);
        return new Sent(doubt) { Receipt = new Receipt(RestSend.CodeOf(response), id) };
    }
}
