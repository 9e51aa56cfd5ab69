using System.Globalization;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>Which letters of the Arabic script join their neighbours: only between two that would join may a sign stand that keeps them apart.</summary>
internal static class CursiveJoining
{
    private static readonly (int First, int Last)[] JoinOnBothSides =
    [
        (0x0620, 0x0620), (0x0626, 0x0626), (0x0628, 0x0628), (0x062A, 0x062E), (0x0633, 0x063F), (0x0641, 0x0647), (0x0649, 0x064A),
        (0x066E, 0x066F), (0x0678, 0x0687), (0x069A, 0x06BF), (0x06C1, 0x06C2), (0x06CC, 0x06CC), (0x06CE, 0x06CE), (0x06D0, 0x06D1),
        (0x06FA, 0x06FC), (0x06FF, 0x06FF),
    ];

    private static readonly (int First, int Last)[] JoinToTheRight =
    [
        (0x0622, 0x0625), (0x0627, 0x0627), (0x0629, 0x0629), (0x062F, 0x0632), (0x0648, 0x0648), (0x0671, 0x0673), (0x0675, 0x0677),
        (0x0688, 0x0699), (0x06C0, 0x06C0), (0x06C3, 0x06CB), (0x06CD, 0x06CD), (0x06CF, 0x06CF), (0x06D2, 0x06D3), (0x06D5, 0x06D5),
        (0x06EE, 0x06EF),
    ];

    /// <summary>Whether the letters on both sides of a place in a label would join there (RFC 5892, appendix A.1).</summary>
    public static bool IsBetweenJoining(int[] label, int at)
    {
        var before = Array.FindLastIndex(label, Math.Max(at - 1, 0), at, IsLetter);
        var after = at + 1 < label.Length ? Array.FindIndex(label, at + 1, IsLetter) : -1;
        return before >= 0 && after >= 0 && Holds(JoinOnBothSides, label[before]) && (Holds(JoinOnBothSides, label[after]) || Holds(JoinToTheRight, label[after]));
    }

    /// <summary>Marks above and below a letter let it join over them.</summary>
    private static bool IsLetter(int character) => CharUnicodeInfo.GetUnicodeCategory(character) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format);

    private static bool Holds((int First, int Last)[] ranges, int character) => Array.Exists(ranges, range => character >= range.First && character <= range.Last);
}
