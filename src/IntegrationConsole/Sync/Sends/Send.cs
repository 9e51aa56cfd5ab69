using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Sends;

/// <summary>What the ledger says of a call.</summary>
internal enum SendState
{
    /// <summary>It goes out, or went out and was not answered.</summary>
    Sent,

    /// <summary>The destination has it.</summary>
    Taken,

    /// <summary>The destination does not have it for certain: it refused, or was never reached.</summary>
    Refused,

    /// <summary>The destination has it, and was told to take it back: whether it did is not known.</summary>
    TakingBack,

    /// <summary>The destination had it, and took it back.</summary>
    TakenBack,
}

/// <summary>What becomes of a row next.</summary>
internal enum SendStep
{
    /// <summary>It goes out as a new call.</summary>
    Send,

    /// <summary>It goes out with the idempotency key that it had before.</summary>
    Again,

    /// <summary>The destination has it.</summary>
    Known,

    /// <summary>It was sent and not answered: nothing is done before that is settled.</summary>
    Settle,

    /// <summary>It could not be settled.</summary>
    Open,
}

/// <summary>Whose sends these are.</summary>
internal sealed record SendScope(TenantId Tenant, Guid Sync, string Stream, Guid Run, int Attempt)
{
    /// <summary>Its rows are steps of writes that are taken back where a later step is refused.</summary>
    public bool IsInSteps { get; init; }
}

/// <summary>What the ledger holds of a record.</summary>
/// <param name="IsClosedByHand">Somebody discarded the letter that said that the answer was lost: it is there.</param>
internal sealed record LedgerEntry(int Revision, byte[] Content, byte[] Call, SendState State, DateTimeOffset SentAt, bool IsStale, bool IsClosedByHand)
{
    public Receipt Receipt { get; init; }

    /// <summary>It was made by a write of several steps that has not come to its end.</summary>
    public bool IsStep { get; init; }

    /// <summary>
    /// Of two entries for one key the later call counts; and of what is said of one call, that it was taken, whoever heard
    /// it, and then that nobody knows.
    /// </summary>
    public bool Outdoes(LedgerEntry? other) => other is null || (Revision, RankOf(State)).CompareTo((other.Revision, RankOf(other.State))) > 0;

    private static int RankOf(SendState state) => state switch { SendState.Refused => 0, SendState.Sent => 1, SendState.Taken => 2, SendState.TakingBack => 3, SendState.TakenBack => 4 };
}

/// <summary>Where a row without a key of its own has its place: in the records of a run.</summary>
internal readonly record struct SendPlace(Guid Run, long Place);

/// <summary>A row on its way to a destination.</summary>
/// <param name="row">Its number in the batch.</param>
/// <param name="key">By what the ledger knows it.</param>
/// <param name="letterKey">By what letters know its record; empty where nobody can have one.</param>
/// <param name="content">A keyed hash of its values.</param>
/// <param name="isDecided">Somebody looked at the destination, and wants it sent.</param>
internal sealed class Send(int row, string key, string letterKey, byte[] content, bool isDecided)
{
    public int Row => row;

    public string Key => key;

    public string LetterKey => letterKey;

    public byte[] Content => content;

    public bool IsDecided => isDecided;

    /// <summary>Null where the row has a key.</summary>
    public SendPlace? Place { get; init; }

    /// <summary>Its key is a place that only this attempt of this run has come to: nobody can have sent it.</summary>
    public bool IsNew { get; init; }

    public LedgerEntry? Entry { get; set; }

    public SendStep Step { get; set; }

    /// <summary>Of the call that it goes in, or went in.</summary>
    public int Revision { get; set; }

    public byte[] Call { get; set; } = [];

    public bool IsSameAsBefore => Entry is { } entry && entry.Content.AsSpan().SequenceEqual(content);

    /// <summary>It goes, or went, in the call that the ledger has for it.</summary>
    public void GoAsBefore() => (Revision, Call) = (Entry!.Revision, Entry.Call);
}
