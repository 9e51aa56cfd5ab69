using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Sends;

/// <summary>
/// Finds out what became of calls that were sent and not answered, at a destination where a second call would make a
/// second record: asks it where it can be asked, sends the same call again where it would know it, and otherwise leaves
/// the question to a person.
/// </summary>
/// <param name="name">Names the destination in sentences.</param>
internal sealed class Settlement(SendLedger ledger, SendScope scope, SendTerms terms, IDestinationWriter writer, string name)
{
    /// <summary>Before the line sends anything: what an earlier attempt or run left without an answer.</summary>
    public async Task SettleAsync(RowBatch rows, IReadOnlyList<Send> pending, RowTally tally, CancellationToken cancellationToken)
    {
        pending = await TakeBackAsync(rows, pending, tally, cancellationToken);
        var findings = terms.CanAsk ? await AskAsync(rows, pending, cancellationToken) : [];
        var found = new List<SendAnswer>();
        for (var index = 0; index < pending.Count; index++)
        {
            var send = pending[index];
            var finding = findings.Length > 0 ? findings[index] : null;
            send.Step = StepOf(send, finding, pending);
            if (send.Step is SendStep.Known)
            {
                send.GoAsBefore();
                var receipt = new Receipt(finding is null ? "discarded" : "found", finding?.Id ?? "");
                send.Entry = send.Entry! with { Receipt = receipt, IsStep = scope.IsInSteps && finding is not null };
                found.Add(new SendAnswer(send, SendState.Taken, receipt));
            }
            else if (finding?.Failure is { IsSystemic: true } systemic)
            {
                // Asked again by the next attempt: nothing is sent before that.
                tally.Stopped ??= systemic;
            }
            else if (send.Step is SendStep.Open)
            {
                tally.Fail(send.Row, Unsettled(send, finding));
            }
        }

        await ledger.SettleAsync(scope, found, cancellationToken);
    }

    /// <summary>
    /// After a call: where the destination can be asked, what it heard is known at once. What it has not is sent again
    /// only where the call cannot be on its way any more.
    /// </summary>
    public async Task SettleLostAsync(
        RowBatch part, IReadOnlyList<Send> sends, RowTally fates, Func<RowBatch, RowTally, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var lost = terms.IsRepeatable ? [] : fates.Failures.Where(failed => failed.Value.MayHaveHappened).Select(failed => failed.Key).Order().ToList();
        if (lost.Count == 0)
        {
            return;
        }

        var again = new List<int>();
        if (terms.CanAsk && fates.Stopped is null)
        {
            var findings = await AskAsync(part, [.. lost.Select(index => new Send(index, "", "", [], false))], cancellationToken);
            for (var index = 0; index < lost.Count; index++)
            {
                if (findings[index] is { Failure: null, Presence: Presence.Same } finding)
                {
                    fates.Find(lost[index], new Receipt("found", finding.Id));
                }
                else if (findings[index] is { Failure: null, Presence: Presence.Absent } && !MayStillArrive(fates.Failures[lost[index]]) && terms.RowsInCall == 1)
                {
                    again.Add(lost[index]);
                }
            }
        }

        if (again.Count > 0)
        {
            var second = part.Pick(again);
            second.Calls = [.. again.Select(index => part.Calls![index])];
            var fatesOfSecond = new RowTally(second.Count);
            await write(second, fatesOfSecond, cancellationToken);
            fates.Take(fatesOfSecond, again);
        }

        foreach (var index in lost.Where(index => fates.Failures.TryGetValue(index, out var failure) && failure.MayHaveHappened))
        {
            fates.Failures[index] = fates.Failures[index] with { Sentence = $"{fates.Failures[index].Sentence} {Advice}" };
        }
    }

