using System.Text;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Schemas.Patterns;

/// <summary>
/// A pattern of a schema: an ECMA-262 regular expression read by code points, as the draft asks. It is translated to the
/// framework's language and run by the engine whose time grows with the text alone, unless it uses what only the other engine can;
/// that one works against the clock.
/// </summary>
internal sealed class EcmaPattern
{
    private const int LargestForLinearEngine = 2_000;

    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(250);

    private readonly Regex _regex;

    private EcmaPattern(string source, Regex regex)
    {
        Source = source;
        _regex = regex;
    }

    public string Source { get; }

    /// <summary>The pattern, or a sentence about what is wrong with it.</summary>
    public static (EcmaPattern? Pattern, string Problem) Compile(string source)
    {
        var translation = new EcmaTranslation(source);
        if (!translation.TryTranslate(out var text))
        {
            return (null, translation.Problem);
        }

        try
        {
            return (new EcmaPattern(source, Build(text, translation.NeedsBacktracking || translation.Size > LargestForLinearEngine)), "");
        }
        catch (ArgumentException)
        {
            return (null, "it is too large.");
        }
    }

    /// <summary>Whether some part of the text matches; null where that could not be told in time.</summary>
    public bool? Matches(string text)
    {
        try
        {
            return _regex.IsMatch(WithoutHalves(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static Regex Build(string text, bool backtracks) =>
        new(text, RegexOptions.CultureInvariant | (backtracks ? RegexOptions.None : RegexOptions.NonBacktracking), MatchLimit);

    // Half a character is no code point; the pattern sees the sign for an unreadable one instead.
    private static string WithoutHalves(string text)
    {
        if (!text.Any(char.IsSurrogate))
        {
            return text;
        }

        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }

        return whole.ToString();
    }
}
