using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IntegrationConsole.Connectors.Records;

/// <summary>The type of a destination field.</summary>
public enum FieldType
{
    String,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Json,
}

/// <summary>
/// One typed value of a row, or null. A value type without boxing, because a run makes hundreds of millions of them.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct FieldValue : IEquatable<FieldValue>
{
    private readonly string? _text;
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly byte _kind;

    private FieldValue(FieldType type, string? text, UInt128 bits)
    {
        _kind = (byte)(type + 1);
        _text = text;
        _low = (ulong)bits;
        _high = (ulong)(bits >> 64);
    }

    public static FieldValue Null => default;

    public bool IsNull => _kind == 0;

    /// <summary>Meaningless for a null.</summary>
    public FieldType Type => (FieldType)(_kind - 1);

    public static FieldValue Of(string value) => new(FieldType.String, value, 0);

    /// <param name="value">JSON text.</param>
    public static FieldValue OfJson(string value) => new(FieldType.Json, value, 0);

    public static FieldValue Of(long value) => new(FieldType.Integer, null, (ulong)value);

    public static FieldValue Of(bool value) => new(FieldType.Boolean, null, value ? 1u : 0u);

    public static FieldValue Of(decimal value) => new(FieldType.Decimal, null, MemoryMarshal.Cast<decimal, UInt128>(new ReadOnlySpan<decimal>(in value))[0]);

    public static FieldValue Of(DateOnly value) => new(FieldType.Date, null, (ulong)value.DayNumber);

    /// <param name="value">An instant; kept in UTC ticks of 100 ns.</param>
    public static FieldValue Of(DateTimeOffset value) => new(FieldType.Timestamp, null, (ulong)value.UtcTicks);

    public static FieldValue Of(Guid value) => new(FieldType.Uuid, null, MemoryMarshal.Cast<Guid, UInt128>(new ReadOnlySpan<Guid>(in value))[0]);

    /// <summary>The text of a string, or the JSON of a JSON value.</summary>
    public string Text => _text ?? throw Wrong("text");

    public long Integer => Type is FieldType.Integer ? (long)_low : throw Wrong("integer");

    public bool Boolean => Type is FieldType.Boolean ? _low != 0 : throw Wrong("boolean");

    public decimal Decimal
    {
        get
        {
            if (Type is not FieldType.Decimal)
            {
                throw Wrong("decimal");
            }

            var bits = new UInt128(_high, _low);
            return MemoryMarshal.Cast<UInt128, decimal>(new ReadOnlySpan<UInt128>(in bits))[0];
        }
    }

    public DateOnly Date => Type is FieldType.Date ? DateOnly.FromDayNumber((int)_low) : throw Wrong("date");

    public DateTimeOffset Timestamp => Type is FieldType.Timestamp ? new DateTimeOffset((long)_low, TimeSpan.Zero) : throw Wrong("timestamp");

    public Guid Uuid
    {
        get
        {
            if (Type is not FieldType.Uuid)
            {
                throw Wrong("uuid");
            }

            var bits = new UInt128(_high, _low);
            return MemoryMarshal.Cast<UInt128, Guid>(new ReadOnlySpan<UInt128>(in bits))[0];
        }
    }

    /// <summary>Adds the value to what is hashed: equal values add the same, different ones something else.</summary>
    public void AppendTo(IBufferWriter<byte> content)
    {
        var span = content.GetSpan(21);
        span[0] = _kind;
        BinaryPrimitives.WriteUInt64LittleEndian(span[1..], _low);
        BinaryPrimitives.WriteUInt64LittleEndian(span[9..], _high);
        BinaryPrimitives.WriteInt32LittleEndian(span[17..], _text?.Length ?? -1);
        content.Advance(21);
        if (_text is not null)
        {
            content.Write(MemoryMarshal.AsBytes(_text.AsSpan()));
        }
    }

    public bool Equals(FieldValue other) => _kind == other._kind && _text == other._text && _low == other._low && _high == other._high;

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_kind, _text, _low, _high);

    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);

    private InvalidOperationException Wrong(string asked) => new($"A value of kind {(IsNull ? "null" : Type.ToString())} was read as {asked}.");
}
