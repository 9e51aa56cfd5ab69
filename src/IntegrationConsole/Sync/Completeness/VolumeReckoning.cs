namespace IntegrationConsole.Sync.Completeness;

/// <summary>
/// Learns from the runs before what a run usually brings, and writes it down beside the run in the transaction that ends
/// it, so that nobody has to go through a history to judge one. Runs that brought nothing where something is usual are
/// left out of the reckoning for a week; after that nothing is what is usual. Where few records are usual, a whole silence
/// is judged in place of a run.
/// </summary>
internal static class VolumeReckoning
{
    /// <summary>Weeks that have to have runs at this hour before the hour is what counts.</summary>
    private const int FewestWeeks = 3;
    private const int MostWeeks = 4;
    private const int FewestRuns = 5;
    private const int MostRuns = 20;

    /// <summary>Of one hour; with more the median moves no more.</summary>
    private const int MostOfHour = 40;

    public static async Task NoteAsync(DatabaseSession session, TenantId tenant, Guid sync, Guid run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var noted = await session.OneAsync<Noted>(Note, new { tenant, sync, id = run, now, since = now - LongSilence.ToldFor }, cancellationToken);
        if (noted is { QuietRuns: 0, Usual: not null, EmptySince: { } since } && LongSilence.IsDue(noted.EmptyRuns) && now - since <= LongSilence.Longest)
        {
            var weeks = LongSilence.WeeksOf(now - since);
            var earlier = await session.ListAsync<EarlierSpan>(Earlier, new { tenant, sync, since, now, weeks }, cancellationToken);
            if (LongSilence.Usual(earlier) is { } usual)
            {
                await session.RunAsync(
                    "update run set usual = @usual, usual_of = 'Span', quiet_runs = empty_runs where tenant_id = @tenant and id = @id", new { tenant, id = run, usual }, cancellationToken);
            }
        }
    }

    private static readonly string Note = $"""
        with me as (
            select r.records_read - r.filtered as brought, coalesce(r.started_at, r.queued_at) as at, t.time_zone as zone
            from run r join tenant t on t.id = r.tenant_id where r.tenant_id = @tenant and r.id = @id),
        hours as (
            select w.week, o.records_read - o.filtered as brought from me cross join generate_series(1, {MostWeeks}) as w (week) cross join lateral (
                select x.records_read, x.filtered from run x
                where x.tenant_id = @tenant and x.sync_id = @sync and x.state in ('Succeeded', 'Partial') and not x.beside and {Counts}
                  and x.finished_at >= ((me.at at time zone me.zone) - make_interval(weeks => w.week)) at time zone me.zone - interval '30 minutes'
                  and x.finished_at < ((me.at at time zone me.zone) - make_interval(weeks => w.week)) at time zone me.zone + interval '30 minutes'
                order by x.finished_at limit {MostOfHour}) o),
        before as (
            select x.records_read - x.filtered as brought from run x
            where x.tenant_id = @tenant and x.sync_id = @sync and x.state in ('Succeeded', 'Partial') and not x.beside and x.id <> @id and {Counts}
            order by x.finished_at desc limit {MostRuns}),
        usual as (
            select case when h.weeks >= {FewestWeeks} then h.median when b.runs >= {FewestRuns} then b.median end as median,
                   case when h.weeks >= {FewestWeeks} then 'Hour' when b.runs >= {FewestRuns} then 'Runs' end as source
            from (select count(distinct week) as weeks, percentile_disc(0.5) within group (order by brought) as median from hours) h
            cross join (select count(*) as runs, percentile_disc(0.5) within group (order by brought) as median from before) b),
        last as (
            select coalesce(l.quiet_runs, 0) as quiet_runs, coalesce(l.empty_runs, 0) as empty_runs, l.empty_since, l.usual,
                   me.brought = 0 and coalesce(l.usual_of = 'Span' and l.empty_since > @since, false) as goes_on
            from me left join lateral (
                select x.quiet_runs, x.empty_runs, x.empty_since, x.usual, x.usual_of from run x
                where x.tenant_id = @tenant and x.sync_id = @sync and x.state in ('Succeeded', 'Partial') and not x.beside and x.id <> @id
                order by x.finished_at desc limit 1) l on true)
        update run r set
            usual = case when l.goes_on then l.usual else u.median end, usual_of = case when l.goes_on then 'Span' else u.source end,
            quiet_runs = case when me.brought = 0 and (l.goes_on or u.median >= {Volume.Enough}) then 1 + l.quiet_runs else 0 end,
            empty_runs = case when me.brought = 0 then 1 + l.empty_runs else 0 end,
            empty_since = case when me.brought = 0 then coalesce(l.empty_since, me.at) end
        from usual u cross join me cross join last l
        where r.tenant_id = @tenant and r.id = @id
        returning r.usual, r.quiet_runs, r.empty_runs, r.empty_since
        """;

    /// <summary>As long as the silence, ending at the same local time so many weeks, twice as many … before.</summary>
    private static readonly string Earlier = $"""
        select count(*) filter (where x.records_read > x.filtered) as bringing, coalesce(sum(x.records_read - x.filtered), 0)::bigint as records, bool_or(x.quiet_runs > 0) as was_quiet
        from tenant t cross join generate_series(1, {LongSilence.Spans}) as w (number) join lateral (
            select o.records_read, o.filtered, o.quiet_runs from run o
            where o.tenant_id = @tenant and o.sync_id = @sync and o.state in ('Succeeded', 'Partial') and not o.beside
              and o.finished_at > ((@since::timestamptz at time zone t.time_zone) - make_interval(weeks => w.number * @weeks)) at time zone t.time_zone
              and o.finished_at <= ((@now::timestamptz at time zone t.time_zone) - make_interval(weeks => w.number * @weeks)) at time zone t.time_zone) x on true
        where t.id = @tenant group by w.number
        """;

    private sealed record Noted(long? Usual, int QuietRuns, int EmptyRuns, DateTimeOffset? EmptySince);

    private const string Counts = "(x.quiet_runs = 0 or x.finished_at < @now - interval '7 days')";
}
