using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Sends;

/// <summary>
/// Writes rows to a destination that takes them by calls: intent, call, answer. What the ledger knows as taken is not
/// sent; what was sent and not answered is settled before anything else is done with its record.
/// </summary>
/// <param name="write">Hands rows to the destination, splitting what is refused as a whole.</param>
internal sealed class LedgeredWrite(
    SendLedger ledger, SendScope scope, SendTerms terms, Settlement settlement, Func<RowBatch, RowTally, CancellationToken, Task> write)
{
    public async Task WriteAsync(RowBatch rows, IReadOnlyList<Send> sends, RowTally tally, CancellationToken cancellationToken)
    {
        foreach (var wave in Waves(sends))
        {
            if (tally.Stopped is null)
            {
                await WriteWaveAsync(rows, wave, tally, cancellationToken);
            }
        }
    }

    /// <summary>Of several rows with one key the later ones follow when the answers of the earlier ones are known.</summary>
    private static List<List<Send>> Waves(IReadOnlyList<Send> sends)
    {
        var met = new Dictionary<string, int>(sends.Count);
        var waves = new List<List<Send>>();
        foreach (var send in sends)
        {
            var wave = met[send.Key] = met.GetValueOrDefault(send.Key, -1) + 1;
            if (wave == waves.Count)
            {
                waves.Add(new List<Send>(wave == 0 ? sends.Count : 4));
            }

            waves[wave].Add(send);
        }

        return waves;
    }

    private async Task WriteWaveAsync(RowBatch rows, IReadOnlyList<Send> wave, RowTally tally, CancellationToken cancellationToken)
    {
        var ready = await ledger.LookAsync(scope, terms, wave, cancellationToken);
        if (wave.Any(send => send.Step is SendStep.Settle))
        {
            await settlement.SettleAsync(rows, [.. wave.Where(send => send.Step is SendStep.Settle)], tally, cancellationToken);
            ready = tally.Stopped is null ? await ledger.IntendAsync(scope, terms, wave, cancellationToken) : [];
        }

        foreach (var send in wave.Where(send => send.Step is SendStep.Known))
        {
            tally.Know(send.Row);
        }

        if (ready.Count > 0)
        {
            await SendAsync(rows, ready, tally, cancellationToken);
        }
    }

    private async Task SendAsync(RowBatch rows, IReadOnlyList<Send> ready, RowTally tally, CancellationToken cancellationToken)
    {
        var isAll = ready.Count == rows.Count && ready.Select((send, index) => send.Row == index).All(isInPlace => isInPlace);
        var part = isAll ? rows : rows.Pick([.. ready.Select(send => send.Row)]);
        part.Calls = [.. ready.Select(send => Convert.ToHexStringLower(send.Call))];
        var fates = new RowTally(part.Count);
        try
        {
            await write(part, fates, cancellationToken);
        }
        catch (OperationCanceledException) when (!terms.IsRepeatable && !terms.HonoursKeys)
        {
            // Such a call is not left without its answer: what has none was never sent.
            await AnswerAsync(ready, fates);
            throw;
        }

        await settlement.SettleLostAsync(part, ready, fates, write, cancellationToken);
        await AnswerAsync(ready, fates);
        tally.Take(fates, [.. ready.Select(send => send.Row)]);
    }

    /// <summary>Saved even while the node stops: what is known need not be asked for again.</summary>
    private Task AnswerAsync(IReadOnlyList<Send> ready, RowTally fates) =>
        ledger.AnswerAsync(scope, [.. ready.Select((send, index) => AnswerOf(send, index, fates)).OfType<SendAnswer>()], CancellationToken.None);

    private static SendAnswer? AnswerOf(Send send, int index, RowTally fates) =>
        fates.Failures.GetValueOrDefault(index) is not { } failure
            ? fates.IsOpen(index) ? new SendAnswer(send, SendState.Refused, default) : new SendAnswer(send, SendState.Taken, fates.Receipts.GetValueOrDefault(index))
            : failure.MayHaveHappened ? null
            : new SendAnswer(send, SendState.Refused, new Receipt(failure.Code, ""));
}
