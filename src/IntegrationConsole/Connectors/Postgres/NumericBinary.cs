using System.Buffers.Binary;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>A decimal in PostgreSQL's binary form of numeric: groups of four digits around the point.</summary>
internal static class NumericBinary
{
    public const int MostBytes = 8 + (2 * MostGroups);
    private const int MostGroups = 10;
    private const int Group = 10_000;
    private const int DigitsOfGroup = 4;

    /// <returns>How many bytes were written.</returns>
    public static int Write(decimal value, Span<byte> target)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> 16) & 0xff;
        var digits = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);

        // Groups are counted from the point: the last one behind it is filled up with zeros.
        var groupsBehind = (scale + DigitsOfGroup - 1) / DigitsOfGroup;
        digits *= Power((groupsBehind * DigitsOfGroup) - scale);

        Span<short> groups = stackalloc short[MostGroups];
        var count = Split(digits, groups);
        BinaryPrimitives.WriteInt16BigEndian(target, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(target[2..], (short)(count - 1 - groupsBehind));
        BinaryPrimitives.WriteInt16BigEndian(target[4..], bits[3] < 0 && count > 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(target[6..], (short)scale);
        for (var index = 0; index < count; index++)
        {
            BinaryPrimitives.WriteInt16BigEndian(target[(8 + (2 * index))..], groups[count - 1 - index]);
        }

        return 8 + (2 * count);
    }

    /// <summary>The lowest group first.</summary>
    private static int Split(UInt128 digits, Span<short> groups)
    {
        var count = 0;
        for (; digits > ulong.MaxValue; count++)
        {
            (digits, var rest) = UInt128.DivRem(digits, Group);
            groups[count] = (short)rest;
        }

        // Nearly every number is small enough for the processor's own division.
        for (var small = (ulong)digits; small > 0; count++)
        {
            (small, var rest) = Math.DivRem(small, Group);
            groups[count] = (short)rest;
        }

        return count;
    }

    private static uint Power(int digits) => digits switch
    {
        0 => 1,
        1 => 10,
        2 => 100,
        _ => 1000,
    };
}
