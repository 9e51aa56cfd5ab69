using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Triage;

/// <summary>Which causes a reader wants to see.</summary>
/// <param name="Needs"><see cref="You"/>, <see cref="Self"/>, <see cref="Asleep"/> or <see cref="All"/>; empty for all that do not sleep.</param>
/// <param name="Owner"><see cref="Me"/> or <see cref="Nobody"/>; empty for anybody's.</param>
/// <param name="From">Causes that began then or later.</param>
/// <param name="To">Causes that began before.</param>
public sealed record TriageFilter(string Needs = "", string Owner = "", FailureCause? Cause = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public const string You = "you";
    public const string Self = "self";
    public const string Asleep = "snoozed";
    public const string All = "all";
    public const string Me = "me";
    public const string Nobody = "none";

    /// <summary>What the address says; what it does not know matches everything.</summary>
    public static TriageFilter Of(string? needs, string? owner, string? cause, DateTimeOffset? from = null, DateTimeOffset? to = null) => new(
        needs is You or Self or Asleep or All ? needs : "", owner is Me or Nobody ? owner : "",
        FailureCauses.FromCode(cause ?? ""), from, to);

    public IReadOnlyList<RootCause> Of(TriagePicture picture, Actor reader) =>
    [
        .. (Needs switch { Asleep => picture.Snoozed, All => [.. picture.Causes, .. picture.Snoozed], _ => picture.Causes }).Where(cause =>
            (Needs is not You || NeedsOne(cause, reader)) && (Needs is not Self || cause.HealsItself)
            && (Owner is not Me || IsOf(cause, reader)) && (Owner is not Nobody || cause.Owner.Length == 0)
            && (Cause is null || cause.Cause == Cause) && (From is null || cause.Since >= From) && (To is null || cause.Since < To)),
    ];

    /// <summary>Nothing heals it, and nobody else looks after it.</summary>
    public static bool NeedsOne(RootCause cause, Actor reader) => !cause.HealsItself && (cause.Owner.Length == 0 || IsOf(cause, reader));

    private static bool IsOf(RootCause cause, Actor reader) => string.Equals(cause.Owner, reader.Name, StringComparison.OrdinalIgnoreCase);
}
