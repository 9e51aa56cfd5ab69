using IntegrationConsole.Controls;

namespace IntegrationConsole.Health.Timeline;

/// <summary>The lanes of the timeline.</summary>
public enum TimelineKind
{
    Run,
    Change,
    Deploy,
    Health,
    Circuit,
    Alert,
    Replay,
    Maintenance,
}

/// <summary>Something that happened.</summary>
/// <param name="Id">Keeps events of one moment apart.</param>
/// <param name="Actor">Who did it; empty where nobody did.</param>
/// <param name="ObjectId">The integration or connection that it is about; null where it is about neither.</param>
/// <param name="Path">Where more is to be seen, below the tenant; empty for nowhere.</param>
public sealed record TimelineEvent(
    TimelineKind Kind, DateTimeOffset At, Guid Id, string Words, string Actor, Guid? ObjectId, string ObjectName, string Path, Tone Tone);

/// <summary>Which events; empty members match everything.</summary>
/// <param name="ObjectId">An integration, with all that it is made of, or a connection.</param>
/// <param name="By">A part of the name of who did it.</param>
public sealed record TimelineFilter(IReadOnlyCollection<TimelineKind> Kinds, Guid? ObjectId, string By, DateTimeOffset From, DateTimeOffset To);

public static class TimelineWords
{
    extension(TimelineKind kind)
    {
        public string Words => kind switch
        {
            TimelineKind.Run => "Runs",
            TimelineKind.Change => "Changes",
            TimelineKind.Deploy => "Published",
            TimelineKind.Health => "Health",
            TimelineKind.Circuit => "Circuits",
            TimelineKind.Alert => "Alerts",
            TimelineKind.Replay => "Replays",
            TimelineKind.Maintenance => "Maintenance",
        };

        public string Icon => kind switch
        {
            TimelineKind.Run => "runs",
            TimelineKind.Change => "edit",
            TimelineKind.Deploy => "upload",
            TimelineKind.Health => "health",
            TimelineKind.Circuit => "circuits",
            TimelineKind.Alert => "bell",
            TimelineKind.Replay => "replay",
            TimelineKind.Maintenance => "maintenance",
        };
    }
}
