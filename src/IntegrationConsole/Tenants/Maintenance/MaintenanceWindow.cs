namespace IntegrationConsole.Tenants.Maintenance;

/// <summary>What a maintenance concerns.</summary>
public enum MaintenanceScope
{
    Tenant,
    Connection,
    Integration,
}

/// <summary>A planned time in which an outside system, or all of a tenant, may be away without anybody being called.</summary>
/// <param name="ScopeId">The connection or the integration; null for the whole tenant.</param>
/// <param name="ScopeName">Empty where it is gone.</param>
/// <param name="HoldsRuns">Runs that fall due wait for its end.</param>
/// <param name="GraceMinutes">For how long after its end nothing is said yet, while what waited catches up.</param>
/// <param name="EndedAt">When somebody ended it for good; null while it goes on coming round.</param>
public sealed record MaintenanceWindow(
    TenantId TenantId, Guid Id, MaintenanceScope Scope, Guid? ScopeId, string ScopeName, string Reason, bool HoldsRuns, Recurrence Recurrence, int GraceMinutes,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string EndedBy)
{
    public string ScopeWords => Scope switch
    {
        MaintenanceScope.Tenant => "The whole tenant",
        MaintenanceScope.Connection => $"Connection {(ScopeName.Length > 0 ? ScopeName : "that was deleted")}",
        MaintenanceScope.Integration => $"Integration {(ScopeName.Length > 0 ? ScopeName : "that was deleted")}",
    };
}

/// <summary>What a person plans.</summary>
public sealed record MaintenanceDraft(MaintenanceScope Scope, Guid? ScopeId, string Reason, bool HoldsRuns, Recurrence Recurrence, int GraceMinutes)
{
    public const int UsualGrace = 15;
    private const int LongestGrace = 1440;

    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check(TimeZoneInfo zone, DateTimeOffset now)
    {
        var problems = new Dictionary<string, string>();
        void Wrong(bool wrong, string field, string sentence)
        {
            if (wrong)
            {
                problems.TryAdd(field, sentence);
            }
        }

        Wrong(Reason.Trim().Length is 0 or > 200 || Reason.Any(char.IsControl), nameof(Reason), "Say why, in at most 200 characters: people read it when they wonder.");
        Wrong(Recurrence.Minutes is < 5 or > Recurrence.LongestMinutes, nameof(Recurrence.Minutes), "It lasts between 5 minutes and 7 days.");
        Wrong(Recurrence.Repeats is Repeats.Weekly or Repeats.Monthly && Recurrence.Days.Count == 0, nameof(Recurrence.Days), "Choose a day of the week.");
        Wrong(Recurrence.Repeats is Repeats.Monthly && Recurrence.Nth is < 1 or > Recurrence.Last, nameof(Recurrence.Nth), "Choose which one of the month.");
        Wrong(Recurrence.Until < Recurrence.First, nameof(Recurrence.Until), "It would end before it begins.");
        Wrong(GraceMinutes is < 0 or > LongestGrace, nameof(GraceMinutes), "Between 0 minutes and a day.");
        if (problems.Count == 0)
        {
            Wrong(!Recurrence.Between(now, now.AddYears(2), zone).Any(), nameof(Recurrence.First), "No such time lies ahead.");
        }

        return problems;
    }
}

/// <summary>One time of a window.</summary>
/// <param name="RunsHeld">How many runs waited for its end.</param>
/// <param name="Summary">What came of it; empty until it is over.</param>
public sealed record MaintenanceTime(
    Guid Id, Guid WindowId, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset GraceUntil, int RunsHeld, string Summary)
{
    public bool IsOpen(DateTimeOffset now) => StartsAt <= now && now < EndsAt;

    /// <summary>The time is over, and what waited catches up.</summary>
    public bool IsInGrace(DateTimeOffset now) => EndsAt <= now && now < GraceUntil;
}
