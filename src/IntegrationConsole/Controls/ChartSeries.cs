namespace IntegrationConsole.Controls;

/// <param name="Colour">A token, such as <c>var(--series-1)</c>.</param>
public sealed record ChartSeries(string Name, string Colour);

/// <summary>One step of a chart: a value for each series, null where there is none.</summary>
public sealed record ChartPoint(DateTimeOffset At, IReadOnlyList<double?> Values);
