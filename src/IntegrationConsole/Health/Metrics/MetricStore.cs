using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Figures;

namespace IntegrationConsole.Health.Metrics;

/// <summary>By what figures are kept apart.</summary>
public enum MetricGrouping
{
    None,
    Integration,
    Connection,
    Cause,
    Stage,
    Tenant,
}

/// <summary>One step of one of the things that are kept apart.</summary>
internal sealed record MetricCell(int Step, string Key, double Value);

/// <summary>Records of one step.</summary>
internal sealed record RecordCell(int Step, string Key, long Arrived, long Attempted, long SetAside);

/// <summary>Figures kept apart by integration, connection, cause or tenant, from what is summed already.</summary>
public sealed class MetricStore(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>For whom lag is worked out, which takes a look at each integration and step.</summary>
    private const int MostIntegrations = 200;

    internal async Task<IReadOnlyList<RecordCell>> RecordsAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        var (key, join) = grouping switch
        {
            MetricGrouping.Integration => ("s.name", "join sync_definition s on s.tenant_id = m.tenant_id and s.id = m.sync_id"),
            MetricGrouping.Tenant => ("t.name", "join tenant t on t.id = m.tenant_id"),
            MetricGrouping.None or MetricGrouping.Connection or MetricGrouping.Cause or MetricGrouping.Stage => ("''", ""),
        };
        await using var session = await OpenAsync(tenants, cancellationToken);
        return await session.ListAsync<RecordCell>($"""
            select (extract(epoch from m.minute - @from::timestamptz)::bigint / @step)::int as step, {key} as key, sum(written + unchanged)::bigint as arrived,
                   sum(records_read - filtered)::bigint as attempted, sum(rejected + failed + unknown)::bigint as set_aside
            from {FigureSource.OfMany("sync", "records_read, written, unchanged, filtered, rejected, failed, unknown", range)} m {join}
            where @syncId::uuid is null or m.sync_id = @syncId
            group by 1, 2
            """, Args(tenants, range, syncId), cancellationToken);
    }

    /// <summary>The 95th percentile of calls, from all calls of a step; steps with too few are absent.</summary>
    internal async Task<IReadOnlyList<MetricCell>> CallsAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        var (key, join) = grouping switch
        {
            MetricGrouping.Connection => ("n.name", "join connection n on n.tenant_id = m.tenant_id and n.id = m.connection_id"),
            MetricGrouping.Tenant => ("t.name", "join tenant t on t.id = m.tenant_id"),
            MetricGrouping.None or MetricGrouping.Integration or MetricGrouping.Cause or MetricGrouping.Stage => ("''", ""),
        };
        await using var session = await OpenAsync(tenants, cancellationToken);
        var rows = await session.ListAsync<CallRow>($"""
            select (extract(epoch from m.minute - @from::timestamptz)::bigint / @step)::int as step, {key} as key, {DurationBuckets.Merged} as durations
            from {FigureSource.OfMany("connection", "durations::bigint[] as durations", range)} m {join}
            where @syncId::uuid is null or m.connection_id in (
                select unnest(array[d.source_connection_id, d.destination_connection_id]) from sync_definition d where d.tenant_id = m.tenant_id and d.id = @syncId)
            group by 1, 2
            """, Args(tenants, range, syncId), cancellationToken);
        return [.. rows.Select(row => (row, P95: DurationBuckets.Percentile(row.Durations, 0.95))).Where(one => one.P95 is not null)
            .Select(one => new MetricCell(one.row.Step, one.row.Key, one.P95!.Value.TotalSeconds))];
    }

    /// <summary>Letters by the class of what failed them, or by the stage of the line at which they did.</summary>
    internal async Task<IReadOnlyList<MetricCell>> LettersAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenants, cancellationToken);
        var rows = await session.ListAsync<LetterRow>("""
            select (extract(epoch from d.first_failed_at - @from::timestamptz)::bigint / @step)::int as step, d.cause, d.stage, count(*)::int as letters from dead_letter d
            where d.tenant_id = any(@tenants) and d.last_failed_at >= @from and d.first_failed_at >= @from and d.first_failed_at < @to and d.cause <> 'Held'
              and (@syncId::uuid is null or d.sync_id = @syncId)
            group by 1, 2, 3
            """, Args(tenants, range, syncId), cancellationToken);
        return
        [
            .. rows.GroupBy(row => (row.Step, Key: grouping is MetricGrouping.Stage ? row.Stage.Words : row.Cause.Words))
                .Select(some => new MetricCell(some.Key.Step, some.Key.Key, some.Sum(row => row.Letters))),
        ];
    }

    /// <summary>Open letters at the end of each step that has begun.</summary>
    internal async Task<IReadOnlyList<MetricCell>> BacklogAsync(TenantId tenant, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<ChangeRow>("""
            select (extract(epoch from x.at - @from::timestamptz)::bigint / @step)::int as step, sum(x.change)::int as change from (
                select greatest(d.first_failed_at, @from) as at, 1 as change from dead_letter d
                where d.tenant_id = any(@tenants) and d.first_failed_at < @to and (d.closed_at is null or d.closed_at >= @from) and (@syncId::uuid is null or d.sync_id = @syncId)
                union all
                select d.closed_at, -1 from dead_letter d
                where d.tenant_id = any(@tenants) and d.closed_at >= @from and d.closed_at < @to and d.first_failed_at < @to and (@syncId::uuid is null or d.sync_id = @syncId)) x
            group by 1 order by 1
            """, Args([tenant], range, syncId), cancellationToken);
        var changes = rows.ToDictionary(row => row.Step, row => row.Change);
        var (open, cells) = (0, new List<MetricCell>());
        for (var step = 0; step < range.Steps && range.StartOf(step) <= clock.GetUtcNow(); step++)
        {
            open += changes.GetValueOrDefault(step);
            cells.Add(new MetricCell(step, "", open));
        }

        return cells;
    }

    /// <summary>How long ago an integration's last good run ended, at the end of each step; of all together, the one furthest behind.</summary>
    internal async Task<IReadOnlyList<MetricCell>> LagAsync(TenantId tenant, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        var key = grouping is MetricGrouping.Integration ? "x.name" : "''";
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<MetricCell>($"""
            select x.step, {key} as key, max(extract(epoch from x.until - x.finished_at))::double precision as value from (
                select g.step, s.name, e.until, l.finished_at from generate_series(0, @steps - 1) as g (step)
                cross join lateral (select least(@from::timestamptz + (g.step + 1) * @step * interval '1 second', @now) as until) e
                cross join (select s.tenant_id, s.id, s.name from sync_definition s
                            where s.tenant_id = any(@tenants) and s.deleted_at is null and s.paused_at is null and (@syncId::uuid is null or s.id = @syncId) order by s.id limit @most) s
                cross join lateral (
                    select r.finished_at from run r where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.finished_at <= e.until and r.state in ('Succeeded', 'Partial') and not r.beside
                    order by r.finished_at desc limit 1) l
                where @from::timestamptz + g.step * @step * interval '1 second' <= @now) x
            group by 1, 2
            """,
            new
            {
                tenants = new[] { tenant.Value }, from = range.From, step = (long)range.Step.TotalSeconds, steps = range.Steps, syncId, now = clock.GetUtcNow(), most = MostIntegrations,
            },
            cancellationToken);
    }

    private Task<DatabaseSession> OpenAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken) =>
        tenants.Count == 1 ? database.InTenantAsync(tenants.First(), cancellationToken) : database.AcrossTenantsAsync(cancellationToken);

    private static object Args(IReadOnlyCollection<TenantId> tenants, FigureRange range, Guid? syncId) =>
        new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), from = range.From, to = range.To, step = (long)range.Step.TotalSeconds, syncId };

    private sealed class CallRow
    {
        public int Step { get; init; }

        public string Key { get; init; } = "";

        public long[] Durations { get; init; } = [];
    }

    private sealed record LetterRow(int Step, FailureCause Cause, LetterStage Stage, int Letters);

    private sealed record ChangeRow(int Step, int Change);
}
