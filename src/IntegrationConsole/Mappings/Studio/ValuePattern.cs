using System.Text;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>The form of texts: <c>A</c> for a capital letter, <c>a</c> for a small one, <c>9</c> for a digit, everything else as it is.</summary>
/// <param name="Count">How many values have it.</param>
public sealed record ValuePattern(string Form, int Count)
{
    private const int LongestRun = 4;
    private const int MostCharacters = 24;

    /// <summary>Of a run longer than four a <c>+</c> stands for the rest, so that words of any length have one form.</summary>
    public static string Of(string text)
    {
        var form = new StringBuilder();
        var last = '\0';
        var run = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = Rune.IsDigit(rune) ? '9' : Rune.IsUpper(rune) ? 'A' : Rune.IsLetter(rune) ? 'a' : rune.IsBmp ? (char)rune.Value : '·';
            run = letter == last && letter is '9' or 'A' or 'a' ? (letter == last ? run + 1 : 1) : 1;
            last = letter;
            if (run <= LongestRun)
            {
                form.Append(letter);
            }
            else if (run == LongestRun + 1)
            {
                form.Append('+');
            }

            if (form.Length >= MostCharacters)
            {
                return form.Append('…').ToString();
            }
        }

        return form.ToString();
    }
}
