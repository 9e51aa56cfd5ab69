using IntegrationConsole.Health.Figures;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// The questions of an evaluation. Each is asked once for all tenants at hand, and reaches what it needs of a sync or a
/// connection through an index, never through its history.
/// </summary>
internal static class FactQueries
{
    // The doubled condition on replay items names the partial index that holds the few open ones.
    public const string Tenants = """
        select t.id, t.slug, t.name, t.time_zone, t.paused_at, t.paused_by, t.pause_reason,
               coalesce(r.queued, 0) as queued_runs, r.oldest as oldest_run_due, coalesce(i.queued, 0) as queued_items, i.oldest as oldest_item,
               coalesce(a.active, 0) as replays, q.concurrent_runs as places, coalesce(n.due, 0) as notices, n.oldest as oldest_notice
        from tenant t
        left join tenant_quota q on q.tenant_id = t.id
        left join (
            select tenant_id, count(*)::int as active from replay where state in ('Running', 'Waiting') and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id) a
          on a.tenant_id = t.id
        left join (
            select tenant_id, count(*)::int as queued, min(start_after) filter (where start_after <= @now) as oldest
            from run where state = 'Queued' and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id) r on r.tenant_id = t.id
        left join (
            select x.tenant_id, count(*)::int as queued, min(p.requested_at) as oldest
            from replay_item x join replay p on p.tenant_id = x.tenant_id and p.id = x.replay_id
            where x.state in ('Queued', 'Claimed') and x.state = 'Queued' and (@tenants::uuid[] is null or x.tenant_id = any(@tenants))
            group by x.tenant_id) i on i.tenant_id = t.id
        left join (
            select tenant_id, count(*)::int as due, min(created_at) as oldest from alert_notice
            where state = 'Due' and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id) n on n.tenant_id = t.id
        where (@tenants::uuid[] is null or t.id = any(@tenants))
        """;

    /// <summary>
    /// What webhook endpoints received and a sync has still to read that reads on from where it was, and when something
    /// came last. It begins behind what is read and counts to a limit: neither what is kept nor what waits makes it slower
    /// than that. Above the limit the numbers of deliveries say how many wait: an endpoint gives them one after the other.
    /// </summary>
    public const string Deliveries = $"""
        select r.tenant_id, r.sync_id, r.on_arrival, r.endpoint, c.count, o.oldest, l.last, case when c.count < @most then c.count else greatest(l.seq - o.seq + 1, c.count) end as depth
        from (
            select s.tenant_id, s.id as sync_id, s.on_arrival, e.id, e.slug as endpoint, coalesce({ArrivalReaders.ReadTo}, 0) as read_to from {ArrivalReaders.From}
            where s.deleted_at is null and s.read_mode = 'Incremental' and (@tenants::uuid[] is null or s.tenant_id = any(@tenants))) r
        cross join lateral (
            select count(*)::int as count from (
                select from webhook_delivery d
                where d.tenant_id = r.tenant_id and d.endpoint_id = r.id and d.seq > r.read_to and not d.trial limit @most) behind) c
        left join lateral (
            select d.received_at as oldest, d.seq from webhook_delivery d
            where d.tenant_id = r.tenant_id and d.endpoint_id = r.id and d.seq > r.read_to and not d.trial order by d.seq limit 1) o on true
        left join lateral (
            select d.received_at as last, d.seq from webhook_delivery d
            where d.tenant_id = r.tenant_id and d.endpoint_id = r.id and not d.trial order by d.seq desc limit 1) l on true
        """;

    /// <summary>
    /// The hours in which something came, around this hour of the week, in the last four weeks that had ended before the
    /// present silence began: those next to it and those next to them, which is all that says how long it was quiet then.
    /// </summary>
    public const string QuietHours = $"""
        with fed as (
            select s.tenant_id, s.id as sync_id, t.time_zone as zone, coalesce(d.received_at, h.hour + interval '1 hour') as last
            from {ArrivalReaders.From} join tenant t on t.id = s.tenant_id
            left join lateral (
                select d.received_at from webhook_delivery d where d.tenant_id = s.tenant_id and d.endpoint_id = e.id and not d.trial order by d.seq desc limit 1) d on true
            left join lateral (
                select m.hour from sync_hour m where m.tenant_id = s.tenant_id and m.sync_id = s.id and m.records_read > 0 order by m.hour desc limit 1) h on true
            where s.deleted_at is null and s.read_mode = 'Incremental' and s.tenant_id = any(@ids)),
        looked as (
            select f.tenant_id, f.sync_id, f.last, w.week,
                   date_trunc('hour', ((@now at time zone f.zone) - make_interval(weeks => w.week + greatest(floor(extract(epoch from @now - f.last) / 604800), 0)::int)) at time zone f.zone) as at
            from fed f cross join generate_series(1, 4) as w (week) where f.last is not null)
        select l.tenant_id, l.sync_id, l.last, l.week, n.hour
        from looked l cross join lateral (
            (select m.hour from sync_hour m
             where m.tenant_id = l.tenant_id and m.sync_id = l.sync_id and m.records_read > 0 and m.hour < l.at - interval '1 hour' order by m.hour desc limit 1)
            union all
            (select m.hour from sync_hour m
             where m.tenant_id = l.tenant_id and m.sync_id = l.sync_id and m.records_read > 0 and m.hour between l.at - interval '1 hour' and l.at + interval '1 hour')
            union all
            (select m.hour from sync_hour m
             where m.tenant_id = l.tenant_id and m.sync_id = l.sync_id and m.records_read > 0 and m.hour > l.at + interval '1 hour' order by m.hour limit 1)) n
        order by l.tenant_id, l.sync_id, l.week, n.hour
        """;

