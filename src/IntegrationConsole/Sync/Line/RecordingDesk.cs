namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Saves what became of a batch while the next one is being written, one after the other and always behind the
/// destination. If the process stops, two batches at most are read again, and the destination answers that it has them.
/// Where records have no key, nothing runs ahead: what the destination cannot know again is recorded before more is sent.
/// Nor does it where records are kept in order, which depends on the letters of the batches before, or where a change
/// stream begins; nor where letters are replayed and the next ones may go only as these have left the replay: behind a
/// stage, at a pace, or when one of them failed, which may stop it.
/// </summary>
internal sealed class RecordingDesk(OutcomeRecorder recorder, RunPlan plan) : IAsyncDisposable
{
    private Task _saving = Task.CompletedTask;

    /// <summary>Takes the batch over, and gives it back to its pool when it is saved.</summary>
    public async Task TakeAsync(FeedBatch batch, BatchOutcome written, CancellationToken cancellationToken)
    {
        try
        {
            await _saving;
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        var isBeginning = batch.Records.Change is { IsBeginning: true };
        _saving = SaveAsync(batch, written, cancellationToken);
        if (plan.IsKeyless || plan.Order is not null || isBeginning || (batch.IsReplay && !(batch.RunsAhead && IsWhole(batch, written))))
        {
            await _saving;
        }
    }

    /// <summary>Everything that was taken is saved.</summary>
    public Task SettleAsync() => _saving;

    // What could not be saved is worse than whatever else ended the run: it comes out of here too.
    public async ValueTask DisposeAsync() => await _saving;

    private static bool IsWhole(FeedBatch batch, BatchOutcome written) => written is { Failures.Count: 0, Stopped: null } && batch.Mapped.Rejected.Count == 0;

    private async Task SaveAsync(FeedBatch batch, BatchOutcome written, CancellationToken cancellationToken)
    {
        using (batch)
        {
            await recorder.RecordAsync(batch, written, cancellationToken);
            if (written.IsComplete)
            {
                // Only now: what the source forgets and we had not recorded would be lost.
                batch.Records.Change?.Confirm();
            }
        }
    }
}
