using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>What people said about a cause while it lasts.</summary>
/// <param name="Owner">Who looks after it; empty for nobody.</param>
/// <param name="AcknowledgedBy">Who knows of all of it; empty for nobody.</param>
/// <param name="SnoozedUntil">Until when all of it is out of sight; null where it is not.</param>
public sealed record CauseCare(string Owner = "", string AcknowledgedBy = "", DateTimeOffset? SnoozedUntil = null)
{
    public static readonly CauseCare None = new();

    public bool IsAcknowledged => AcknowledgedBy.Length > 0;

    /// <summary>When it was over the last time; null where it is not known to have been there before.</summary>
    public DateTimeOffset? WasOverAt { get; init; }

    /// <summary>Who looked after it then.</summary>
    public string LastOwner { get; init; } = "";
}

/// <summary>What people said about one part of a cause.</summary>
/// <param name="SnoozedState">How bad it was when it was put to sleep.</param>
/// <param name="EndedAt">It is over; what comes now is new.</param>
public sealed record PartCare(
    TenantId TenantId, string Part, string? Owner, string? AcknowledgedBy, DateTimeOffset? SnoozedUntil, string? SnoozedState, DateTimeOffset? MissingSince, DateTimeOffset? EndedAt)
{
    public bool IsAsleep(HealthState state, DateTimeOffset now) =>
        SnoozedUntil > now && Enum.TryParse<HealthState>(SnoozedState, out var then) && state >= then;
}

/// <summary>
/// Sums up for a cause what people said about its parts. Another integration or tenant that joins is new, and so is the whole:
/// what nobody has looked at is not called looked at. Pure.
/// </summary>
internal static class CauseCares
{
    public static CauseCare Of(RootCause cause, ILookup<(TenantId, string), PartCare> known, DateTimeOffset now)
    {
        var parts = cause.Parts.Select(part => known[part].FirstOrDefault()).ToList();
        var living = parts.OfType<PartCare>().Where(part => part.EndedAt is null).ToList();
        var isWhole = living.Count == parts.Count;
        var over = parts.OfType<PartCare>().Where(part => part.EndedAt is not null).MaxBy(part => part.EndedAt);
        return new CauseCare(
            living.Select(part => part.Owner).FirstOrDefault(owner => owner is { Length: > 0 }) ?? OwnerOf(cause),
            isWhole && living.All(part => part.AcknowledgedBy is not null) ? living[0].AcknowledgedBy! : OfGroups(cause),
            isWhole && living.All(part => part.IsAsleep(cause.State, now)) ? living.Min(part => part.SnoozedUntil) : null)
        {
            WasOverAt = living.Count == 0 ? over?.EndedAt : null,
            LastOwner = living.Count == 0 ? over?.Owner ?? "" : "",
        };
    }

    private static string OwnerOf(RootCause cause) => cause.Groups.Select(group => group.Owner).FirstOrDefault(owner => owner.Length > 0) ?? "";

    /// <summary>A cause that is nothing but failure groups is looked at where all of them are.</summary>
    private static string OfGroups(RootCause cause) =>
        cause.IsOfGroups && cause.Groups.All(group => group.Life is GroupState.Acknowledged) ? OwnerOf(cause) is { Length: > 0 } owner ? owner : "somebody" : "";
}
