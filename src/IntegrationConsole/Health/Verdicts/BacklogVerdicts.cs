using System.Globalization;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What waits for a sync.</summary>
/// <param name="Depth">Records and runs in its queues.</param>
/// <param name="Oldest">Since when the oldest of them could have gone.</param>
/// <param name="Drained">How many of them went in a minute more than came, over the last half hour; negative while it grows; null before that is known.</param>
/// <param name="GrowsSince">Since when more come than go; null while they do not.</param>
public sealed record BacklogFact(int Depth, DateTimeOffset? Oldest, double? Drained = null, DateTimeOffset? GrowsSince = null)
{
    public static readonly BacklogFact None = new(0, null);

    /// <summary>Null where it is not known, or never.</summary>
    public TimeSpan? DrainTime => Drained > 0 ? TimeSpan.FromMinutes(Math.Min(Depth / Drained.Value, TimeSpan.FromDays(365).TotalMinutes)) : null;
}

/// <summary>Judges a sync by what waits for it, in units of its own interval.</summary>
internal static class BacklogVerdicts
{
    private static readonly TimeSpan Growing = TimeSpan.FromMinutes(30);

    /// <summary>For syncs without a schedule, and those that run every few minutes.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMinutes(15);

    private const int MostIntervals = 4;

    /// <summary>Deliveries that are read this soon after they came do not wait: they pass.</summary>
    private static readonly TimeSpan Passing = TimeSpan.FromMinutes(2);

    public static Finding? Judge(SyncFacts sync, DateTimeOffset now)
    {
        if (sync.Backlog is not { Depth: > 0, Oldest: { } oldest } backlog || oldest >= now)
        {
            return null;
        }

        var interval = sync is { Schedule: { } schedule, Zone: { } zone } && schedule.LongestGap(zone, now) is { } gap && gap > LeastInterval ? gap : LeastInterval;

        // Deliveries pile up from one run to the next, and the run that reads them takes a while: only then they are late.
        var isPassing = sync.Arrivals is { Unread: > 0 } && now - oldest <= interval + (interval / 10);
        if (isPassing && now - oldest < Passing)
        {
            return null;
        }

        var grows = !isPassing && now - backlog.GrowsSince >= Growing;
        var state = grows && !(backlog.DrainTime <= MostIntervals * interval) ? HealthState.Failing
            : backlog.DrainTime > interval || (!isPassing && now - oldest > interval) ? HealthState.Degraded
            : HealthState.Healthy;
        var what = backlog.Depth == 1 ? "1 item waits" : string.Create(CultureInfo.InvariantCulture, $"{backlog.Depth:N0} items wait");
        var pace = grows ? "; more come than go" : backlog.DrainTime is { } drain ? $"; gone in about {Moment.Span(drain)}" : "";
        return new Finding(HealthDimension.Backlog, state, $"{what}, the oldest since {Moment.Time(oldest)}{pace}.", HealsItself: state is not HealthState.Failing, new Evidence(EvidenceKind.Sync))
        {
            Value = what, Threshold = Moment.Span(interval),
        };
    }
}