    /// <summary>What was being taken back when a node went away is told so again: it makes no difference where it is gone.</summary>
    /// <returns>Those that are settled in other ways.</returns>
    private async Task<IReadOnlyList<Send>> TakeBackAsync(RowBatch rows, IReadOnlyList<Send> pending, RowTally tally, CancellationToken cancellationToken)
    {
        var half = pending.Where(send => send.Entry!.State is SendState.TakingBack).ToList();
        foreach (var send in half)
        {
            var failure = writer.CanTakeBack ? await writer.TakeBackAsync(rows, send.Row, send.Entry!.Receipt.Id ?? "", cancellationToken) : Undecided;
            if (failure is null)
            {
                await ledger.StepAsync(scope, send, StepKind.TakenBack, "", cancellationToken);
                send.Entry = send.Entry! with { State = SendState.TakenBack };
                send.Step = SendStep.Send;
            }
            else
            {
                send.Step = SendStep.Open;
                tally.Fail(send.Row, failure with { Sentence = $"{name} was told to take this back, and whether it did is not known. {failure.Sentence}" });
                tally.Stopped ??= failure.IsSystemic ? failure : null;
            }
        }

        return half.Count == 0 ? pending : [.. pending.Except(half)];
    }

    private static Failure Undecided => new(FailureCause.Configuration, "The stream has no path to take a record back any more.", "take-back");

    private SendStep StepOf(Send send, Finding? finding, IReadOnlyList<Send> pending)
    {
        if (finding is not null)
        {
            return finding.Failure is not null ? SendStep.Open
                : finding.Presence is Presence.Absent ? Afresh(send)
                : finding.Presence is Presence.Same ? SendStep.Known
                : send.IsSameAsBefore ? SendStep.Open : SendStep.Send;
        }

        return send.Entry!.IsClosedByHand ? (send.IsSameAsBefore ? SendStep.Known : SendStep.Send)
            : send.IsDecided ? Afresh(send)
            : terms.HonoursKeys && IsRepeatedWhole(send, pending) ? SendStep.Again
            : SendStep.Open;
    }

    /// <summary>With the key of the first time, if possible: should that call be on its way still, the destination may know this one by it.</summary>
    private SendStep Afresh(Send send) => send.IsSameAsBefore && terms.RowsInCall == 1 ? SendStep.Again : SendStep.Send;

    private bool IsRepeatedWhole(Send send, IReadOnlyList<Send> pending) => terms.RowsInCall == 1
        ? send.IsSameAsBefore
        : SendNames.IsWholeCall(scope, terms, [.. pending.Where(other => other.Entry!.Call.AsSpan().SequenceEqual(send.Entry!.Call))]);

    private async Task<Finding[]> AskAsync(RowBatch rows, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var findings = new Finding[sends.Count];
        await Parallel.ForAsync(
            0, sends.Count, new ParallelOptions { MaxDegreeOfParallelism = terms.CallsAtOnce, CancellationToken = cancellationToken },
            async (index, token) => findings[index] = await writer.AskAsync(rows, sends[index].Row, token));
        return findings;
    }

    /// <summary>Whoever gave up waiting, we or something on the way, does not know whether the system is still at it.</summary>
    private static bool MayStillArrive(Failure failure) => failure.Cause is FailureCause.Timeout || failure.Code is "502" or "504";

    private Failure Unsettled(Send send, Finding? finding)
    {
        var when = send.Entry!.SentAt.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var lost = $"{name} was sent this record on {when}, and the answer was lost.";
        var sentence = finding switch
        {
            { Failure: { } failure } => $"{lost} It could not be asked for it: {failure.Sentence} {Advice}",
            { } => $"{lost} It has the record with other values in {string.Join(", ", finding.Fields)}. Compare the two: if the one there is right, discard this letter; otherwise correct it there.",
            null when !send.IsSameAsBefore => $"An earlier version of this record was sent to {name} on {when}, and the answer was lost. {Look}",
            null when terms.HonoursKeys => $"{name} was sent this record on {when} together with others that do not come again as they were, and the answer was lost. {Look}",
            null => $"{lost} {Look}",
        };
        return new Failure(finding is { Failure: null } ? FailureCause.Conflict : FailureCause.Unknown, sentence, "unsettled") { MayHaveHappened = true, IsRetryable = false };
    }

    private string Advice => terms.CanAsk ? "It is asked for the record before that is sent again, by the next run or by a replay."
        : terms.HonoursKeys ? "The next run or a replay sends the same call again, by whose idempotency key it knows whether it has it."
        : Look;

    private static string Look => "Look whether it is there: if it is, discard this letter; if not, replay it together with the letters whose answer was lost.";
}
