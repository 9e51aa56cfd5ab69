using System.Globalization;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>Estimates how large a regular expression is with its counted repetitions written out.</summary>
internal static partial class PatternSize
{
    public const double Small = 2_000;

    /// <summary>Beyond this a pattern can take all memory before any clock stops it, so it is refused.</summary>
    public const double Largest = 100_000;

    public static double Of(string pattern)
    {
        var sizes = new Stack<double>([0]);
        for (var at = 0; at < pattern.Length;)
        {
            var size = 1d;
            switch (pattern[at])
            {
                case '(':
                    sizes.Push(1);
                    at++;
                    continue;
                case ')' when sizes.Count > 1:
                    size = sizes.Pop();
                    at++;
                    break;
                case '[':
                    at = EndOfClass(pattern, at);
                    break;
                case '\\':
                    at += 2;
                    break;
                default:
                    at++;
                    break;
            }

            var count = Counted().Match(pattern, Math.Min(at, pattern.Length));
            if (count.Success)
            {
                at += count.Length;
                size *= Times(count);
            }

            sizes.Push(sizes.Pop() + size);
        }

        return sizes.Sum();
    }

    private static double Times(Match count)
    {
        var most = count.Groups[2].Length > 0 ? count.Groups[2].ValueSpan : count.Groups[1].ValueSpan;
        return Math.Max(1, double.Parse(most, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static int EndOfClass(string pattern, int at)
    {
        for (at++; at < pattern.Length && pattern[at] != ']'; at++)
        {
            at += pattern[at] == '\\' ? 1 : 0;
        }

        return at + 1;
    }

    [GeneratedRegex(@"\G\{([0-9]+)(?:,([0-9]*))?\}")]
    private static partial Regex Counted();
}
