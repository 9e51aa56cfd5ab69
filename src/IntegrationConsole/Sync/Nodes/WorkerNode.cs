namespace IntegrationConsole.Sync.Nodes;

/// <summary>That a node takes nothing up.</summary>
/// <param name="EndedAt">When somebody woke it; null while it lasts.</param>
public sealed record NodeStandby(DateTimeOffset Since, string AskedBy, string Reason, DateTimeOffset? EndedAt, string? EndedBy);

/// <summary>A process that moves runs.</summary>
/// <param name="HeardAt">When it last said that it is there; null where nothing of it is kept.</param>
/// <param name="Going">Runs, or parts of runs, that go on it.</param>
/// <param name="Opened">Circuits that it opened in the last hour.</param>
/// <param name="LastStandby">Null where it was never on standby.</param>
public sealed record WorkerNode(string Name, DateTimeOffset? HeardAt, int Going, int Opened, NodeStandby? LastStandby)
{
    public bool IsOnStandby => LastStandby is { EndedAt: null };

    public bool IsThere(DateTimeOffset now) => HeardAt > now - WorkerNodes.Silence;

    public bool IsAwake(DateTimeOffset now) => IsThere(now) && !IsOnStandby;
}
