using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Health.Figures;

/// <summary>
/// Adds minutes up to hours, and hours to days, as soon as they are over. One node at a time. What was summed last is
/// summed again, so that what a slow node wrote late is in it; a step that is done twice comes to the same.
/// </summary>
public sealed class FigureSums(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>So long after its end an hour is taken to be whole.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>No more than this in one transaction.</summary>
    private static readonly TimeSpan Portion = TimeSpan.FromDays(2);
    private const long LockKey = 0x1C0_0030;

    private static readonly (string Step, TimeSpan Length, string From, string FromColumn, string To, string ToColumn)[] Levels =
    [
        ("hour", TimeSpan.FromHours(1), "minute", "minute", "hour", "hour"), ("day", TimeSpan.FromDays(1), "hour", "hour", "day", "day"),
    ];

    internal async Task SumAllAsync(CancellationToken cancellationToken)
    {
        while (await SumAsync(cancellationToken))
        {
            // The next portion.
        }
    }

    /// <returns>Whether there is more to add up.</returns>
    internal async Task<bool> SumAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (!await session.OneAsync<bool>("select pg_try_advisory_xact_lock(@key)", new { key = LockKey }, cancellationToken))
        {
            return false;
        }

        var isMore = false;
        var end = clock.GetUtcNow() - Settled;
        foreach (var level in Levels)
        {
            // A day is whole when its last hour is: what comes after it in this list never overtakes what comes before.
            var (until, hasMore) = await SumAsync(session, level, end, cancellationToken);
            isMore |= hasMore;
            end = until;
        }

        await session.CommitAsync(cancellationToken);
        return isMore;
    }

    private static async Task<(DateTimeOffset Until, bool HasMore)> SumAsync(
        DatabaseSession session, (string Step, TimeSpan Length, string From, string FromColumn, string To, string ToColumn) level, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var whole = new DateTimeOffset(end.UtcTicks / level.Length.Ticks * level.Length.Ticks, TimeSpan.Zero);
        var begun = await session.OneAsync<Begun>($"""
            select coalesce((select max(until) from figure_sum where step = @step),
                date_trunc('day', least((select min({level.FromColumn}) from sync_{level.From}), (select min({level.FromColumn}) from connection_{level.From})), 'UTC')) as until
            """, new { step = level.Step }, cancellationToken);
        var done = begun.Until ?? whole;
        var from = done - level.Length;
        var to = whole - from > Portion ? from + Portion : whole;
        if (to <= from)
        {
            return (done, false);
        }

        await session.RunAsync(Syncs(level.From, level.FromColumn, level.To, level.ToColumn), new { step = level.Step, from, to }, cancellationToken);
        await session.RunAsync(Connections(level.From, level.FromColumn, level.To, level.ToColumn), new { step = level.Step, from, to }, cancellationToken);
        await session.RunAsync("insert into figure_sum (step, until) values (@step, @to) on conflict (step) do update set until = greatest(figure_sum.until, excluded.until)", new { step = level.Step, to }, cancellationToken);
        return (to, to < whole);
    }

    private static string Syncs(string from, string fromColumn, string to, string toColumn) => $"""
        insert into sync_{to} as s (tenant_id, sync_id, {toColumn}, records_read, written, unchanged, filtered, rejected, failed, unknown, runs_good, runs_bad, durations)
        select m.tenant_id, m.sync_id, date_trunc(@step, m.{fromColumn}, 'UTC'), sum(m.records_read), sum(m.written), sum(m.unchanged), sum(m.filtered), sum(m.rejected), sum(m.failed),
               sum(m.unknown), sum(m.runs_good), sum(m.runs_bad), {DurationBuckets.MergedOf(DeliveryTimes.Count)}
        from tenant t join sync_{from} m on m.tenant_id = t.id and m.{fromColumn} >= @from and m.{fromColumn} < @to
        group by 1, 2, 3
        on conflict (tenant_id, sync_id, {toColumn}) do update
        set records_read = excluded.records_read, written = excluded.written, unchanged = excluded.unchanged, filtered = excluded.filtered, rejected = excluded.rejected,
            failed = excluded.failed, unknown = excluded.unknown, runs_good = excluded.runs_good, runs_bad = excluded.runs_bad, durations = excluded.durations
        """;

    private static string Connections(string from, string fromColumn, string to, string toColumn) => $"""
        insert into connection_{to} as s (tenant_id, connection_id, {toColumn}, calls, failures, durations)
        select m.tenant_id, m.connection_id, date_trunc(@step, m.{fromColumn}, 'UTC'), sum(m.calls), sum(m.failures), {DurationBuckets.Merged}
        from tenant t join connection_{from} m on m.tenant_id = t.id and m.{fromColumn} >= @from and m.{fromColumn} < @to
        group by 1, 2, 3
        on conflict (tenant_id, connection_id, {toColumn}) do update set calls = excluded.calls, failures = excluded.failures, durations = excluded.durations
        """;

    /// <param name="Until">What is summed; where nothing is, where it begins; null where there is nothing to sum.</param>
    private sealed record Begun(DateTimeOffset? Until);
}
