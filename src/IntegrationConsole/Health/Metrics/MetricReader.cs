using IntegrationConsole.Controls;
using IntegrationConsole.Health.Figures;

namespace IntegrationConsole.Health.Metrics;

/// <summary>What is to be drawn.</summary>
/// <param name="Charts">Their keys; empty for all.</param>
/// <param name="CompareBy">How long before; null for no comparison.</param>
public sealed record MetricQuestion(
    IReadOnlyCollection<TenantId> Tenants, FigureRange Range, MetricGrouping Grouping, IReadOnlyCollection<string> Charts, Guid? SyncId, TimeSpan? CompareBy);

/// <summary>Makes the small charts of the metrics page, all on one axis.</summary>
public sealed class MetricReader(MetricStore store, TimeProvider clock)
{
    /// <summary>More lines than these cannot be told apart.</summary>
    private const int MostSeries = 6;

    public static readonly IReadOnlyList<(string Key, string Title)> Charts =
        [("throughput", "Throughput"), ("errors", "Errors"), ("p95", "Time a call takes, p95"), ("lag", "Lag"), ("backlog", "Open dead letters"), ("dead", "Set aside")];

    /// <summary>Whether what a chart is made of tells these apart; where it does not, the chart shows all together.</summary>
    public static bool KeepsApart(string chart, MetricGrouping grouping) => (chart, grouping) switch
    {
        (_, MetricGrouping.None) => true,
        ("p95", MetricGrouping.Connection or MetricGrouping.Tenant) => true,
        ("p95", _) => false,
        (_, MetricGrouping.Integration or MetricGrouping.Tenant) => true,
        ("throughput" or "errors" or "dead", MetricGrouping.Version or MetricGrouping.Node) => true,
        ("backlog" or "dead", MetricGrouping.Cause or MetricGrouping.Stage) => true,
        ("backlog", MetricGrouping.Version) => true,
        _ => false,
    };

    public async Task<IReadOnlyList<MetricChart>> ReadAsync(MetricQuestion question, CancellationToken cancellationToken)
    {
        var charts = new List<MetricChart>();

        // One name has one colour on all charts.
        var colours = new Dictionary<string, int>();

        // Three of the charts are made of the same records.
        var records = new Dictionary<(FigureRange, MetricGrouping), IReadOnlyList<RecordCell>>();
        foreach (var (key, title) in Charts.Where(chart => question.Charts.Count == 0 || question.Charts.Contains(chart.Key)))
        {
            var cells = await CellsAsync(key, question, question.Range, KeepsApart(key, question.Grouping) ? question.Grouping : MetricGrouping.None, records, cancellationToken);
            var before = question.CompareBy is { } by ? await CellsAsync(key, question, question.Range.Earlier(by), MetricGrouping.None, records, cancellationToken) : null;
            charts.Add(ChartOf(key, title, question.Range, cells, before ?? [], colours));
        }

        return charts;
    }

    private async Task<IReadOnlyList<MetricCell>> CellsAsync(
        string key, MetricQuestion question, FigureRange range, MetricGrouping grouping, Dictionary<(FigureRange, MetricGrouping), IReadOnlyList<RecordCell>> known,
        CancellationToken cancellationToken)
    {
        var tenants = question.Tenants;
        switch (key)
        {
            case "p95":
                return await store.CallsAsync(tenants, grouping, range, question.SyncId, cancellationToken);
            case "lag":
                return await store.LagAsync(tenants, grouping, range, question.SyncId, cancellationToken);
            case "backlog":
                return await store.BacklogAsync(tenants, grouping, range, question.SyncId, cancellationToken);
            case "dead" when grouping is MetricGrouping.Cause or MetricGrouping.Stage or MetricGrouping.Version or MetricGrouping.Node:
                return await store.LettersAsync(tenants, grouping, range, question.SyncId, cancellationToken);
            default:
                if (!known.TryGetValue((range, grouping), out var records))
                {
                    known[(range, grouping)] = records = await store.RecordsAsync(tenants, grouping, range, question.SyncId, cancellationToken);
                }

                return [.. records.Select(record => new MetricCell(record.Step, record.Key, Value(key, record, range))).Where(cell => !double.IsNaN(cell.Value))];
        }
    }

    private double Value(string key, RecordCell record, FigureRange range) => key switch
    {
        "throughput" => record.Arrived / range.Elapsed(record.Step, clock.GetUtcNow()).TotalSeconds,
        "errors" => record.Attempted == 0 ? double.NaN : 100.0 * record.SetAside / record.Attempted,
        _ => record.SetAside,
    };

    private static MetricChart ChartOf(string key, string title, FigureRange range, IReadOnlyList<MetricCell> cells, IReadOnlyList<MetricCell> before, Dictionary<string, int> colours)
    {
        var all = cells.GroupBy(cell => cell.Key).OrderByDescending(group => group.Sum(cell => cell.Value)).Select(group => group.Key).ToList();
        var names = all.Take(MostSeries).ToList();
        foreach (var name in names.Where(name => name.Length > 0))
        {
            colours.TryAdd(name, colours.Count);
        }

        var byKey = cells.Where(cell => names.Contains(cell.Key)).ToDictionary(cell => (cell.Key, cell.Step), cell => cell.Value);
        var earlier = before.ToDictionary(cell => cell.Step, cell => cell.Value);
        ChartSeries[] series = names is [] or [""] ? [new ChartSeries(title.ToLowerInvariant(), $"var(--series-{(key is "errors" or "dead" or "backlog" ? 4 : 1)})")]
            : [.. names.Select(name => new ChartSeries(name, $"var(--series-{(colours[name] % MostSeries) + 1})"))];
        string[] keys = names is [] ? [""] : [.. names];
        return new MetricChart(
            key, title, key is "errors" ? " %" : "", key is "p95" or "lag", key is "dead", series,
            [.. Enumerable.Range(0, range.Steps).Select(step => new ChartPoint(range.StartOf(step), [.. keys.Select(name => byKey.TryGetValue((name, step), out var value) ? value : (double?)null)]))],
            earlier.Count == 0 ? [] : [.. Enumerable.Range(0, range.Steps).Select(step => earlier.TryGetValue(step, out var value) ? value : (double?)null)])
        {
            Apart = names is [] or [""] ? 0 : all.Count,
        };
    }
}
