using System.Buffers;
using System.Text;

namespace IntegrationConsole.Mappings;

/// <summary>What somebody wrote, put into Markdown so that it stays text, and so that people who read the source still read it.</summary>
internal static class MarkdownText
{
    /// <summary>Text inside a line that is only text: no markup, no link, no new line, no cell of its own.</summary>
    public static string Plain(string words)
    {
        var line = OneLine(words);
        var text = new StringBuilder();
        for (var index = 0; index < line.Length; index++)
        {
            // A named character for those that HTML reads, a backslash for those that Markdown does.
            text.Append(line[index] switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' when NamesACharacter(line.AsSpan(index + 1)) => "&amp;",
                var letter when MeansSomething(line, index) => $"\\{letter}",
                var letter => letter.ToString(),
            });
        }

        return text.ToString();
    }

    /// <summary>The same at the beginning of a line, where more would mean something: a list, a title, a quotation.</summary>
    public static string Beginning(string words)
    {
        var text = Plain(words);
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var mark = digits < text.Length && (digits > 0 ? text[digits] is '.' or ')' : text[0] is '#' or '+' or '-') ? digits : -1;
        return mark < 0 ? text : $"{text[..mark]}\\{text[mark..]}";
    }

    /// <summary>In a table even code ends at a bar.</summary>
    public static string Cell(string words) => Code(words).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>A longer fence than any inside holds all the others.</summary>
    public static string Code(string words)
    {
        var inside = OneLine(words);
        var fence = new string('`', LongestRun(inside) + 1);
        var isPadded = inside.Length == 0 || inside.StartsWith('`') || inside.EndsWith('`') || inside.StartsWith(' ');
        return isPadded ? $"{fence} {inside} {fence}" : $"{fence}{inside}{fence}";
    }

    /// <summary>Of backticks.</summary>
    public static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in text)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static bool MeansSomething(string line, int index) => line[index] switch
    {
        '\\' or '`' or '*' or '[' or ']' or '|' or '~' => true,

        // Inside a word it is a letter like others, as in order_lines.
        '_' => index == 0 || index + 1 == line.Length || !char.IsLetterOrDigit(line[index - 1]) || !char.IsLetterOrDigit(line[index + 1]),

        // A title may end with it.
        '#' => index + 1 == line.Length,

        // What looks like an address becomes a link in many readers.
        ':' => line.AsSpan(index).StartsWith("://", StringComparison.Ordinal),
        '.' => line.AsSpan(0, index).EndsWith("www", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>As <c>amp;</c> and <c>#38;</c> do.</summary>
    private static bool NamesACharacter(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(';');
        return end > 0 && rest[..end].IndexOfAnyExcept(NameLetters) < 0;
    }

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("#0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static string OneLine(string words) => string.Concat(words.ReplaceLineEndings(" ").Select(letter => char.IsControl(letter) ? ' ' : letter));
}