    public const string Syncs = """
        select s.tenant_id, s.id, s.slug, s.name, s.schedule::text as schedule, s.paused_at, s.paused_by, s.pause_reason, s.last_run_number,
               s.source_connection_id, s.destination_connection_id, s.created_at,
               e.id as ended_id, e.number as ended_number, e.state as ended_state, e.cause as ended_cause, e.needs_person as ended_needs_person,
               e.reason as ended_reason, e.finished_at as ended_at, e.records_read as ended_records,
               g.id as good_id, g.number as good_number, g.state as good_state, g.finished_at as good_at, g.records_read as good_records, e.started_at as ended_began, g.started_at as good_began,
               e.brought as ended_brought, e.usual as ended_usual, e.usual_of as ended_usual_of, e.quiet_runs as ended_quiet_runs,
               c.number as compared_number, c.state as compared_state, c.step as compared_words, c.missing + c.different as compared_wrong, c.repaired as compared_repaired,
               cs.as_of as stream_as_of, cs.state as slot_state, cs.kept_bytes as slot_kept_bytes, f.good as last_runs,
               o.delivery, o.freshness, o.latency_seconds, o.impacts::text as impacts, coalesce(o.is_critical, true) as is_critical, v.published, v.draft_since
        from sync_definition s
        left join sync_objective o on o.tenant_id = s.tenant_id and o.sync_id = s.id
        left join lateral (
            select max(m.number) filter (where m.state = 'Published') as published, max(m.edited_at) filter (where m.state = 'Draft') as draft_since
            from mapping_version m where m.tenant_id = s.tenant_id and m.mapping_id = s.mapping_id and m.state in ('Published', 'Draft')) v on true
        left join lateral (
            select string_agg(case when x.good then 'g' else 'b' end, '' order by x.finished_at desc) as good from (
                select r.state in ('Succeeded', 'Partial') as good, r.finished_at from run r
                where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial', 'Failed', 'Held') and not r.beside
                order by r.finished_at desc limit 5) x) f on true
        left join change_stream cs on s.read_mode = 'ChangeStream' and cs.tenant_id = s.tenant_id and cs.sync_id = s.id and cs.connection_id = s.source_connection_id
                                  and cs.released_at is null
        left join lateral (
            select r.id, r.number, r.state, r.cause, r.needs_person, r.reason, r.started_at, r.finished_at, r.records_read, r.records_read - r.filtered as brought, r.usual, r.usual_of, r.quiet_runs from run r
            where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial', 'Failed', 'Held') and not r.beside
            order by r.finished_at desc limit 1) e on true
        left join lateral (
            select r.id, r.number, r.state, r.started_at, r.finished_at, r.records_read from run r
            where e.state in ('Failed', 'Held') and r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial') and not r.beside
            order by r.finished_at desc limit 1) g on true
        left join lateral (
            select r.number, r.state, r.step, r.missing, r.different,
                   exists (select from run x where x.tenant_id = r.tenant_id and x.reconciliation_id = r.id and x.state in ('Succeeded', 'Partial')) as repaired
            from reconciliation r
            where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Done', 'Failed')
            order by r.number desc limit 1) c on true
        where s.deleted_at is null and (@tenants::uuid[] is null or s.tenant_id = any(@tenants))
        order by s.tenant_id, lower(s.name), s.id
        """;

    public const string OpenRuns = """
        select r.tenant_id, r.sync_id, r.id, r.number, r.state, r.beside as is_replay, r.cause, r.reason, r.retries, r.mapping_version,
               case when r.state = 'Running' then coalesce(r.started_at, r.queued_at) else r.start_after end as at,
               coalesce(r.lease_until, (select max(p.lease_until) from run p where p.tenant_id = r.tenant_id and p.parent_id = r.id and p.state = 'Running')) as lease_until,
               case when r.state = 'Running' then (
                   select max(m.minute) from sync_minute m where m.tenant_id = r.tenant_id and m.sync_id = r.sync_id and m.minute >= r.started_at) end as moved_at
        from run r
        where r.state in ('Queued', 'Running') and r.parent_id is null and (@tenants::uuid[] is null or r.tenant_id = any(@tenants))
        order by r.number
        """;

