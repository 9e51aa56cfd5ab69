using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends many rows in a call. Calls go at the same time only while no key is in two of them.</summary>
internal sealed class BatchSends(RestClient client, RestWritePlan plan, CallPlaces places)
{
    private readonly RestSend _send = new(client, plan);
    private readonly RowBody _body = new(plan.Fields);
    private readonly ItemResults? _items = plan.Stream.ResultsPath.Length > 0 ? new ItemResults(client, plan.Stream) : null;

    public async Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, WriteTrail trail, CancellationToken cancellationToken)
    {
        var tally = new WriteTally(start, count, places);
        var isOrdered = plan.HasKey && new RowChains(rows, start, count).Heads.Count < count;
        var calls = Calls(rows, start, count);
        await Parallel.ForEachAsync(
            trail.Follow(calls),
            new ParallelOptions { MaxDegreeOfParallelism = isOrdered ? 1 : places.Tasks, CancellationToken = CancellationToken.None },
            async (call, _) => await SendAsync(rows, call.Start, call.Count, token, tally, isWhole: calls.Count == 1, cancellationToken));
        if (plan.IsRepeatable || !tally.MustBeTold)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return tally.Result();
    }

    /// <summary>As many rows as fit, and where a ledger is kept, those that it names together.</summary>
    private List<(int Start, int Count)> Calls(RowBatch rows, int start, int count)
    {
        var calls = new List<(int Start, int Count)>();
        for (var row = start; row < start + count;)
        {
            var first = row++;
            while (row < start + count && row - first < plan.Stream.BatchSize && (rows.Calls is not { } named || named[row] == named[first]))
            {
                row++;
            }

            calls.Add((first, row - first));
        }

        return calls;
    }

    /// <param name="isWhole">These are all rows of the write: who asked for it splits them if need be.</param>
    private async Task SendAsync(RowBatch rows, int start, int count, string token, WriteTally tally, bool isWhole, CancellationToken cancellationToken)
    {
        using var place = tally.Place();
        if (!await place.TakeAsync(CancellationToken.None))
        {
            return;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            tally.End(SingleSends.Stopped);
        }

        var numbers = tally.IsOver ? [] : Sendable(rows, start, count, tally);
        if (numbers.Count == 0)
        {
            return;
        }

        var address = client.AddressOf(plan.Path.Fill(_ => null)!);
        var key = rows.Calls is { } calls ? IdempotencyKeys.OfCall(calls, start, count) : IdempotencyKeys.OfRows(client, plan, token, start, count);
        var patience = plan.IsRepeatable ? cancellationToken : CancellationToken.None;
        var sent = await _send.SendAsync(
            place, address, _body.Of(rows, numbers, plan.Stream.WrapperProperty), key, (response, token) => AcceptAsync(response, numbers.Count, token), patience);
        if (sent.Failure is { MayHaveHappened: false, IsSystemic: false, Cause: not FailureCause.Timeout } && !isWhole)
        {
            // The halves take places of their own.
            place.Dispose();
            await HalveAsync(rows, start, count, token, tally, sent.Failure, cancellationToken);
            return;
        }

        Record(numbers, sent, tally);
    }

    private List<int> Sendable(RowBatch rows, int start, int count, WriteTally tally)
    {
        var numbers = new List<int>(count);
        for (var row = start; row < start + count; row++)
        {
            if (_body.ProblemWith(rows[row]) is { } problem)
            {
                tally.Fail(row, problem);
            }
            else
            {
                numbers.Add(row);
            }
        }

        return numbers;
    }

    /// <summary>One row is at fault, and its neighbours are not to suffer for it.</summary>
    private async Task HalveAsync(RowBatch rows, int start, int count, string token, WriteTally tally, Failure failure, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            tally.Fail(start, failure);
            return;
        }

        await SendAsync(rows, start, count / 2, token, tally, isWhole: false, cancellationToken);
        await SendAsync(rows, start + (count / 2), count - (count / 2), token, tally, isWhole: false, cancellationToken);
    }

    private void Record(List<int> numbers, Sent sent, WriteTally tally)
    {
        if (sent.Failure is { } failure)
        {
            // Made or not, nobody knows: each row says so. Changes may be sent again in any other company.
            if (failure.MayHaveHappened && plan.IsCreate)
            {
                numbers.ForEach(row => tally.Fail(row, failure));
            }

            tally.End(failure with { MayHaveHappened = false });
            return;
        }

        for (var index = 0; index < numbers.Count; index++)
        {
            var item = sent.Items is null ? new ItemResult(null, sent.IsUnchanged) { Receipt = sent.Receipt } : sent.Items[index];
            if (item.Failure is { } refused)
            {
                tally.Fail(numbers[index], refused);
            }
            else
            {
                tally.Accept(numbers[index], item.IsUnchanged, item.Receipt);
            }
        }
    }

    private async Task<Sent> AcceptAsync(HttpResponseMessage response, int count, CancellationToken cancellationToken)
    {
        if (_items is not null)
        {
            return new Sent(null, Items: await _items.ReadAsync(response, count, cancellationToken));
        }

        var (doubt, _) = await Acceptance.ReadAsync(client, response, FieldPath.Document, cancellationToken);
        return (int)response.StatusCode != 207 ? new Sent(doubt) { Receipt = new Receipt(RestSend.CodeOf(response), "") }
            : new Sent(new Failure(FailureCause.Configuration, $"{client.Host} answers record by record (207): say in the connection where the results are.", "207") { MayHaveHappened = true });
    }
}
