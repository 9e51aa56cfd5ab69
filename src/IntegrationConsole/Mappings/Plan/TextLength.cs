using System.Globalization;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Holds a text to a number of characters, counted as databases do: in Unicode code points.</summary>
/// <param name="most">The most of them; 0 for any number.</param>
/// <param name="cutsOff">What is too long loses its end.</param>
internal readonly struct TextLength(int most, bool cutsOff)
{
    /// <returns>Empty when it worked, otherwise what the text is.</returns>
    public string Take(string text, out string taken)
    {
        taken = text;

        // No text has more code points than UTF-16 units.
        if (most == 0 || text.Length <= most || CountOf(text) <= most)
        {
            return "";
        }

        if (!cutsOff)
        {
            return $"longer than {most} characters";
        }

        taken = Beginning(text);
        return "";
    }

    /// <summary>What a person sees as one character (a letter with its accent, a flag) goes as a whole.</summary>
    private string Beginning(string text)
    {
        var (end, count) = (0, 0);
        while (end < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, end);
            count += CountOf(text.AsSpan(end, length));
            if (count > most)
            {
                break;
            }

            end += length;
        }

        return text[..end];
    }

    private static int CountOf(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var unit in text)
        {
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return count;
    }
}
