using IntegrationConsole.Controls;

namespace IntegrationConsole.Health.Metrics;

/// <summary>One of the small charts.</summary>
/// <param name="Key">In the address.</param>
/// <param name="Before">The first series at the time it is compared with, step for step; empty for none.</param>
public sealed record MetricChart(
    string Key, string Title, string Unit, bool IsTime, bool IsStacked, IReadOnlyList<ChartSeries> Series, IReadOnlyList<ChartPoint> Points, IReadOnlyList<double?> Before)
{
    /// <summary>How many things are kept apart, of which the greatest are drawn; 0 where it shows all together.</summary>
    public int Apart { get; init; }

    /// <summary>The name of a line, where it is more than the chart's own.</summary>
    public string NameOf(int series) => Apart == 0 ? Title : $"{Title}: {Series[series].Name}";
}
