using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record of a batch with the rows that were kept of it.</summary>
/// <param name="Key">By what its letter knows it.</param>
/// <param name="Rows">Null where none are kept.</param>
internal sealed record KeptRecord(string Key, byte[]? Rows);

/// <summary>
/// The rows that a record became, as bytes: kept where the destination did not take them, so that they can be sent again
/// exactly as they were, whatever clocks, lookup tables and later versions of the mapping say.
/// </summary>
internal static class KeptRows
{
    /// <summary>The rows of a larger record are not kept: it is mapped again.</summary>
    private const int MostBytes = 1024 * 1024;

    private const byte Format = 1;

    /// <summary>The rows of these records; those of which none can be kept are absent.</summary>
    /// <param name="mapped">Not of a mapping that makes one row of several records: none of them has it alone.</param>
    /// <param name="version">The version of the mapping that made them.</param>
    /// <param name="records">Their numbers in the batch.</param>
    public static Dictionary<int, byte[]> Of(MappedBatch mapped, int version, IReadOnlySet<int> records)
    {
        var keys = mapped.TakenRecords.Where(taken => records.Contains(taken.Record)).ToDictionary(taken => taken.Record, taken => taken.Key);
        RowBatch[] streams = [mapped.Rows, .. mapped.Children.Select(child => child.Rows)];
        var rows = streams.Select(stream => Enumerable.Range(0, stream.Count).Where(row => keys.ContainsKey(stream.RecordOf(row))).ToLookup(stream.RecordOf)).ToList();
        var kept = new Dictionary<int, byte[]>();
        foreach (var (record, key) in keys)
        {
            using var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes, Encoding.UTF8);
            writer.Write(Format);
            writer.Write(version);
            Write(writer, key);
            writer.Write7BitEncodedInt(streams.Length);
            for (var stream = 0; stream < streams.Length && bytes.Length <= MostBytes; stream++)
            {
                Write(writer, stream == 0 ? "" : mapped.Children[stream - 1].Stream);
                Write(writer, streams[stream], [.. rows[stream][record]]);
            }

            if (bytes.Length <= MostBytes)
            {
                kept[record] = bytes.ToArray();
            }
        }

