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

    public string Words => $"{(Kind is RequestKind.Replay ? "replay" : "discard")} of {Letters.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} {(Letters == 1 ? "letter" : "letters")}";
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
public sealed record AskedDiscard(int Letters, bool Waits);

/// <summary>What came of a decision about a request.</summary>
public enum Decided
{
    Done,

    /// <summary>Somebody else was faster, or its time was over.</summary>
    TooLate,

    /// <summary>Who asked cannot agree.</summary>
    Own,
}
