using System.Globalization;
using System.Text;

namespace IntegrationConsole.Schemas.Patterns;

/// <summary>A set of characters as sorted ranges of code points, without halves of surrogate pairs.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int FirstHalf = 0xD800;
    private const int LastHalf = 0xDFFF;

    private readonly List<(int First, int Last)> _ranges;

    private CodePointSet(List<(int First, int Last)> ranges) => _ranges = ranges;

    public static CodePointSet None { get; } = new([]);

    public static CodePointSet All { get; } = Of([(0, Last)]);

    public static CodePointSet Digits { get; } = Of([('0', '9')]);

    public static CodePointSet WordCharacters { get; } = Of([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    /// <summary>ECMA-262's WhiteSpace and LineTerminator.</summary>
    public static CodePointSet WhiteSpace { get; } = Of(
    [
        (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF),
    ]);

    public static CodePointSet LineEnds { get; } = Of([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]);

    public static CodePointSet Of(int codePoint) => Of([(codePoint, codePoint)]);

    public static CodePointSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ranges.SelectMany(WithoutHalves).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet Where(Func<int, bool> belongs)
    {
        var ranges = new List<(int First, int Last)>();
        var first = -1;
        for (var codePoint = 0; codePoint <= Last + 1; codePoint++)
        {
            if (codePoint <= Last && belongs(codePoint))
            {
                first = first < 0 ? codePoint : first;
            }
            else if (first >= 0)
            {
                ranges.Add((first, codePoint - 1));
                first = -1;
            }
        }

        return Of(ranges);
    }

    public bool Contains(int codePoint) => _ranges.Any(range => codePoint >= range.First && codePoint <= range.Last);

    public CodePointSet With(CodePointSet other) => Of(_ranges.Concat(other._ranges));

    public CodePointSet Complement()
    {
        var gaps = new List<(int First, int Last)>();
        var next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    /// <summary>The set in the framework's pattern language, which sees a character outside the first 65,536 as two.</summary>
    public string ToPattern()
    {
        var choices = new List<string>();
        if (_ranges.Where(range => range.First <= 0xFFFF).ToList() is { Count: > 0 } low)
        {
            choices.Add(ClassOf(low.Select(range => (range.First, Math.Min(range.Last, 0xFFFF)))));
        }

        foreach (var (first, last) in _ranges.Where(range => range.Last > 0xFFFF))
        {
            AddPairs(choices, Math.Max(first, 0x10000), last);
        }

        return choices.Count switch
        {
            0 => @"[^\s\S]",
            1 when choices[0][^1] is ']' && choices[0].IndexOf(']', StringComparison.Ordinal) == choices[0].Length - 1 => choices[0],
            _ => $"(?:{string.Join('|', choices)})",
        };
    }

    private static void AddPairs(List<string> choices, int first, int last)
    {
        while (first <= last)
        {
            var (high, low) = (HighOf(first), LowOf(first));
            if (low == 0xDC00 && LastOf(high) <= last)
            {
                // Whole blocks of 1,024 go into one choice.
                var lastHigh = LowOf(last) == 0xDFFF ? HighOf(last) : HighOf(last) - 1;
                choices.Add(ClassOf([(high, lastHigh)]) + ClassOf([(0xDC00, 0xDFFF)]));
                first = LastOf(lastHigh) + 1;
            }
            else
            {
                var end = Math.Min(last, LastOf(high));
                choices.Add(ClassOf([(high, high)]) + ClassOf([(low, LowOf(end))]));
                first = end + 1;
            }
        }
    }

    private static int HighOf(int codePoint) => 0xD800 + ((codePoint - 0x10000) >> 10);

    private static int LowOf(int codePoint) => 0xDC00 + ((codePoint - 0x10000) & 0x3FF);

    private static int LastOf(int high) => 0x10000 + ((high - 0xD800 + 1) << 10) - 1;

    private static string ClassOf(IEnumerable<(int First, int Last)> ranges)
    {
        var text = new StringBuilder("[");
        foreach (var (first, last) in ranges)
        {
            text.Append(CultureInfo.InvariantCulture, $@"\u{first:X4}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $@"-\u{last:X4}");
            }
        }

        return text.Append(']').ToString();
    }

    private static IEnumerable<(int First, int Last)> WithoutHalves((int First, int Last) range)
    {
        if (range.First < FirstHalf)
        {
            yield return (range.First, Math.Min(range.Last, FirstHalf - 1));
        }

        if (range.Last > LastHalf)
        {
            yield return (Math.Max(range.First, LastHalf + 1), range.Last);
        }
    }
}