        return kept;
    }

    /// <summary>The version of the mapping that made them.</summary>
    public static int VersionOf(byte[] kept) => BitConverter.ToInt32(kept, 1);

    /// <summary>The rows of the integration's own stream, for somebody who is looking.</summary>
    public static RowBatch Show(byte[] kept)
    {
        using var reader = Open(kept, out _);
        reader.Read7BitEncodedInt();
        Read(reader);
        var rows = new RowBatch(ReadFields(reader), 8);
        ReadRows(reader, rows, 0);
        return rows;
    }

    /// <summary>A batch of kept rows, as the mapping would have made it of its records.</summary>
    /// <param name="plan">The version that made them: where an integration has other fields by now, they do not fit any more.</param>
    /// <param name="records">In the order of the batch.</param>
    public static MappedBatch Read(MappingPlan plan, IReadOnlyList<KeptRecord> records)
    {
        using var none = new RecordBatch();
        var mapped = plan.Apply(none, CancellationToken.None);
        (string Name, RowBatch Rows)[] streams = [("", mapped.Rows), .. mapped.Children.Select(child => (child.Stream, child.Rows))];
        var rejected = new List<RejectedRecord>();
        var taken = new List<TakenRecord>();
        for (var record = 0; record < records.Count; record++)
        {
            var first = mapped.Rows.Count;
            if (records[record].Rows is not { } kept)
            {
                rejected.Add(new RejectedRecord(record, records[record].Key, Gone));
            }
            else if (TryRead(kept, streams, record) is { } key)
            {
                taken.Add(new TakenRecord(record, key, first, mapped.Rows.Count - first));
            }
            else
            {
                rejected.Add(new RejectedRecord(record, records[record].Key, Unfit));
            }
        }

        return mapped with { Rejected = rejected, Taken = mapped.Taken is null ? null : taken };
    }

    private static Failure Gone { get; } = new(FailureCause.Configuration, "It was to be sent as it was mapped then, and no rows are kept of it: replay it from its record.", "not-kept");

    private static Failure Unfit { get; } = new(
        FailureCause.Configuration, "It was to be sent as it was mapped then, and the integration has other fields by now: replay it from its record.", "kept-otherwise");

    /// <returns>The record's key; null where its rows have other fields, and none of them is taken.</returns>
    private static string? TryRead(byte[] kept, (string Name, RowBatch Rows)[] streams, int record)
    {
        using var reader = Open(kept, out var key);
        var before = streams.Select(stream => stream.Rows.Count).ToArray();
        var fits = reader.Read7BitEncodedInt() == streams.Length;
        for (var stream = 0; fits && stream < streams.Length; stream++)
        {
            fits = Read(reader) == streams[stream].Name && ReadFields(reader).SequenceEqual(streams[stream].Rows.Fields);
            if (fits)
            {
                ReadRows(reader, streams[stream].Rows, record);
            }
        }

        for (var stream = 0; !fits && stream < streams.Length; stream++)
        {
            streams[stream].Rows.TakeBack(before[stream]);
        }

        return fits ? key : null;
    }

    private static BinaryReader Open(byte[] kept, out string key)
    {
        var reader = new BinaryReader(new MemoryStream(kept), Encoding.UTF8);
        if (reader.ReadByte() != Format)
        {
            throw new InvalidDataException("Kept rows are in a format that this version does not know.");
        }

        reader.ReadInt32();
        key = Read(reader);
        return reader;
    }

    private static void Write(BinaryWriter writer, RowBatch rows, IReadOnlyList<int> numbers)
    {
        writer.Write7BitEncodedInt(rows.Fields.Count);
        foreach (var field in rows.Fields)
        {
            Write(writer, field.Name);
            writer.Write((byte)field.Type);
        }

        writer.Write7BitEncodedInt(numbers.Count);
        foreach (var number in numbers)
        {
            Write(writer, rows.KeyOf(number));
            foreach (var value in rows[number])
            {
                Write(writer, value);
            }
        }
    }

    private static RowField[] ReadFields(BinaryReader reader)
    {
        var fields = new RowField[reader.Read7BitEncodedInt()];
        for (var field = 0; field < fields.Length; field++)
        {
            fields[field] = new RowField(Read(reader), (FieldType)reader.ReadByte());
        }

        return fields;
    }

    private static void ReadRows(BinaryReader reader, RowBatch rows, int record)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = Read(reader);
            var row = rows.NextRow();
            for (var field = 0; field < row.Length; field++)
            {
                row[field] = ReadValue(reader);
            }

            rows.Commit(key, record);
        }
    }

    /// <summary>By its own type, which an expression may have made another one than the field's.</summary>
    private static void Write(BinaryWriter writer, FieldValue value)
    {
        writer.Write((byte)(value.IsNull ? 0 : (int)value.Type + 1));
        if (value.IsNull)
        {
            return;
        }

        switch (value.Type)
        {
            case FieldType.String or FieldType.Json:
                Write(writer, value.Text);
                break;
            case FieldType.Integer:
                writer.Write(value.Integer);
                break;
            case FieldType.Decimal:
                writer.Write(value.Decimal);
                break;
            case FieldType.Boolean:
                writer.Write(value.Boolean);
                break;
            case FieldType.Date:
                writer.Write(value.Date.DayNumber);
                break;
            case FieldType.Timestamp:
                writer.Write(value.Timestamp.UtcTicks);
                break;
            case FieldType.Uuid:
                writer.Write(value.Uuid.ToByteArray());
                break;
        }
    }

    private static FieldValue ReadValue(BinaryReader reader) => reader.ReadByte() switch
    {
        0 => FieldValue.Null,
        var kind => (FieldType)(kind - 1) switch
        {
            FieldType.String => FieldValue.Of(Read(reader)),
            FieldType.Json => FieldValue.OfJson(Read(reader)),
            FieldType.Integer => FieldValue.Of(reader.ReadInt64()),
            FieldType.Decimal => FieldValue.Of(reader.ReadDecimal()),
            FieldType.Boolean => FieldValue.Of(reader.ReadBoolean()),
            FieldType.Date => FieldValue.Of(DateOnly.FromDayNumber(reader.ReadInt32())),
            FieldType.Timestamp => FieldValue.Of(new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero)),
            FieldType.Uuid => FieldValue.Of(new Guid(reader.ReadBytes(16))),
        },
    };

    /// <summary>A text may hold half a character, which UTF-8 cannot say: then it stands there as it is in memory.</summary>
    private static void Write(BinaryWriter writer, string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var isWhole = Utf8.FromUtf16(text, bytes, out _, out var length, replaceInvalidSequences: false) is OperationStatus.Done;
        var content = isWhole ? bytes.AsSpan(0, length) : MemoryMarshal.AsBytes(text.AsSpan());
        writer.Write(isWhole);
        writer.Write7BitEncodedInt(content.Length);
        writer.Write(content);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static string Read(BinaryReader reader)
    {
        var isWhole = reader.ReadBoolean();
        var content = reader.ReadBytes(reader.Read7BitEncodedInt());
        return isWhole ? Encoding.UTF8.GetString(content) : new string(MemoryMarshal.Cast<byte, char>(content));
    }
}
