using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Health.Figures;

/// <summary>Figures for charts, added up from minutes, hours or days.</summary>
public sealed class FigureStore(ConsoleDatabase database, DeadLetterStore letters, TimeProvider clock)
{
    private const string Counts = "records_read, written, unchanged, filtered, rejected, failed, unknown, runs_good, runs_bad";

    /// <param name="tenant">Whose.</param>
    /// <param name="syncId">Null for all of the tenant's syncs together.</param>
    /// <param name="range">When.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<RecordSeries> RecordsAsync(TenantId tenant, Guid? syncId, FigureRange range, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<RecordRow>($"""
            select (extract(epoch from m.minute - @from::timestamptz)::bigint / @step)::int as step,
                   sum(records_read)::bigint as read, sum(written)::bigint as written, sum(unchanged)::bigint as unchanged, sum(filtered)::bigint as filtered,
                   sum(rejected)::bigint as rejected, sum(failed)::bigint as failed, sum(unknown)::bigint as unknown,
                   sum(runs_good)::bigint as runs_good, sum(runs_bad)::bigint as runs_bad
            from {FigureSource.Of("sync", Counts, range)} m
            where @syncId::uuid is null or m.sync_id = @syncId
            group by 1
            """, new { tenant, syncId, from = range.From, to = range.To, step = (long)range.Step.TotalSeconds }, cancellationToken);
        var byStep = rows.ToDictionary(row => row.Step, row => row.Figures);
        var now = clock.GetUtcNow();
        var points = Enumerable.Range(0, range.Steps).Select(step => byStep.GetValueOrDefault(step) is { } figures
            ? new RecordPoint(range.StartOf(step), figures, figures.Arrived / range.Elapsed(step, now).TotalSeconds)
            : new RecordPoint(range.StartOf(step), null, null));
        return new RecordSeries(range, [.. points], Sum(byStep.Values));
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="connectionId">Null for all of the tenant's connections together.</param>
    /// <param name="range">When.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<CallSeries> CallsAsync(TenantId tenant, Guid? connectionId, FigureRange range, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<CallRow>($"""
            select (extract(epoch from m.minute - @from::timestamptz)::bigint / @step)::int as step, sum(m.calls)::bigint as calls,
                   sum(m.failures)::bigint as failures, {DurationBuckets.Merged} as durations
            from {FigureSource.Of("connection", "calls, failures, durations::bigint[] as durations", range)} m
            where @connectionId::uuid is null or m.connection_id = @connectionId
            group by 1
            """, new { tenant, connectionId, from = range.From, to = range.To, step = (long)range.Step.TotalSeconds }, cancellationToken);
        var byStep = rows.ToDictionary(row => row.Step);
        var points = Enumerable.Range(0, range.Steps).Select(step => new CallPoint(range.StartOf(step), byStep.GetValueOrDefault(step)?.Figures));
        var merged = new long[DurationBuckets.Count];
        foreach (var row in rows)
        {
            for (var bucket = 0; bucket < merged.Length; bucket++)
            {
                merged[bucket] += row.Durations[bucket];
            }
        }

        return new CallSeries(range, [.. points], new CallRow { Calls = rows.Sum(row => row.Calls), Failures = rows.Sum(row => row.Failures), Durations = merged }.Figures);
    }

    /// <summary>Each sync's records over a range, all steps together; syncs that moved nothing are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, RecordFigures>> TotalsAsync(TenantId tenant, FigureRange range, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<TotalRow>($"""
            select sync_id, sum(records_read)::bigint as read, sum(written)::bigint as written, sum(unchanged)::bigint as unchanged, sum(filtered)::bigint as filtered,
                   sum(rejected)::bigint as rejected, sum(failed)::bigint as failed, sum(unknown)::bigint as unknown, sum(runs_good)::bigint as runs_good, sum(runs_bad)::bigint as runs_bad
            from {FigureSource.Of("sync", Counts, range)} m group by sync_id
            """, new { tenant, from = range.From, to = range.To }, cancellationToken);
        return rows.ToDictionary(row => row.SyncId, row => row.Figures);
    }

    /// <summary>How busy each connection was in the last hour; connections that were not used are absent.</summary>
    public async Task<IReadOnlyList<ConnectionCalls>> ConnectionCallsAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ConnectionCalls>("""
            select n.name, coalesce(sum(m.calls) filter (where m.minute >= @hour), 0)::bigint as hour, coalesce(sum(m.calls) filter (where m.minute >= @quarter), 0)::bigint as quarter,
                   coalesce(max(m.calls) filter (where m.minute >= @hour), 0) as busiest_minute, coalesce(sum(m.replay_calls) filter (where m.minute >= @hour), 0)::bigint as hour_of_replays,
                   coalesce(sum(m.replay_calls) filter (where m.minute >= @day), 0)::bigint as day_of_replays
            from connection_minute m join connection n on n.tenant_id = m.tenant_id and n.id = m.connection_id
            where m.tenant_id = @tenant and m.minute >= least(@hour, @day) and (m.minute >= @hour or m.replay_calls > 0) group by n.name
            """, new { tenant, hour = now - TimeSpan.FromHours(1), quarter = now - TimeSpan.FromMinutes(15), day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) }, cancellationToken);
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="syncId">Null for all of the tenant's syncs together.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<BacklogFigures> BacklogAsync(TenantId tenant, Guid? syncId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var open = await letters.CountByCauseAsync(tenant, syncId, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var runs = await session.OneAsync<WaitingRow>("""
            select count(*)::int as count, min(start_after) filter (where start_after <= @now) as oldest from run
            where tenant_id = @tenant and state = 'Queued' and (@syncId::uuid is null or sync_id = @syncId)
            """, new { tenant, syncId, now }, cancellationToken);
        var items = await session.OneAsync<WaitingRow>("""
            select count(*)::int as count, min(p.requested_at) as oldest
            from replay_item i join replay p on p.tenant_id = i.tenant_id and p.id = i.replay_id
            where i.tenant_id = @tenant and i.state in ('Queued', 'Claimed') and i.state = 'Queued' and (@syncId::uuid is null or i.sync_id = @syncId)
            """, new { tenant, syncId }, cancellationToken);
        return new BacklogFigures(runs.Count, runs.Age(now), items.Count, items.Age(now), open);
    }

    private static RecordFigures Sum(IReadOnlyCollection<RecordFigures> figures) => new(
        figures.Sum(one => one.Read), figures.Sum(one => one.Written), figures.Sum(one => one.Unchanged), figures.Sum(one => one.Filtered),
        figures.Sum(one => one.Rejected), figures.Sum(one => one.Failed), figures.Sum(one => one.Unknown), figures.Sum(one => one.RunsGood), figures.Sum(one => one.RunsBad));

    private sealed record RecordRow(
        int Step, long Read, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown, long RunsGood, long RunsBad)
    {
        public RecordFigures Figures => new(Read, Written, Unchanged, Filtered, Rejected, Failed, Unknown, RunsGood, RunsBad);
    }

    private sealed record TotalRow(
        Guid SyncId, long Read, long Written, long Unchanged, long Filtered, long Rejected, long Failed, long Unknown, long RunsGood, long RunsBad)
    {
        public RecordFigures Figures => new(Read, Written, Unchanged, Filtered, Rejected, Failed, Unknown, RunsGood, RunsBad);
    }

    private sealed class CallRow
    {
        public int Step { get; init; }

        public long Calls { get; init; }

        public long Failures { get; init; }

        public long[] Durations { get; init; } = [];

        public CallFigures Figures => new(
            Calls, Failures, DurationBuckets.Percentile(Durations, 0.50), DurationBuckets.Percentile(Durations, 0.95), DurationBuckets.Percentile(Durations, 0.99));
    }

    private sealed record WaitingRow(int Count, DateTimeOffset? Oldest)
    {
        public TimeSpan? Age(DateTimeOffset now) => now - Oldest;
    }
}
