namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// One value or name of a JSON text: where it stands, its kind in the lowest three bits, whether a string has escapes in
/// the fourth, and above that its length in bytes. An array or object takes two: in the second stand what follows it and
/// how many items or fields it has. Eight bytes, because writing the table is a good part of reading a record.
/// </summary>
internal readonly struct JsonToken(int start, int packed)
{
    public const int Null = 1, False = 2, True = 3, Number = 4, Text = 5, Array = 6, Object = 7;
    public const int KindMask = 7, Escaped = 8, Shift = 4;

    /// <summary>The longest text that the packed length can tell.</summary>
    public const int LongestText = (1 << (32 - Shift)) - 1;

    public readonly int Start = start;
    public readonly int Packed = packed;

    public JsonToken(int start, int length, int kind) : this(start, (length << Shift) | kind)
    {
    }

    public int Kind => Packed & KindMask;

    public bool IsContainer => (Packed & KindMask) >= Array;

    public int Length => (int)((uint)Packed >> Shift);

    /// <summary>Of a container's second token: the token after all that is inside it.</summary>
    public int Next => Start;

    /// <summary>Of a container's second token: how many items or fields there are.</summary>
    public int Count => Packed;
}
