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

    /// <summary>The version of the mapping that made the records.</summary>
    Version,
    Node,
}

/// <summary>One step of one of the things that are kept apart.</summary>
internal sealed record MetricCell(int Step, string Key, double Value);

/// <summary>Records of one step; of a run that reaches over several steps, the share of each.</summary>
internal sealed record RecordCell(int Step, string Key, double Arrived, double Attempted, double SetAside);

/// <summary>Figures kept apart by integration, connection, cause and so on, from what is summed already where that tells them apart.</summary>
public sealed class MetricStore(ConsoleDatabase database, TimeProvider clock)
{
    internal async Task<IReadOnlyList<RecordCell>> RecordsAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenants, cancellationToken);
        var sql = grouping is MetricGrouping.Version or MetricGrouping.Node ? MetricQueries.Runs(grouping, syncId is not null) : MetricQueries.Records(grouping, range);
        return await session.ListAsync<RecordCell>(sql, Args(tenants, range, syncId), cancellationToken);
    }

    /// <summary>The 95th percentile of calls, from all calls of a step; steps with too few are absent.</summary>
    internal async Task<IReadOnlyList<MetricCell>> CallsAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        var (key, join) = grouping switch
        {
            MetricGrouping.Connection => ("n.name", "join connection n on n.tenant_id = m.tenant_id and n.id = m.connection_id"),
            MetricGrouping.Tenant => ("t.name", "join tenant t on t.id = m.tenant_id"),
            _ => ("''", ""),
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

    /// <summary>Letters that were set aside, each in the step in which it first was.</summary>
    internal async Task<IReadOnlyList<MetricCell>> LettersAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenants, cancellationToken);
        var cells = await session.ListAsync<MetricCell>(MetricQueries.Letters(grouping, syncId is not null), Args(tenants, range, syncId), cancellationToken);
        return [.. cells.Select(cell => cell with { Key = InWords(cell.Key, grouping) })];
    }

    /// <summary>Open letters at the end of each step that has begun.</summary>
    internal async Task<IReadOnlyList<MetricCell>> BacklogAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenants, cancellationToken);
        var changes = await session.ListAsync<MetricCell>(MetricQueries.Backlog(grouping, syncId is not null), Args(tenants, range, syncId), cancellationToken);
        var begun = Begun(range);
        return
        [
            .. changes.GroupBy(change => InWords(change.Key, grouping)).DefaultIfEmpty().SelectMany(some =>
            {
                var (open, byStep) = (0.0, some?.ToDictionary(change => change.Step, change => change.Value));
                return Enumerable.Range(0, begun + 1).Select(step => new MetricCell(step, some?.Key ?? "", open += byStep?.GetValueOrDefault(step) ?? 0));
            }),
        ];
    }

    /// <summary>How long ago the last good run began, at the end of each step that has begun.</summary>
    internal async Task<IReadOnlyList<MetricCell>> LagAsync(
        IReadOnlyCollection<TenantId> tenants, MetricGrouping grouping, FigureRange range, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(tenants, cancellationToken);
        return await session.ListAsync<MetricCell>(MetricQueries.Lag(grouping), Args(tenants, range, syncId), cancellationToken);
    }

    private static string InWords(string key, MetricGrouping grouping) => grouping switch
    {
        MetricGrouping.Cause => Enum.Parse<FailureCause>(key).Words,
        MetricGrouping.Stage => Enum.Parse<LetterStage>(key).Words,
        _ => key,
    };

    private Task<DatabaseSession> OpenAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken) =>
        tenants.Count == 1 ? database.InTenantAsync(tenants.First(), cancellationToken) : database.AcrossTenantsAsync(cancellationToken);

    /// <returns>The last step that has begun; -1 for none.</returns>
    private int Begun(FigureRange range) => Math.Min(range.Steps - 1, (int)Math.Floor((clock.GetUtcNow() - range.From) / range.Step));

    private object Args(IReadOnlyCollection<TenantId> tenants, FigureRange range, Guid? syncId) => new
    {
        tenants = tenants.Select(tenant => tenant.Value).ToArray(), from = range.From, to = range.To, step = (long)range.Step.TotalSeconds, steps = range.Steps, syncId, now = clock.GetUtcNow(),
        begun = Begun(range),
    };

    private sealed class CallRow
    {
        public int Step { get; init; }

        public string Key { get; init; } = "";

        public long[] Durations { get; init; } = [];
    }
}
