using IntegrationConsole.Controls;

namespace IntegrationConsole.Health.Timeline;

/// <summary>What of the timeline is marked on charts.</summary>
public static class TimelineMark
{
    public static ChartMark Of(TimelineEvent one) =>
        new(one.At, $"{(one.ObjectName.Length > 0 ? $"{one.ObjectName}, " : "")}{one.Words}{(one.Actor.Length > 0 ? $" ({one.Actor})" : "")}");
}
