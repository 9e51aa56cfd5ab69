using IntegrationConsole.Health.Figures;

namespace IntegrationConsole.Health.Metrics;

/// <summary>The questions behind the small charts. A key is what keeps a line apart from others; all are asked with the tenants that the reader may see.</summary>
internal static class MetricQueries
{
    private const string IsGood = "r.state in ('Succeeded', 'Partial') and not r.beside";

    /// <summary>Records by the integration or the tenant, from what is summed already.</summary>
    public static string Records(MetricGrouping grouping, FigureRange range)
    {
        var (key, join) = grouping switch
        {
            MetricGrouping.Integration => ("s.name", "join sync_definition s on s.tenant_id = m.tenant_id and s.id = m.sync_id"),
            MetricGrouping.Tenant => ("t.name", "join tenant t on t.id = m.tenant_id"),
            _ => ("''", ""),
        };
        return $"""
            select (extract(epoch from m.minute - @from::timestamptz)::bigint / @step)::int as step, {key} as key, sum(written + unchanged)::double precision as arrived,
                   sum(records_read - filtered)::double precision as attempted, sum(rejected + failed + unknown)::double precision as set_aside
            from {FigureSource.OfMany("sync", "records_read, written, unchanged, filtered, rejected, failed, unknown", range)} m {join}
            where @syncId::uuid is null or m.sync_id = @syncId
            group by 1, 2
            """;
    }

    /// <summary>
    /// Records by the node or the version of the mapping, which no sum knows: from the runs themselves. A run tells how
    /// many there were and from when to when it went, so they are spread evenly over that time.
    /// </summary>
    public static string Runs(MetricGrouping grouping, bool isOfOne)
    {
        var (key, join) = grouping is MetricGrouping.Node ? ("r.node", "") : (VersionOf("r", isOfOne), "join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id");
        return $"""
            with gone as (
                select r.*, r.finished_at as until from run r where r.tenant_id = any(@tenants) and r.finished_at >= @from
                union all
                select r.*, @now::timestamptz from run r where r.tenant_id = any(@tenants) and r.state in ('Queued', 'Running')),
            placed as (
                select r.tenant_id, r.sync_id, r.node, r.mapping_version, r.written + r.unchanged as arrived, r.records_read - r.filtered as attempted, r.rejected + r.failed + r.unknown as set_aside,
                       date_part('epoch', r.started_at - @from::timestamptz) as began, date_part('epoch', greatest(r.until, r.started_at) - @from::timestamptz) as ended
                from gone r where r.started_at < @to and r.records_read > 0 and not r.is_split and (@syncId::uuid is null or r.sync_id = @syncId))
            select g.step, {key} as key, sum(r.arrived * g.share) as arrived, sum(r.attempted * g.share) as attempted, sum(r.set_aside * g.share) as set_aside
            from placed r {join}
            cross join lateral (
                select step, case when ended > began then (least(ended, (step + 1) * @step) - greatest(began, step * @step)) / (ended - began) else 1.0::double precision end as share
                from generate_series(greatest(floor(began / @step), 0)::int, least(greatest(floor(began / @step), ceil(ended / @step) - 1), @steps - 1)::int) as step) g
            group by 1, 2
            """;
    }

    /// <summary>Letters when they were set aside, by what their first try tells.</summary>
    public static string Letters(MetricGrouping grouping, bool isOfOne)
    {
        var (key, join) = KeyOfLetters(grouping, isOfOne, "a");
        var first = grouping is MetricGrouping.Version or MetricGrouping.Node ? "join dead_letter_attempt a on a.tenant_id = d.tenant_id and a.letter_id = d.id and a.number = 1" : "";
        return $"""
            select (extract(epoch from d.first_failed_at - @from::timestamptz)::bigint / @step)::int as step, {key} as key, count(*)::double precision as value
            from dead_letter d {first} {join}
            where d.tenant_id = any(@tenants) and d.last_failed_at >= @from and d.first_failed_at >= @from and d.first_failed_at < @to and d.cause <> 'Held'
              and (@syncId::uuid is null or d.sync_id = @syncId)
            group by 1, 2
            """;
    }

