namespace IntegrationConsole.Connectors.Budgets;

/// <summary>What is left of the calls that a credential, or a connection without one, may make.</summary>
/// <param name="SecondAt">When the next call is free of the limit per second.</param>
/// <param name="MinuteAt">When the calls made so far are made up for under the limit per minute.</param>
/// <param name="Day">The day, in UTC, whose calls are counted.</param>
/// <param name="FreeAt">When the next slice begins.</param>
public sealed record CallBudget(
    TenantId TenantId, Guid Id, double? PerSecond, int? PerMinute, int? PerDay, DateTimeOffset SecondAt, DateTimeOffset MinuteAt, DateTimeOffset Day, int DayUsed,
    double? ToldLimit, double? ToldRemaining, DateTimeOffset? ToldResetAt, DateTimeOffset ToldAt, DateTimeOffset FreeAt)
{
    public static CallBudget Fresh(TenantId tenant, Guid id, DateTimeOffset now) =>
        new(tenant, id, null, null, null, now, now, DayOf(now), 0, null, null, null, now, now);

    public CallLimits Limits => new(PerSecond, PerMinute, PerDay);

    /// <summary>Whether what the system said still counts.</summary>
    public bool IsTold(DateTimeOffset now) => ToldRemaining is not null && ToldResetAt > now;

    /// <summary>When its calls begin anew; null where nothing says so, as with limits that are free again within a minute.</summary>
    public DateTimeOffset? ResetsAt(DateTimeOffset now) => IsTold(now) ? ToldResetAt : PerDay is null ? null : DayOf(now).AddDays(1);

    public static DateTimeOffset DayOf(DateTimeOffset now) => new(now.UtcDateTime.Date, TimeSpan.Zero);

    public int UsedToday(DateTimeOffset now) => Day == DayOf(now) ? DayUsed : 0;
}

/// <summary>A slice of a budget that one node may use.</summary>
/// <param name="From">When its first call may be made; with a count of none, when to ask again.</param>
/// <param name="Spacing">The time between two of its calls.</param>
public sealed record CallLease(DateTimeOffset From, int Count, TimeSpan Spacing);
