using System.Globalization;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Health.Limits;

/// <summary>What comes near.</summary>
public enum LimitKind
{
    RecordsPerMinute,
    CallsPerMinute,

    /// <summary>The calls that a credential, or a connection without one, may make in a minute.</summary>
    BudgetPerMinute,
    LetterRoom,

    /// <summary>The time for which letters are kept that nobody decides about.</summary>
    LetterTime,
}

/// <summary>How much of a limit by the minute was taken.</summary>
/// <param name="Owner">The credential or connection whose limit it is; empty for the tenant's own.</param>
/// <param name="PerMinute">The limit.</param>
/// <param name="Minutes">What each of the last full minutes took.</param>
public sealed record PaceFact(LimitKind Kind, string Owner, long PerMinute, IReadOnlyList<long> Minutes)
{
    /// <summary>A connection that it limits.</summary>
    public Guid? Connection { get; init; }
}

/// <summary>What the records of open dead letters take up.</summary>
/// <param name="Added">What of it came in the last day.</param>
/// <param name="Most">What they may take up.</param>
public sealed record RoomFact(long Bytes, long Added, long Most);

/// <summary>A limit that comes near, told before runs wait at it or stop.</summary>
/// <param name="Limit">What it is, such as "Records per minute".</param>
/// <param name="Evidence">What shows it, in a sentence or two.</param>
/// <param name="Remedy">The one thing to do, on a link.</param>
/// <param name="Path">Where that is done, below the tenant's address.</param>
public sealed record LimitWarning(TenantId TenantId, LimitKind Kind, string Limit, string Evidence, string Remedy, string Path);

/// <summary>Which limits of a tenant come near. Pure.</summary>
public static class LimitWarnings
{
    /// <summary>How many of the last full minutes are looked at.</summary>
    public const int Minutes = 15;

    /// <summary>So many of them have to be near the limit: a burst of a few minutes is what limits are for.</summary>
    private const int Several = 5;
    private const double Near = 0.8;

    public static IReadOnlyList<LimitWarning> Of(TenantId tenant, IEnumerable<PaceFact> paces, RoomFact? room, Expiring? expiring = null) =>
        [.. paces.Select(pace => Of(tenant, pace)).Append(room is null ? null : Of(tenant, room)).Append(expiring is null ? null : Of(tenant, expiring)).OfType<LimitWarning>()];

    private static LimitWarning? Of(TenantId tenant, PaceFact pace)
    {
        var near = pace.Minutes.Count(taken => taken >= Near * pace.PerMinute);
        if (near < Several)
        {
            return null;
        }

        var unit = pace.Kind is LimitKind.RecordsPerMinute ? "records" : "calls";
        var evidence = string.Create(
            CultureInfo.InvariantCulture, $"{near} of the last {Minutes} minutes took more than 80 % of {pace.PerMinute:N0} {unit}, the busiest {pace.Minutes.Max():N0}. At the limit they wait.");
        return pace switch
        {
            { Kind: LimitKind.RecordsPerMinute } => new(tenant, pace.Kind, "Records per minute", evidence, "See who takes them", "/metrics"),
            { Kind: LimitKind.BudgetPerMinute } => new(tenant, pace.Kind, $"Calls per minute of {pace.Owner}", evidence, "Slow backfills down…", $"/circuits?tab=budgets&slow={pace.Connection}"),
            _ => new(tenant, pace.Kind, "Calls per minute", evidence, "See who makes them", "/circuits?tab=budgets"),
        };
    }

    private static LimitWarning? Of(TenantId tenant, RoomFact room)
    {
        var left = LetterForecast.TimeLeft(room.Bytes, room.Added, TimeSpan.FromDays(1), room.Most);
        if (!LetterForecast.IsFilling(room.Bytes, left, room.Most))
        {
            return null;
        }

        var pace = left is { } time ? $" At the last day’s pace it is used up in {Moment.Span(time)}; runs that set more aside stop then." : " Runs that set more aside stop when it is used up.";
        var evidence = string.Create(CultureInfo.InvariantCulture, $"{(double)room.Bytes / room.Most:P0} of {room.Most / TenantQuota.Megabyte:N0} MB is used.{pace}");
        return new LimitWarning(tenant, LimitKind.LetterRoom, "Room for dead letters", evidence, "Replay or discard letters", "/failures");
    }

    private static LimitWarning Of(TenantId tenant, Expiring expiring) =>
        new(tenant, LimitKind.LetterTime, "Time for dead letters", expiring.Words, "Look at them", $"/dead-letters?{expiring.Query}");
}
