namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// One value or name of a JSON text: where it stands, and where what follows it stands. The last field holds the kind in
/// its lowest three bits, whether a string has escapes in the fourth, and above that an array's or object's count or a name's hash.
/// </summary>
internal struct JsonToken
{
    public const int Null = 1, False = 2, True = 3, Number = 4, Text = 5, Array = 6, Object = 7;
    public const int KindMask = 7, Escaped = 8, Shift = 4;

    public int Start;
    public int Length;

    /// <summary>The token after this one and all that is inside it.</summary>
    public int Next;
    public int Meta;
}
