using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Rows in the binary format of COPY, in one buffer that is used again for every batch. Written by hand, because a row
/// that cannot go is found out half way and taken back, because a batch can be sent again as it is, and because nothing
/// is allocated per value (measured with 10 columns: under 1 byte a row, where the driver's writer takes 49).
/// </summary>
internal sealed class StageEncoder(IReadOnlyList<StageColumn> columns) : IDisposable
{
    private static readonly int FirstDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly long FirstMicrosecond = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerMicrosecond;

    private readonly StageColumn[] _columns = [.. columns];
    private readonly StageLimits[] _limits = [.. columns.Select(column => new StageLimits(column))];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _used;

    /// <summary>Rows that go.</summary>
    public int Rows { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _used);

    /// <summary>Replaces what was there by these rows.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="keepsTogether">Where one row of a record cannot go, its other rows stay behind as well.</param>
    /// <param name="without">Records whose rows stay behind in any case.</param>
    /// <returns>The rows that cannot go, by number.</returns>
    public Dictionary<int, Failure> Encode(RowBatch rows, int start, int count, bool keepsTogether, IReadOnlySet<int>? without = null)
    {
        var failures = new Dictionary<int, Failure>();
        Rows = 0;
        _used = 0;
        "PGCOPY\n"u8.CopyTo(Take(7));
        ((ReadOnlySpan<byte>)[0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0]).CopyTo(Take(12));
        for (var row = start; row < start + count; row++)
        {
            var last = row;
            while (keepsTogether && last + 1 < start + count && rows.RecordOf(last + 1) == rows.RecordOf(row))
            {
                last++;
            }

            if (without?.Contains(rows.RecordOf(row)) != true)
            {
                EncodeRows(rows, row, last, failures);
            }

            row = last;
        }

        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        return failures;
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>All of these rows, or none.</summary>
    private void EncodeRows(RowBatch rows, int first, int last, Dictionary<int, Failure> failures)
    {
        var before = _used;
        for (var row = first; row <= last; row++)
        {
            if (EncodeRow(row, rows[row]) is not { } failure)
            {
                continue;
            }

            _used = before;
            for (var together = first; together <= last; together++)
            {
                failures.Add(together, failure);
            }

            return;
        }

        Rows += last - first + 1;
    }

    private Failure? EncodeRow(int number, ReadOnlySpan<FieldValue> row)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)(_columns.Length + 1));
        PutInt32(number);
        for (var index = 0; index < _columns.Length; index++)
        {
            ref readonly var value = ref row[_columns[index].Place];
            if (value.IsNull)
            {
                if (_limits[index].NeedsValue)
                {
                    return _limits[index].NoValue();
                }

                BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);
            }
            else if (EncodeValue(_columns[index], _limits[index], in value) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private Failure? EncodeValue(StageColumn column, StageLimits limits, ref readonly FieldValue value)
    {
        switch (column.Type)
        {
            case StageType.Int2 or StageType.Int4 or StageType.Int8:
                return limits.Check(value.Integer) ?? PutInteger(column.Type, value.Integer);
            case StageType.Numeric:
                return limits.Check(value.Decimal) ?? PutNumeric(value.Decimal);
            case StageType.Text:
                return PutText(limits, column.FieldType is FieldType.String or FieldType.Json ? value.Text : value.ToText());
            case StageType.Json or StageType.Jsonb:
                return PutJson(limits, value.Text, column.Type is StageType.Jsonb);
            case StageType.Boolean:
                Sized(1)[0] = value.Boolean ? (byte)1 : (byte)0;
                return null;
            case StageType.Date:
                PutInt32(value.Date.DayNumber - FirstDay);
                return null;
            case StageType.TimestampTz:
                BinaryPrimitives.WriteInt64BigEndian(Sized(8), (value.Timestamp.UtcTicks / TimeSpan.TicksPerMicrosecond) - FirstMicrosecond);
                return null;
            case StageType.Uuid:
                value.Uuid.TryWriteBytes(Sized(16), bigEndian: true, out _);
                return null;
            default:
                throw new InvalidOperationException($"Nothing writes a {column.Type}.");
        }
    }

    private Failure? PutInteger(StageType type, long value)
    {
        switch (type)
        {
            case StageType.Int2:
                BinaryPrimitives.WriteInt16BigEndian(Sized(2), (short)value);
                break;
            case StageType.Int4:
                PutInt32((int)value);
                break;
            default:
                BinaryPrimitives.WriteInt64BigEndian(Sized(8), value);
                break;
        }

        return null;
    }

    private void PutInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Sized(4), value);

    private Failure? PutNumeric(decimal value)
    {
        var start = _used;
        var written = NumericBinary.Write(value, Sized(NumericBinary.MostBytes));
        Shrink(start, written);
        return null;
    }

    private Failure? PutText(StageLimits limits, string text)
    {
        if (limits.Check(text) is { } failure)
        {
            return failure;
        }

        var start = _used;
        return !TryTranscode(text, Sized(text.Length * 3), out var written) ? limits.NotText()
            : Shrink(start, written).Contains((byte)0) ? limits.NulCharacter() : null;
    }

    private Failure? PutJson(StageLimits limits, string text, bool isBinary)
    {
        var start = _used;
        var versionBytes = isBinary ? 1 : 0;
        var target = Sized((text.Length * 3) + versionBytes);
        if (!TryTranscode(text, target[versionBytes..], out var written))
        {
            return limits.NotText();
        }

        if (isBinary)
        {
            target[0] = 1;
        }

        var json = Shrink(start, written + versionBytes)[versionBytes..];
        return json.Contains((byte)0) || (isBinary && StageLimits.EscapesNul(json)) ? limits.NulCharacter() : null;
    }

    private static bool TryTranscode(string text, Span<byte> target, out int written) =>
        Utf8.FromUtf16(text, target, out _, out written, replaceInvalidSequences: false) is OperationStatus.Done;

    /// <summary>Room for a value behind its length.</summary>
    private Span<byte> Sized(int bytes)
    {
        var target = Take(bytes + 4);
        BinaryPrimitives.WriteInt32BigEndian(target, bytes);
        return target[4..];
    }

    /// <summary>Gives back what a value did not need of the room it took at <paramref name="start"/>.</summary>
    private Span<byte> Shrink(int start, int bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(start), bytes);
        _used = start + 4 + bytes;
        return _buffer.AsSpan(start + 4, bytes);
    }

    private Span<byte> Take(int bytes)
    {
        if (_used + bytes > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _used + bytes));
            _buffer.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var target = _buffer.AsSpan(_used, bytes);
        _used += bytes;
        return target;
    }
}