    // What somebody put to sleep or called over does not count. Letters without a group wait behind others, or are too new to have one.
    public const string Letters = """
        with opened as (
            select tenant_id, group_id, count(*)::int as letters from dead_letter
            where group_id is not null and state in ('Waiting', 'Queued', 'Replaying') and (@tenants::uuid[] is null or tenant_id = any(@tenants)) group by tenant_id, group_id)
        select g.tenant_id, g.sync_id, g.cause, sum(o.letters)::int as letters, min(w.oldest) as oldest from opened o
        join failure_group g on g.tenant_id = o.tenant_id and g.id = o.group_id and g.state in ('Open', 'Acknowledged')
        left join lateral (
            select d.last_failed_at as oldest from dead_letter d
            where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state = 'Waiting' order by d.last_failed_at, d.id limit 1) w on true
        group by g.tenant_id, g.sync_id, g.cause
        union all
        select tenant_id, sync_id, cause, count(*)::int as letters, min(last_failed_at) as oldest from dead_letter
        where group_id is null and state in ('Waiting', 'Queued', 'Replaying') and (@tenants::uuid[] is null or tenant_id = any(@tenants))
        group by tenant_id, sync_id, cause
        """;

    public const string Connections = """
        select c.tenant_id, c.id, c.name, c.checked_at, c.check_passed, coalesce(c.check_report #>> '{steps,-1,answer}', '') as check_answer,
               coalesce(k.name, '') as credential_name, k.expires_at, coalesce(n.calls, 0)::bigint as calls, coalesce(n.failures, 0)::bigint as failures,
               coalesce(l.minute, lh.hour) as last_call, coalesce(g.minute, gh.hour) as last_success,
               x.state as circuit_state, x.since as circuit_since, coalesce(x.reason, '') as circuit_reason, coalesce(x.actor, '') as circuit_actor, x.cause as circuit_cause,
               x.probe_at, p.probed_at, p.next_at as probed_next, p.reachable, coalesce(p.sentence, '') as probe_sentence, p.cause as probe_cause, coalesce(p.misses, 0) as misses,
               p.certificate_expires, p.accepted, coalesce(p.sign_in_sentence, '') as sign_in_sentence, coalesce(p.refusals, 0) as refusals,
               b.per_day, b.day, b.day_used, b.told_limit, b.told_remaining, b.told_reset_at, b.free_at, coalesce(q.calls, 0)::bigint as budget_calls
        from connection c
        left join connection_probe p on p.tenant_id = c.tenant_id and p.connection_id = c.id and p.is_on
        left join call_budget b on b.tenant_id = c.tenant_id and b.id = coalesce(c.credential_id, c.id)
        left join lateral (
            select sum(m.calls) as calls from connection o join connection_minute m on m.tenant_id = o.tenant_id and m.connection_id = o.id and m.minute >= @quarter
            where b.per_day is not null and o.tenant_id = c.tenant_id and coalesce(o.credential_id, o.id) = b.id) q on true
        left join circuit x on x.tenant_id = c.tenant_id and x.connection_id = c.id
        left join credential k on k.tenant_id = c.tenant_id and k.id = c.credential_id
        left join lateral (
            select sum(m.calls) as calls, sum(m.failures) as failures from connection_minute m
            where m.tenant_id = c.tenant_id and m.connection_id = c.id and m.minute >= date_trunc('minute', @since::timestamptz)) n on true
        left join lateral (
            select m.minute from connection_minute m where m.tenant_id = c.tenant_id and m.connection_id = c.id order by m.minute desc limit 1) l on true
        left join lateral (
            select m.minute from connection_minute m where m.tenant_id = c.tenant_id and m.connection_id = c.id and m.calls > m.failures
            order by m.minute desc limit 1) g on true
        left join lateral (
            select m.hour from connection_hour m where l.minute is null and m.tenant_id = c.tenant_id and m.connection_id = c.id order by m.hour desc limit 1) lh on true
        left join lateral (
            select m.hour from connection_hour m where g.minute is null and m.tenant_id = c.tenant_id and m.connection_id = c.id and m.calls > m.failures
            order by m.hour desc limit 1) gh on true
        where (@tenants::uuid[] is null or c.tenant_id = any(@tenants))
        order by c.tenant_id, lower(c.name), c.id
        """;

