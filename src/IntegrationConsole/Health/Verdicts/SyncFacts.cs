using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Who stopped something, when and why.</summary>
/// <param name="OfTenant">The whole tenant was stopped.</param>
public sealed record Pause(DateTimeOffset At, string By, string Why, bool OfTenant);

/// <summary>A usual run that came to an end by itself, well or not.</summary>
/// <param name="Cause">What failed it; null for a good one, and where another run took its place.</param>
public sealed record EndedRun(Guid Id, long Number, RunState State, FailureCause? Cause, bool NeedsPerson, string Reason, DateTimeOffset At, long Records)
{
    public bool IsGood => State is RunState.Succeeded or RunState.Partial;

    /// <summary>When it began to read: what the source had then is certain to have arrived; null where that is not known.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>What it brought beside what is usual; null where that is not known.</summary>
    public Volume? Volume { get; init; }
}

/// <summary>A usual run that is going, or waits.</summary>
/// <param name="Cause">What the outside did to its last attempt; null when it did nothing.</param>
/// <param name="At">When it started; for one that waits, when it may start.</param>
/// <param name="LeaseUntil">Until when its node is known to live.</param>
/// <param name="MovedAt">The last minute in which it saved records.</param>
public sealed record OpenRun(
    Guid Id, long Number, FailureCause? Cause, string Reason, int Retries, DateTimeOffset At, DateTimeOffset? LeaseUntil = null, DateTimeOffset? MovedAt = null)
{
    /// <summary>When it last showed that it gets on.</summary>
    public DateTimeOffset LastSign => MovedAt > At ? MovedAt.Value : At;
}

/// <summary>What a reconciliation came to.</summary>
/// <param name="Words">In one sentence, or why it failed.</param>
/// <param name="Wrong">Keys that are missing or different.</param>
/// <param name="IsRepaired">A repair of them came to its end.</param>
public sealed record ComparedSides(long Number, ReconciliationState State, string Words, long Wrong, bool IsRepaired);

/// <summary>What is recorded of one sync.</summary>
/// <param name="Schedule">Null when what is recorded cannot be read.</param>
/// <param name="Zone">The tenant's; null when this machine does not know it.</param>
/// <param name="HasRun">Whether there ever was a run that is over, kept or not.</param>
/// <param name="Letters">Open dead letters by cause.</param>
/// <param name="PromisedSince">Since when the present schedule holds without a pause.</param>
public sealed record SyncFacts(
    Guid Id, string Slug, string Name, Schedule? Schedule, TimeZoneInfo? Zone, Pause? Pause, bool HasRun, EndedRun? LastEnded, EndedRun? LastGood, OpenRun? Running,
    OpenRun? Waiting, int RunsGoing, IReadOnlyList<CauseCount> Letters, DateTimeOffset PromisedSince, Guid SourceId, Guid DestinationId)
{
    /// <summary>What its last reconciliation came to; null where there was none.</summary>
    public ComparedSides? Compared { get; init; }

    /// <summary>A planned time that concerns it; null outside of one.</summary>
    public MaintenanceFact? Maintenance { get; init; }

    /// <summary>How far its change stream is; null where it has none, or it never began.</summary>
    public ChangeStreamFact? Stream { get; init; }

    /// <summary>What it promises beside its schedule.</summary>
    public Objective Objective { get; init; } = Objective.None;

    /// <summary>What became of its records in the last hour.</summary>
    public RecordWindows Recent { get; init; } = RecordWindows.None;

    /// <summary>What became of them before that; only where it promises something about them.</summary>
    public LongWindows Longer { get; init; } = LongWindows.None;

    /// <summary>When it was late; null where it promises nothing about that.</summary>
    public LateMinutes? Late { get; init; }

    /// <summary>Whether its last five usual runs were good, the last one first.</summary>
    public IReadOnlyList<bool> LastRuns { get; init; } = [];

    public BacklogFact Backlog { get; init; } = BacklogFact.None;

    /// <summary>What arrived for it; null where it reads no webhook endpoint.</summary>
    public ArrivalFact? Arrivals { get; init; }

    public MappingFact Mapping { get; init; } = MappingFact.Unknown;

    /// <summary>Since when the oldest open letter waits.</summary>
    public DateTimeOffset? OldestLetter { get; init; }

    /// <summary>What the look before remembered.</summary>
    public SideMemory Memory { get; init; } = SideMemory.Empty;

    /// <summary>The next time its schedule comes round; null when it never does.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset now) => Schedule is { } schedule && Zone is { } zone ? schedule.Next(zone, now) : null;

    public bool Uses(Guid connection) => SourceId == connection || DestinationId == connection;
}
