using IntegrationConsole.Controls;

namespace IntegrationConsole.Health.Metrics;

/// <summary>One of the small charts.</summary>
/// <param name="Key">In the address.</param>
/// <param name="Before">The first series at the time it is compared with, step for step; empty for none.</param>
public sealed record MetricChart(
    string Key, string Title, string Unit, bool IsTime, bool IsStacked, IReadOnlyList<ChartSeries> Series, IReadOnlyList<ChartPoint> Points, IReadOnlyList<double?> Before);
