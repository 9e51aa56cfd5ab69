using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>What a webhook endpoint took for a sync that reads it.</summary>
/// <param name="Unread">Deliveries that it has still to read.</param>
/// <param name="Oldest">When the first of them came; null where there is none.</param>
/// <param name="Last">When something came last; null where nothing did.</param>
/// <param name="IsCalled">It runs when something arrives.</param>
/// <param name="UsualQuiet">How long it was quiet at most around this hour of the week; null before that is known.</param>
public sealed record ArrivalFact(int Unread, DateTimeOffset? Oldest, DateTimeOffset? Last, bool IsCalled, TimeSpan? UsualQuiet = null)
{
    /// <summary>Weeks that have to tell how long it was quiet, before that says anything.</summary>
    private const int FewestWeeks = 3;

    /// <summary>Learns from other weeks how long it may be quiet at this hour of this one.</summary>
    /// <param name="weeks">Of each week, the hours around this one in which something came, in their order.</param>
    /// <returns>Null where too few weeks tell.</returns>
    public static TimeSpan? QuietOf(IEnumerable<IReadOnlyList<DateTimeOffset>> weeks)
    {
        // Something came somewhen within each hour: between two of them it was quiet up to the end of the later one.
        var longest = weeks.Where(hours => hours.Count > 1).Select(hours => hours.Zip(hours.Skip(1), (one, next) => next - one).Max() + TimeSpan.FromHours(1)).ToList();
        return longest.Count < FewestWeeks ? null : longest.Max();
    }
}

/// <summary>
/// Judges a sync by whether what sends to it by itself still does. No schedule promises anything there, so the same hour
/// of other weeks says how long it may be quiet: nights and weekends are not silence.
/// </summary>
internal static class ArrivalVerdicts
{
    public static Finding? Judge(SyncFacts sync, DateTimeOffset now)
    {
        if (sync.Arrivals is not { Last: { } last, UsualQuiet: { } usual })
        {
            return null;
        }

        // Time before a pause ended is not held against it.
        var quiet = now - (last > sync.PromisedSince ? last : sync.PromisedSince);
        if (quiet <= usual)
        {
            return sync.Schedule is { Kind: ScheduleKind.Manual } ? Of(HealthState.Healthy, "What sends to it does so as usual.", usual) : null;
        }

        return Of(
            quiet <= 2 * usual ? HealthState.Degraded : HealthState.Failing,
            $"Nothing has arrived since {Moment.Time(last)}; around this hour of the week it was quiet for {Moment.Span(usual)} at most. See whether the sender still sends.", usual);
    }

    private static Finding Of(HealthState state, string reason, TimeSpan usual) =>
        new(HealthDimension.Freshness, state, reason, HealsItself: state is not HealthState.Failing, new Evidence(EvidenceKind.Figures)) { Threshold = Moment.Span(usual) };
}
