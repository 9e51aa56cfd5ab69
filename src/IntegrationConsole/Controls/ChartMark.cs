namespace IntegrationConsole.Controls;

/// <summary>Something that was changed, marked on a chart: what came after it may come of it.</summary>
public sealed record ChartMark(DateTimeOffset At, string Words);