    /// <summary>The records of the last hour, by the windows that burn rates ask for.</summary>
    public static readonly string Windows = $"""
        select m.tenant_id, m.sync_id,
               coalesce(sum(m.rejected + m.failed + m.unknown) filter (where m.minute >= @five), 0)::bigint as bad_five,
               coalesce(sum(m.records_read - m.filtered) filter (where m.minute >= @five), 0)::bigint as attempted_five,
               coalesce(sum(m.rejected + m.failed + m.unknown) filter (where m.minute >= @half), 0)::bigint as bad_half,
               coalesce(sum(m.records_read - m.filtered) filter (where m.minute >= @half), 0)::bigint as attempted_half,
               sum(m.rejected + m.failed + m.unknown)::bigint as bad_hour, sum(m.records_read - m.filtered)::bigint as attempted_hour, {DurationBuckets.MergedOf(DeliveryTimes.Count)} as durations
        from tenant t join sync_minute m on m.tenant_id = t.id and m.minute >= @hour
        where (@tenants::uuid[] is null or t.id = any(@tenants))
        group by m.tenant_id, m.sync_id
        """;

    /// <summary>Records that stand in a replay's queue, by sync. The doubled condition names the partial index.</summary>
    public const string ReplayItems = """
        select x.tenant_id, x.sync_id, count(*)::int as depth, min(p.requested_at) as oldest
        from replay_item x join replay p on p.tenant_id = x.tenant_id and p.id = x.replay_id
        where x.state in ('Queued', 'Claimed') and x.state = 'Queued' and (@tenants::uuid[] is null or x.tenant_id = any(@tenants))
        group by x.tenant_id, x.sync_id
        """;

    /// <summary>Further back, for syncs that promise a share of their records: from sums as far as those are made.</summary>
    public const string LongWindows = """
        with made as (
            select coalesce((select max(until) from figure_sum where step = 'hour'), '-infinity') as hours, coalesce((select max(until) from figure_sum where step = 'day'), '-infinity') as days),
        parts as (
            select m.tenant_id, m.sync_id, m.day as at, true as is_day, m.rejected + m.failed + m.unknown as bad, m.records_read - m.filtered as attempted
            from sync_objective o join sync_day m on m.tenant_id = o.tenant_id and m.sync_id = o.sync_id and m.day >= @month and m.day < (select days from made)
            where o.delivery is not null and o.tenant_id = any(@ids)
            union all
            select m.tenant_id, m.sync_id, m.hour, false, m.rejected + m.failed + m.unknown, m.records_read - m.filtered
            from sync_objective o join sync_hour m on m.tenant_id = o.tenant_id and m.sync_id = o.sync_id and m.hour >= least(@three, (select days from made)) and m.hour < (select hours from made)
            where o.delivery is not null and o.tenant_id = any(@ids)
            union all
            select m.tenant_id, m.sync_id, m.minute, false, m.rejected + m.failed + m.unknown, m.records_read - m.filtered
            from sync_objective o join sync_minute m on m.tenant_id = o.tenant_id and m.sync_id = o.sync_id and m.minute >= (select hours from made)
            where o.delivery is not null and o.tenant_id = any(@ids))
        select tenant_id, sync_id, coalesce(sum(bad) filter (where not is_day and at >= @six), 0)::bigint as bad_six, coalesce(sum(attempted) filter (where not is_day and at >= @six), 0)::bigint as attempted_six,
               coalesce(sum(bad) filter (where not is_day and at >= @three), 0)::bigint as bad_three, coalesce(sum(attempted) filter (where not is_day and at >= @three), 0)::bigint as attempted_three,
               coalesce(sum(bad) filter (where is_day or at >= (select days from made)), 0)::bigint as bad_month,
               coalesce(sum(attempted) filter (where is_day or at >= (select days from made)), 0)::bigint as attempted_month
        from parts group by tenant_id, sync_id
        """;

    /// <summary>Late minutes further back: whole hours are counted, which is exact enough for days.</summary>
    public const string LateHours = """
        select f.tenant_id, f.sync_id,
               coalesce(sum(bit_count(f.late::bit(64))) filter (where f.hour > @six), 0)::bigint as bad_six, coalesce(sum(bit_count(f.seen::bit(64))) filter (where f.hour > @six), 0)::bigint as attempted_six,
               coalesce(sum(bit_count(f.late::bit(64))) filter (where f.hour > @three), 0)::bigint as bad_three, coalesce(sum(bit_count(f.seen::bit(64))) filter (where f.hour > @three), 0)::bigint as attempted_three,
               sum(bit_count(f.late::bit(64)))::bigint as bad_month, sum(bit_count(f.seen::bit(64)))::bigint as attempted_month
        from sync_freshness f where f.tenant_id = any(@ids) and f.hour > @month
        group by f.tenant_id, f.sync_id
        """;

    /// <summary>The minutes of this hour and the one before it.</summary>
    public const string LateBits = """
        select tenant_id, sync_id, hour, seen, late from sync_freshness where hour >= @last and (@tenants::uuid[] is null or tenant_id = any(@tenants))
        """;
}
