using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Sends;

/// <summary>
/// Writes rows to a destination that takes them by calls: intent, call, answer. What the ledger knows as taken is not
/// sent; what was sent and not answered is settled before anything else is done with its record.
/// </summary>
/// <param name="isMade">Whether what came back says that a row was made, and was not there before.</param>
/// <param name="write">Hands rows to the destination, splitting what is refused as a whole.</param>
internal sealed class LedgeredWrite(
    SendLedger ledger, SendScope scope, SendTerms terms, Settlement settlement, Func<Receipt, bool> isMade, Func<RowBatch, RowTally, CancellationToken, Task> write)
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
    private static List<IReadOnlyList<Send>> Waves(IReadOnlyList<Send> sends)
    {
        if (sends.All(send => send.IsNew))
        {
            return [sends];
        }

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

        return [.. waves];
    }

    private async Task WriteWaveAsync(RowBatch rows, IReadOnlyList<Send> wave, RowTally tally, CancellationToken cancellationToken)
    {
        var parcel = await ledger.LookAsync(scope, terms, wave, cancellationToken);
        if (wave.Any(send => send.Step is SendStep.Settle))
        {
            await settlement.SettleAsync(rows, [.. wave.Where(send => send.Step is SendStep.Settle)], tally, cancellationToken);
            parcel = tally.Stopped is null ? await ledger.IntendAsync(scope, terms, wave, cancellationToken) : SendParcel.None;
        }

        foreach (var send in wave.Where(send => send.Step is SendStep.Known))
        {
            var receipt = send.Entry!.Receipt;
            tally.Know(send.Row, receipt);
            if (scope.IsInSteps && send.Entry.IsStep && isMade(receipt))
            {
                tally.Steps[send.Row] = send;
            }
        }

        if (parcel.Sends.Count > 0)
        {
            await SendAsync(rows, parcel, tally, cancellationToken);
        }
    }

    private async Task SendAsync(RowBatch rows, SendParcel parcel, RowTally tally, CancellationToken cancellationToken)
    {
        int[] numbers = [.. parcel.Sends.Select(send => send.Row)];
        var isAll = numbers.Length == rows.Count && numbers.AsSpan().SequenceEqual([.. Enumerable.Range(0, rows.Count)]);
        var part = isAll ? rows : rows.Pick(numbers);
        part.Calls = CallsOf(parcel.Sends);
        var fates = new RowTally(part.Count);
        try
        {
            await write(part, fates, cancellationToken);
        }
        catch (OperationCanceledException) when (!terms.IsRepeatable && !terms.HonoursKeys)
        {
            // Such a call is not left without its answer: what has none was never sent.
            await AnswerAsync(parcel, fates);
            throw;
        }

        await settlement.SettleLostAsync(part, parcel.Sends, fates, write, cancellationToken);
        await AnswerAsync(parcel, fates);
        tally.Take(fates, numbers);
        if (scope.IsInSteps)
        {
            for (var at = 0; at < numbers.Length; at++)
            {
                if (fates.Receipts.TryGetValue(at, out var receipt) && isMade(receipt))
                {
                    tally.Steps[numbers[at]] = parcel.Sends[at];
                }
            }
        }
    }

    /// <summary>Rows of one call share its name.</summary>
    private static string[] CallsOf(IReadOnlyList<Send> sends)
    {
        var names = new string[sends.Count];
        for (var at = 0; at < names.Length; at++)
        {
            names[at] = at > 0 && sends[at].Call.AsSpan().SequenceEqual(sends[at - 1].Call) ? names[at - 1] : Convert.ToHexStringLower(sends[at].Call);
        }

        return names;
    }

    /// <summary>Saved even while the node stops: what is known need not be asked for again.</summary>
    private Task AnswerAsync(SendParcel parcel, RowTally fates) =>
        ledger.AnswerAsync(scope, parcel, [.. parcel.Sends.Select((send, index) => AnswerOf(send, index, fates))], CancellationToken.None);

    /// <summary>Of a call that went again, only what the destination says of the record itself says anything of the first time.</summary>
    private static SendAnswer AnswerOf(Send send, int index, RowTally fates)
    {
        if (fates.Failures.GetValueOrDefault(index) is not { } failure)
        {
            return !fates.IsOpen(index) ? new SendAnswer(send, SendState.Taken, fates.Receipts.GetValueOrDefault(index))
                : new SendAnswer(send, send.Step is SendStep.Again ? SendState.Sent : SendState.Refused, default);
        }

        var isDenied = failure.Cause.IsOfARecord && failure.Cause is not FailureCause.Conflict;
        return failure.MayHaveHappened || (send.Step is SendStep.Again && !isDenied)
            ? new SendAnswer(send, SendState.Sent, default)
            : new SendAnswer(send, SendState.Refused, new Receipt(failure.Code, ""));
    }
}
