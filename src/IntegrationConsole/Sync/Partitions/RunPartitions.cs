using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Partitions;

/// <summary>
/// Cuts a run into parts, and ends it when all of them have. Always under the sync's row: the last part to end sees that
/// it is the last.
/// </summary>
internal static class RunPartitions
{
    /// <summary>Queues the parts, and takes the whole off its node: from here on it is nobody's, and goes while its parts do.</summary>
    /// <returns>False when another node has the run by now.</returns>
    /// <param name="session">Under the sync's row.</param>
    /// <param name="run">Its parts are of its cursor where it reads a range of it, and otherwise of the key or the parents.</param>
    /// <param name="ranges">One for each part.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<bool> SplitAsync(DatabaseSession session, ClaimedRun run, IReadOnlyList<KeyRange> ranges, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var split = await session.RunAsync("""
            update run set is_split = true, lease_until = null, node = null
            where tenant_id = @tenant and id = @id and state = 'Running' and attempt = @attempt and not is_split
            """, new { tenant = run.Tenant, id = run.Id, attempt = run.Attempt }, cancellationToken);
        if (split == 0)
        {
            return false;
        }

        await session.RunAsync("""
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, reason, queued_at, start_after, parent_id, partition, key_from, key_to, range_from, range_to, batch_breaker)
            select @tenant, p.id, @sync, @number, 'Backfill', @requestedBy, 'Queued', '', @now, @now, @whole, p.number,
                   case when not @ofCursor then p.low end, case when not @ofCursor then p.high end, case when @ofCursor then p.low end, case when @ofCursor then p.high end, @batchBreaker
            from unnest(@ids, @numbers, @from, @to) as p (id, number, low, high)
            """,
            new
            {
                tenant = run.Tenant, sync = run.SyncId, number = run.Number, requestedBy = run.RequestedBy, now, whole = run.Id, ofCursor = run.Range is not null, batchBreaker = run.BatchBreaker,
                ids = ranges.Select(_ => Guid.CreateVersion7(now)).ToArray(), numbers = Enumerable.Range(1, ranges.Count).ToArray(),
                from = ranges.Select(range => range.From).ToArray(), to = ranges.Select(range => range.To).ToArray(),
            },
            cancellationToken);
        foreach (var (ids, number) in ranges.Select((range, index) => (range.Ids, index + 1)).Where(part => part.Ids is not null))
        {
            await session.RunAsync(
                "update run set parent_list = @ids where tenant_id = @tenant and parent_id = @whole and partition = @number",
                new { tenant = run.Tenant, whole = run.Id, number, ids = ids!.ToArray() }, cancellationToken);
        }

        await RunStore.LogAsync(session, run.Tenant, run.Id, now, RunLogLevel.Info, FormattableString.Invariant($"Cut into {ranges.Count} partitions, which any node may take up."), cancellationToken);
        return true;
    }

    /// <summary>Asks the parts to stop with the whole; those that wait are ended at once.</summary>
    /// <returns>The whole, where it ended with that.</returns>
    public static async Task<MeasuredRun?> CancelAsync(DatabaseSession session, TenantId tenant, Guid whole, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            update run set cancel_requested_by = @actor, state = case when state = 'Queued' then 'Cancelled' else state end,
                           reason = case when state = 'Queued' then 'Cancelled by ' || @actor else reason end, finished_at = case when state = 'Queued' then @now::timestamptz end
            where tenant_id = @tenant and parent_id = @whole and state in ('Queued', 'Running')
            """, new { tenant, whole, actor, now }, cancellationToken);
        return await EndAsync(session, tenant, whole, now, cancellationToken);
    }

    /// <summary>Ends the whole when none of its parts is open any more.</summary>
    /// <returns>The whole, where it ended.</returns>
    public static async Task<MeasuredRun?> EndAsync(DatabaseSession session, TenantId tenant, Guid whole, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var parts = await session.ListAsync<Part>("""
            select partition, state, reason, cause, stage, needs_person, is_broken, records_read, written, unchanged, filtered, rejected, failed, unknown
            from run where tenant_id = @tenant and parent_id = @whole order by partition
            """, new { tenant, whole }, cancellationToken);
        if (parts.Count == 0 || parts.Any(part => part.State is RunState.Queued or RunState.Running))
        {
            return null;
        }

        var run = await session.FindAsync<Whole>("""
            select sync_id, trigger, started_at, cancel_requested_by, records_read, written, unchanged, filtered, rejected, failed, unknown
            from run where tenant_id = @tenant and id = @whole and state = 'Running' for update
            """, new { tenant, whole }, cancellationToken);
        return run is null ? null : await SaveAsync(session, tenant, whole, run, parts, now, cancellationToken);
    }

    /// <summary>Ends those whose last part ended without anybody who could say so: its node died with its last attempt.</summary>
    public static async Task<IReadOnlyList<(TenantId Tenant, Guid Sync, Guid Whole)>> ListEndedAsync(DatabaseSession session, CancellationToken cancellationToken)
    {
        var rows = await session.ListAsync<Ended>("""
            select r.tenant_id, r.sync_id, r.id from run r
            where r.state = 'Running' and r.is_split
              and not exists (select from run p where p.tenant_id = r.tenant_id and p.parent_id = r.id and p.state in ('Queued', 'Running'))
            """, null, cancellationToken);
        return [.. rows.Select(row => (row.TenantId, row.SyncId, row.Id))];
    }

    private static async Task<MeasuredRun> SaveAsync(DatabaseSession session, TenantId tenant, Guid whole, Whole run, IReadOnlyList<Part> parts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ending = EndingOf(run, parts);
        var failed = parts.FirstOrDefault(part => part.State is RunState.Failed);
        await session.RunAsync("""
            update run set state = @state, reason = @reason, cause = @cause, stage = @stage, needs_person = @needs, is_broken = @isBroken, finished_at = @now, lease_until = null
            where tenant_id = @tenant and id = @whole
            """,
            new
            {
                tenant, whole, now, state = ending.State.ToString(), reason = ending.Reason, cause = ending.Failure?.Cause.ToString(), stage = ending.Stage?.ToString(),
                needs = ending.State is RunState.Failed && failed is null or { NeedsPerson: true }, isBroken = ending.State is RunState.Failed && parts.Any(part => part.IsBroken),
            },
            cancellationToken);
        if (ending.State is RunState.Succeeded or RunState.Partial)
        {
            await VolumeReckoning.NoteAsync(session, tenant, run.SyncId, whole, now, cancellationToken);
        }

        await session.RunAsync("""
            insert into sync_minute (tenant_id, sync_id, minute, runs_good, runs_bad) values (@tenant, @sync, date_trunc('minute', @now::timestamptz), @good, @bad)
            on conflict (tenant_id, sync_id, minute) do update
            set runs_good = sync_minute.runs_good + excluded.runs_good, runs_bad = sync_minute.runs_bad + excluded.runs_bad
            """,
            new { tenant, sync = run.SyncId, now, good = ending.State is RunState.Succeeded or RunState.Partial ? 1 : 0, bad = ending.State is RunState.Failed ? 1 : 0 }, cancellationToken);
        await ReadAgain.AfterAsync(session, tenant, whole, now, cancellationToken);
        await RunStore.LogAsync(session, tenant, whole, now, ending.State is RunState.Failed ? RunLogLevel.Error : RunLogLevel.Info, ending.Reason, cancellationToken);
        await session.NotifyAsync(new Change(RunStore.Topic, tenant, whole), cancellationToken);
        return new MeasuredRun(tenant, run.SyncId, run.Trigger, ending.State, ending.Failure?.Cause, run.StartedAt, now);
    }

    private static RunEnding EndingOf(Whole run, IReadOnlyList<Part> parts)
    {
        var sum = parts.Aggregate(RunCounts.Zero, (total, part) => total.Plus(part.Counts));
        if (run.Counts != sum || !sum.Balances)
        {
            const string sentence = "The run does not balance: its counts are not those of its partitions.";
            return new RunEnding(RunState.Failed, sentence, new Failure(FailureCause.Bug, sentence));
        }

        var cancelled = parts.FirstOrDefault(part => part.State is RunState.Cancelled);
        if (run.CancelRequestedBy is not null || cancelled is not null)
        {
            return new RunEnding(RunState.Cancelled, run.CancelRequestedBy is { } who ? $"Cancelled by {who}" : cancelled!.Reason);
        }

        if (parts.FirstOrDefault(part => part.State is RunState.Failed) is { } failed)
        {
            var count = parts.Count(part => part.State is RunState.Failed);
            var others = count > 1 ? FormattableString.Invariant($" {count - 1} more failed.") : "";
            var sentence = FormattableString.Invariant($"Partition {failed.Partition} of {parts.Count}: {failed.Reason.TrimEnd('.')}.{others}");
            return new RunEnding(RunState.Failed, sentence, new Failure(failed.Cause ?? FailureCause.Bug, sentence), Stage: failed.Stage);
        }

        var read = string.Create(CultureInfo.InvariantCulture, $"{sum.Read:N0} {(sum.Read == 1 ? "record" : "records")} read in {parts.Count} partitions");
        return sum.SetAside == 0
            ? new RunEnding(RunState.Succeeded, $"{read}, all accounted for.")
            : new RunEnding(RunState.Partial, FormattableString.Invariant($"{read}, {sum.SetAside:N0} of them set aside."));
    }

    private sealed record Part(
        int Partition, RunState State, string Reason, FailureCause? Cause, LetterStage? Stage, bool NeedsPerson, bool IsBroken, long RecordsRead, long Written, long Unchanged, long Filtered,
        long Rejected, long Failed, long Unknown)
    {
        public RunCounts Counts => new(RecordsRead, Written, Unchanged, Filtered, Rejected, Failed, Unknown);
    }

    private sealed record Whole(
        Guid SyncId, RunTrigger Trigger, DateTimeOffset? StartedAt, string? CancelRequestedBy, long RecordsRead, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown)
    {
        public RunCounts Counts => new(RecordsRead, Written, Unchanged, Filtered, Rejected, Failed, Unknown);
    }

    private sealed record Ended(TenantId TenantId, Guid SyncId, Guid Id);
}