    /// <summary>
    /// How open letters became more and fewer. Those that are open now are counted, which an index does; from them those of
    /// the beginning are reckoned by what came and what was closed since then, and only that is read.
    /// </summary>
    public static string Backlog(MetricGrouping grouping, bool isOfOne)
    {
        var (key, join) = KeyOfLetters(grouping, isOfOne, "d");
        const string whose = "d.tenant_id = any(@tenants) and (@syncId::uuid is null or d.sync_id = @syncId)";
        return $"""
            with came as (
                select d.tenant_id, d.sync_id, d.cause, d.stage, d.mapping_version, d.first_failed_at as at from dead_letter d
                where {whose} and d.last_failed_at >= @from and d.first_failed_at >= @from),
            closed as (
                select d.tenant_id, d.sync_id, d.cause, d.stage, d.mapping_version, d.closed_at as at from dead_letter d
                where {whose} and ((d.closed_at >= @from and d.body_deleted_at is null) or (d.closed_at >= @from and d.body_deleted_at is not null)))
            select x.step, x.key, sum(x.change)::double precision as value from (
                select 0 as step, {key} as key, count(*) as change from dead_letter d {join} where {whose} and d.state in ('Waiting', 'Queued', 'Replaying') group by 2
                union all
                select 0, {key}, -count(*) from came d {join} group by 2
                union all
                select 0, {key}, count(*) from closed d {join} group by 2
                union all
                select (extract(epoch from d.at - @from::timestamptz)::bigint / @step)::int, {key}, count(*) from came d {join} where d.at < @to group by 1, 2
                union all
                select (extract(epoch from d.at - @from::timestamptz)::bigint / @step)::int, {key}, -count(*) from closed d {join} where d.at < @to group by 1, 2) x
            group by 1, 2 having sum(x.change) <> 0 order by 1
            """;
    }

    /// <summary>
    /// How long ago an integration's last good run began, at the end of each step: what came after that may not have arrived; of several together, the one furthest
    /// behind. What is paused or runs only when somebody asks is behind nobody, and a change stream's runs do not end.
    /// </summary>
    public static string Lag(MetricGrouping grouping)
    {
        var key = grouping switch { MetricGrouping.Integration => "s.name", MetricGrouping.Tenant => "t.name", _ => "''" };
        return $"""
            with syncs as (
                select s.tenant_id, s.id, {key} as key from sync_definition s join tenant t on t.id = s.tenant_id
                where s.tenant_id = any(@tenants) and s.deleted_at is null and s.paused_at is null and t.paused_at is null and s.read_mode <> 'ChangeStream'
                  and (s.schedule ->> 'kind' <> 'Manual' or s.id = @syncId) and (@syncId::uuid is null or s.id = @syncId)),
            ended as (
                select s.tenant_id, s.id, s.key, e.step, e.at from syncs s cross join lateral (
                    (select -1 as step, coalesce(r.started_at, r.finished_at) as at from run r
                     where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.finished_at < @from and {IsGood} order by r.finished_at desc limit 1)
                    union all
                    select (extract(epoch from r.finished_at - @from::timestamptz)::bigint / @step)::int, max(coalesce(r.started_at, r.finished_at)) from run r
                    where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.finished_at >= @from and r.finished_at < @to and {IsGood} group by 1) e),
            lasting as (
                select key, step, at, lead(step, 1, @steps) over (partition by tenant_id, id order by step) - 1 as until from ended)
            select g.step, l.key, max(date_part('epoch', least(@from::timestamptz + (g.step + 1) * @step * interval '1 second', @now) - l.at)) as value
            from lasting l cross join lateral generate_series(greatest(l.step, 0), least(l.until, @begun)) as g (step)
            group by 1, 2
            """;
    }

    private static (string Key, string Join) KeyOfLetters(MetricGrouping grouping, bool isOfOne, string versioned) => grouping switch
    {
        MetricGrouping.Cause => ("d.cause", ""),
        MetricGrouping.Stage => ("d.stage", ""),
        MetricGrouping.Node => ("a.node", ""),
        MetricGrouping.Version => (VersionOf(versioned, isOfOne), "join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id"),
        MetricGrouping.Integration => ("s.name", "join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id"),
        MetricGrouping.Tenant => ("t.name", "join tenant t on t.id = d.tenant_id"),
        _ => ("''", ""),
    };

    /// <summary>Versions are numbered for each mapping anew.</summary>
    private static string VersionOf(string row, bool isOfOne) => $"{(isOfOne ? "" : "s.name || ' ' || ")}coalesce('v' || {row}.mapping_version, 'without a version')";
}
