using System.Buffers;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions.Values;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Makes one row of the records of a batch that have the same value. Rules see <c>key</c> and <c>records</c>.</summary>
internal sealed class GroupRows
{
    public const string Key = "key";
    public const string Records = "records";

    /// <summary>Records of one group. What goes beyond is set aside whole: a sum over a part of it would be wrong.</summary>
    public const int MostRecords = 1_000;

    /// <summary>Bytes of one group's records.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private readonly KeyProgram _key;
    private readonly PathSet _paths = new();
    private readonly RowProgram _row;

    public GroupRows(
        MappingDocument document, IReadOnlyList<string> keys, PathSet record, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> lookups, ExpressionScope scope)
    {
        _key = new KeyProgram("the group's key", document.Group, record, scope);
        _row = new RowProgram(document.Fields, keys, _paths, lookups, scope);
    }

    public IReadOnlyList<RowField> Fields => _row.Fields;

    public bool ReadsWholeRecord => _key.ReadsWholeRecord;

    /// <summary>Puts a record into its group.</summary>
    public FieldProblem? Add(Gathering gathering, RecordView record, string key, CancellationToken cancellationToken)
    {
        if (_key.Read(record, out var text, out var isBare, cancellationToken) is { } problem)
        {
            return problem;
        }

        gathering.Add(text, isBare, new TakenRecord(record.Number, key, -1, 1), record.Bytes);
        return null;
    }

    /// <summary>Makes a group's row.</summary>
    /// <returns>Why there is none: it holds for all of its records.</returns>
    public Failure? Make(Group group, RowBatch rows, AgreementLook? agreement, CancellationToken cancellationToken)
    {
        if (group.IsTooLarge)
        {
            return TooLarge;
        }

        if (!TryView(group, out var view, out var slots, out var whole))
        {
            return Unreadable;
        }

        var row = rows.NextRow();
        if (_row.Fill(view.Span, slots, whole, row, cancellationToken) is { } problems)
        {
            return ProblemText.Of(problems);
        }

        if (agreement?.JudgeRow(row, cancellationToken) is { Count: > 0 } misfits)
        {
            return ProblemText.Of(misfits);
        }

        agreement?.GoesOn(group.Members[0].Record);
        rows.Commit(_row.HasKey ? _row.KeyOf(row) : "", group.Members[0].Record);
        return null;
    }

    /// <summary>A group's row for somebody who is looking.</summary>
    public RecordPreview Preview(Group group, CancellationToken cancellationToken)
    {
        var size = new GroupPreview(group.Key, group.Members.Count);
        if (group.IsTooLarge)
        {
            return new RecordPreview([], false, TooLarge.Sentence) { Group = size };
        }

        return TryView(group, out var view, out var slots, out var whole)
            ? new RecordPreview(_row.Preview(view.Span, slots, whole, cancellationToken), false, "") { Group = size }
            : new RecordPreview([], false, Unreadable.Sentence) { Group = size };
    }

    private static Failure TooLarge { get; } = new(
        FailureCause.TooLarge, $"The group has more than {MostRecords:N0} records, or more than {MostBytes / 1024 / 1024} MB of them: all of its records are set aside.", "group");

    private static Failure Unreadable { get; } = new(
        FailureCause.Malformed, "The group's records cannot be read together: one is nested too deep, or has a name with half a character. All of them are set aside.", "group");

    /// <summary>Each record has been read before, but as one value they are nested deeper, and the rules look at other names of them.</summary>
    private bool TryView(Group group, out ReadOnlyMemory<byte> view, out JsonSlot[] slots, out Value whole)
    {
        var written = new ArrayBufferWriter<byte>((int)group.Bytes + 256);
        written.Write("{\"key\":"u8);
        written.Write(group.IsBare ? Encoding.UTF8.GetBytes(group.Key) : JsonSerializer.SerializeToUtf8Bytes(group.Key));
        written.Write(",\"records\":["u8);
        for (var index = 0; index < group.Records.Count; index++)
        {
            written.Write(index == 0 ? ""u8 : ","u8);
            written.Write(group.Records[index].Span);
        }

        written.Write("]}"u8);
        (view, slots, whole) = (written.WrittenMemory, new JsonSlot[_paths.Count], default);
        return _paths.TryFind(view, slots, _row.ReadsWholeRecord, out whole);
    }
}

/// <summary>The groups of one batch, in the order in which they began.</summary>
internal sealed class Gathering
{
    // The number 1 and the text "1" are written alike, and are not the same value.
    private readonly Dictionary<(string Key, bool IsBare), Group> _byKey = [];
    private readonly List<Group> _groups = [];

    public IReadOnlyList<Group> Groups => _groups;

    public void Add(string key, bool isBare, TakenRecord member, ReadOnlyMemory<byte> record)
    {
        if (!_byKey.TryGetValue((key, isBare), out var group))
        {
            group = new Group(key, isBare);
            _byKey.Add((key, isBare), group);
            _groups.Add(group);
        }

        group.Add(member, record);
    }
}

/// <summary>Records of a batch with the same key.</summary>
/// <param name="Key">Its text.</param>
/// <param name="IsBare">The text is a number, true or false as JSON writes it, and not a text of the record.</param>
internal sealed record Group(string Key, bool IsBare)
{
    private readonly List<TakenRecord> _members = [];
    private readonly List<ReadOnlyMemory<byte>> _records = [];

    public IReadOnlyList<TakenRecord> Members => _members;

    public IReadOnlyList<ReadOnlyMemory<byte>> Records => _records;

    public long Bytes { get; private set; }

    public bool IsTooLarge => _members.Count > GroupRows.MostRecords || Bytes > GroupRows.MostBytes;

    public void Add(TakenRecord member, ReadOnlyMemory<byte> record)
    {
        _members.Add(member);
        _records.Add(record);
        Bytes += record.Length;
    }
}
