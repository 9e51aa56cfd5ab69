using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors;

/// <summary>One list of records in an outside system.</summary>
/// <param name="Name">How a sync refers to it.</param>
/// <param name="Detail">What helps to recognise it, such as a path or a kind.</param>
/// <param name="KeyFields">What identifies a record, where the system says so.</param>
/// <param name="SupportsIncremental">Whether only what changed since the last run can be read.</param>
public sealed record StreamInfo(string Name, string Detail, bool CanRead, bool CanWrite, bool SupportsIncremental, IReadOnlyList<string> KeyFields)
{
    /// <summary>Whether it can be cut into parts, where its connector cuts streams at all.</summary>
    public bool CanPartition { get; init; } = true;
}

/// <summary>One field of a stream.</summary>
/// <param name="MaxLength">Most characters of a text; null for no limit.</param>
/// <param name="NativeType">The system's own name of the type.</param>
public sealed record StreamField(string Name, FieldType Type, bool Required, int? MaxLength, bool IsKey, string NativeType);

public enum ReadMode
{
    /// <summary>Everything, every time.</summary>
    Full,

    /// <summary>What changed since the cursor.</summary>
    Incremental,

    /// <summary>Everything once, then each change as the source tells of it, without an end.</summary>
    ChangeStream,
}

/// <param name="Cursor">The greatest cursor value of the last complete run; null for everything.</param>
/// <param name="Checkpoint">From where to go on; null to begin.</param>
/// <param name="BatchSize">Records in a batch at most.</param>
public sealed record ReadRequest(string Stream, ReadMode Mode, string? Cursor, string? Checkpoint, int BatchSize)
{
    /// <summary>The code of the failure that says that the checkpoint fits the source no longer: only a read from the beginning can go.</summary>
    public const string MisplacedCode = "checkpoint";

    /// <summary>
    /// Read again from a checkpoint, the same records must make the same batches, however long anything takes: a
    /// destination without a key knows what it has by the batch.
    /// </summary>
    public bool SameBatches { get; init; }

    /// <summary>The cursor value from which an incremental read begins, where that is not the cursor itself.</summary>
    public string? Since { get; init; }

    /// <summary>The cursor value at which an incremental read ends, itself not included; what has no value is then left out. Null for no end.</summary>
    public string? Until { get; init; }

    public string? From => Since ?? Cursor;

    /// <summary>Only records whose key, or whose parent, lies in this range; null for all.</summary>
    public KeyRange? Keys { get; init; }

    /// <summary>The name of what the source keeps for a change stream; empty for other reads.</summary>
    public string Slot { get; init; } = "";

    /// <summary>Fields that must be known of a deleted record; empty where deletions do not matter, or it cannot be told.</summary>
    public IReadOnlyList<string> KeyFields { get; init; } = [];

    /// <summary>Tells how large batches should be now; null for all of them as large as <see cref="BatchSize"/>.</summary>
    public BatchPace? Pace { get; init; }

    /// <summary>Records that the next batch should have.</summary>
    public int BatchSizeNow => Pace?.Records ?? BatchSize;
}

/// <summary>A part of a stream, by the first field of its key, or by the parents below which it stands.</summary>
/// <param name="From">Included; null for no beginning.</param>
/// <param name="To">Not included; null for no end.</param>
public sealed record KeyRange(string? From, string? To)
{
    /// <summary>The parents themselves, as their source knows them; null where the range tells which.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    public string Words => (From, To) switch
    {
        _ when Ids is { } ids => WordsOf(ids.Count),
        (null, null) => "everything",
        (null, { } to) => $"before {to}",
        ({ } from, null) => $"from {from}",
        ({ } from, { } to) => $"from {from} to before {to}",
    };

    public static string WordsOf(int parents) => parents == 1 ? "1 parent" : FormattableString.Invariant($"{parents:N0} parents");

    /// <summary>One range more than there are cuts: before the first, between each two, and from the last on.</summary>
    public static IReadOnlyList<KeyRange> Between(IReadOnlyList<string> cuts) =>
        [.. Enumerable.Range(0, cuts.Count + 1).Select(index => new KeyRange(index == 0 ? null : cuts[index - 1], index == cuts.Count ? null : cuts[index]))];
}

public enum WriteMode
{
    /// <summary>Changes the record with this key, or makes it.</summary>
    Upsert,

    /// <summary>Makes a new record every time.</summary>
    Append,

    /// <summary>Changes the record with this key, which must exist.</summary>
    Update,

    /// <summary>Builds everything anew beside what there is, and puts it in its place at the end of a complete read.</summary>
    Overwrite,
}

/// <summary>The run on whose behalf rows are written.</summary>
/// <param name="Attempt">Grows with each node that takes the run up: an older one must not end what a newer one goes on with.</param>
/// <param name="GoesOn">It goes on where an earlier attempt stopped; otherwise it reads from the beginning.</param>
public sealed record RunMark(Guid Sync, Guid Run, int Attempt, bool GoesOn);

/// <param name="Keys">Fields that identify a record; empty for appends without one.</param>
/// <param name="CreateStream">Make the stream from the fields where it does not exist and the system can.</param>
public sealed record WriteRequest(string Stream, WriteMode Mode, IReadOnlyList<RowField> Fields, IReadOnlyList<string> Keys, bool CreateStream)
{
    /// <summary>
    /// Rows and records are not one to one: the answer says which of them changed something, and where one row of a record cannot
    /// go, the others stay behind with it if the system allows.
    /// </summary>
    public bool IsInParts { get; init; }

    /// <summary>Whose rows they are; needed where what is written takes effect at the end of the run.</summary>
    public RunMark? Run { get; init; }

    /// <summary>Calls at the same time, where rows are sent by calls; 0 for as many as the connection makes.</summary>
    public int MostCalls { get; init; }

    /// <summary>Where a table is replaced: how much smaller it may become.</summary>
    public ShrinkLimit? Limit { get; init; }
}
