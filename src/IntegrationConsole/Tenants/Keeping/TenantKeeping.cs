namespace IntegrationConsole.Tenants.Keeping;

/// <summary>How many days a tenant's dead letters and what belongs to them are kept. Null is the usual time.</summary>
/// <param name="WaitingDays">Letters that nobody decides about, from their last failure.</param>
/// <param name="ClosedDays">Letters that were delivered, superseded or discarded, from then on.</param>
/// <param name="AttemptDays">Attempts; the first and the last stay with their letter.</param>
/// <param name="GroupDays">Failure groups without letters, and the facts of letters whose record is deleted.</param>
/// <param name="ReplayDays">Ended replays, and requests that somebody decided.</param>
public sealed record KeepingSettings(int? WaitingDays = null, int? ClosedDays = null, int? AttemptDays = null, int? GroupDays = null, int? ReplayDays = null)
{
    public const int Most = 3_650;

    /// <summary>Of what people must have the time to see that it will go.</summary>
    public const int LeastOfSlow = 30;

    public static readonly KeepingSettings Usual = new();

    /// <summary>The days as they hold.</summary>
    public KeepingSettings Effective => new(WaitingDays ?? 90, ClosedDays ?? 30, AttemptDays ?? 30, GroupDays ?? 365, ReplayDays ?? 730);

    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check()
    {
        var problems = new Dictionary<string, string>();
        Look(nameof(WaitingDays), WaitingDays, LeastOfSlow);
        Look(nameof(ClosedDays), ClosedDays, 1);
        Look(nameof(AttemptDays), AttemptDays, 1);
        Look(nameof(GroupDays), GroupDays, LeastOfSlow);
        Look(nameof(ReplayDays), ReplayDays, LeastOfSlow);
        return problems;

        void Look(string field, int? days, int least)
        {
            if (days < least || days > Most)
            {
                problems[field] = FormattableString.Invariant($"Use a number of days from {least} to {Most:N0}, or leave it empty for the usual time.");
            }
        }
    }

    /// <summary>Whether something would go earlier than with other settings.</summary>
    public bool IsShorterThan(KeepingSettings other)
    {
        var (mine, theirs) = (Effective, other.Effective);
        return mine.WaitingDays < theirs.WaitingDays || mine.ClosedDays < theirs.ClosedDays || mine.AttemptDays < theirs.AttemptDays
            || mine.GroupDays < theirs.GroupDays || mine.ReplayDays < theirs.ReplayDays;
    }
}

/// <summary>Somebody's word that nothing may be removed.</summary>
public sealed record LegalHold(DateTimeOffset At, string By, string Why);

/// <summary>How long what belongs to a tenant is kept, as it holds now.</summary>
/// <param name="Own">What was set for this tenant.</param>
/// <param name="BeginsAt">Nothing goes before then; null where that is no question.</param>
/// <param name="Hold">Null while nobody holds it.</param>
/// <param name="Version">Zero where nothing was ever set; a change based on an older one is refused.</param>
public sealed record TenantKeeping(KeepingSettings Own, DateTimeOffset? BeginsAt, LegalHold? Hold, int Version, DateTimeOffset? ChangedAt, string? ChangedBy)
{
    /// <summary>So long before it goes it is said that something will go.</summary>
    public static readonly TimeSpan FirstWarning = TimeSpan.FromDays(14);

    public static readonly TimeSpan LastWarning = TimeSpan.FromDays(3);

    public TimeSpan Waiting => Days(Own.Effective.WaitingDays);

    public TimeSpan Closed => Days(Own.Effective.ClosedDays);

    public TimeSpan Attempts => Days(Own.Effective.AttemptDays);

    public TimeSpan Groups => Days(Own.Effective.GroupDays);

    public TimeSpan Replays => Days(Own.Effective.ReplayDays);

    /// <summary>When a waiting letter expires if nobody decides: never without warning.</summary>
    /// <param name="lastFailedAt">When it failed last.</param>
    /// <param name="backAt">When it began to wait again without failing; null where it did not.</param>
    /// <returns>Null while it is held.</returns>
    public DateTimeOffset? ExpiresAt(DateTimeOffset lastFailedAt, DateTimeOffset? backAt) =>
        Hold is not null ? null : new[] { lastFailedAt + Waiting, (backAt + FirstWarning) ?? default, BeginsAt ?? default }.Max();

    private static TimeSpan Days(int? days) => TimeSpan.FromDays(days!.Value);
}
