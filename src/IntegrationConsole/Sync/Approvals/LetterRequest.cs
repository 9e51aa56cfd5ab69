using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Sync.Approvals;

public enum RequestKind
{
    Replay,
    Discard,
}

public enum RequestState
{
    /// <summary>Waits for a second person.</summary>
    Open,
    Approved,
    Refused,

    /// <summary>Who asked does not want it any more.</summary>
    Withdrawn,

    /// <summary>Nobody decided in time.</summary>
    Expired,
}

/// <summary>Letters that somebody wants to replay or to discard, and so many that a second person has to agree.</summary>
/// <param name="Id">The replay has the same.</param>
/// <param name="Letters">How many they were when it was asked for.</param>
/// <param name="GroupId">The failure group they belong to; null where they were chosen otherwise.</param>
/// <param name="Answer">Why it was refused.</param>
public sealed record LetterRequest(
    TenantId TenantId, Guid Id, RequestKind Kind, string Scope, string Reason, int Letters, Guid? GroupId, string AskedBy, Guid? AskedById, DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt, RequestState State, string? DecidedBy, DateTimeOffset? DecidedAt, string Answer)
{
    /// <summary>Who asked has no say in it, whatever window they look through.</summary>
    public bool IsOf(Actor actor) => AskedById is { } asker && actor.UserId is { } user ? asker == user : AskedBy == actor.Name;

    public string Words => $"{(Kind is RequestKind.Replay ? "replay" : "discard")} of {Letters.ToString("N0", CultureInfo.InvariantCulture)} {(Letters == 1 ? "letter" : "letters")}";
}

/// <summary>What is told before a command for letters is given that a second person has to agree to.</summary>
/// <param name="Above">Up to so many somebody may replay or discard alone.</param>
/// <param name="Letters">How many it is about; null where they are too many to be counted while somebody waits.</param>
public sealed record AgreementNeeded(RequestKind Kind, int Above, int? Letters)
{
    public string Words
    {
        get
        {
            var (verb, nothing) = Kind is RequestKind.Replay ? ("replay", "nothing is sent") : ("discard", "none is closed");
            var letters = Letters is { } count ? Number(count) + (count == 1 ? " letter" : " letters") : "These letters";
            var why = Above == 0 ? $"{letters} may not be {verb}ed by one person alone" : $"{letters} are more than the {Number(Above)} that one person may {verb}";
            return $"{why}: {nothing} until somebody else with the role {Permission.Replay.NeededRole} agrees.";
        }
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>One of the letters that somebody asked for.</summary>
public sealed record AskedLetter(Guid Id, string RecordKey, string Place)
{
    public string KeyText => DeadLetter.KeyTextOf(RecordKey, Place);
}

/// <summary>What came of asking for a replay.</summary>
/// <param name="Letters">How many it has so far.</param>
/// <param name="Waits">A second person has to agree first.</param>
public sealed record AskedReplay(Guid Id, int Letters, bool Waits);

/// <summary>What came of discarding letters.</summary>
/// <param name="Waits">None is discarded yet: a second person has to agree first.</param>
public sealed record AskedDiscard(int Letters, bool Waits)
{
    /// <summary>Its number in the audit trail; null where none is discarded.</summary>
    public long? Entry { get; init; }
}

/// <summary>What came of a decision about a request.</summary>
public enum Decided
{
    Done,

    /// <summary>Somebody else was faster, or its time was over.</summary>
    TooLate,

    /// <summary>Who asked cannot agree.</summary>
    Own,
}
