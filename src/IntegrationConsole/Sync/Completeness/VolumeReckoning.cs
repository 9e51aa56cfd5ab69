namespace IntegrationConsole.Sync.Completeness;

/// <summary>
/// Learns from the runs before what a run usually brings, and writes it down beside the run in the transaction that ends
/// it, so that nobody has to go through a history to judge one. Runs that brought nothing where something is usual are
/// left out of the reckoning for a week; after that nothing is what is usual.
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

    public static Task<int> NoteAsync(DatabaseSession session, TenantId tenant, Guid sync, Guid run, DateTimeOffset now, CancellationToken cancellationToken) => session.RunAsync($"""
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
            cross join (select count(*) as runs, percentile_disc(0.5) within group (order by brought) as median from before) b)
        update run r set usual = u.median, usual_of = u.source,
            quiet_runs = case when me.brought = 0 and u.median >= {Volume.Enough} then 1 + coalesce((
                select l.quiet_runs from run l
                where l.tenant_id = @tenant and l.sync_id = @sync and l.state in ('Succeeded', 'Partial') and not l.beside and l.id <> @id
                order by l.finished_at desc limit 1), 0) else 0 end
        from usual u cross join me
        where r.tenant_id = @tenant and r.id = @id
        """, new { tenant, sync, id = run, now }, cancellationToken);

    private const string Counts = "(x.quiet_runs = 0 or x.finished_at < @now - interval '7 days')";
}
