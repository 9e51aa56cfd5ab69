using System.Text;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// A message with placeholders where it names values: two messages about the same thing have the same template. Each
/// character is looked at a bounded number of times, whoever wrote the message.
/// </summary>
public static class MessageTemplate
{
    public const string Number = "‹number›";
    public const string Value = "‹value›";
    public const string Time = "‹time›";
    public const string Identifier = "‹id›";
    public const string Address = "‹address›";
    public const string Place = "‹path›";
    public const string OutsideSystem = "‹system›";

    /// <summary>What lies beyond tells no failures apart.</summary>
    private const int MostCharacters = 2_000;

    private const int MostOfTemplate = 500;

    /// <param name="message">As it was written.</param>
    /// <param name="systems">Names of outside systems that may stand in it; empty keeps them.</param>
    public static string Of(string message, IReadOnlyList<string> systems)
    {
        var text = message.Length > MostCharacters ? message[..MostCharacters] : message;
        var template = new StringBuilder(text.Length);
        var before = new TemplateContext(text);
        for (var at = 0; at < text.Length;)
        {
            var found = Name(text, at, systems) ?? TemplateScan.Next(text, at, before);
            template.Append(found.Text);
            before.Pass(at, found);
            at += found.Length;
        }

        return Tidy(template);
    }

    private static Scanned? Name(string text, int at, IReadOnlyList<string> systems)
    {
        if (at > 0 && char.IsLetterOrDigit(text[at - 1]))
        {
            return null;
        }

        foreach (var name in systems)
        {
            if (name.Length > 1 && string.CompareOrdinal(text, at, name, 0, name.Length) == 0 && (at + name.Length == text.Length || !char.IsLetterOrDigit(text[at + name.Length])))
            {
                return new Scanned(name.Length, OutsideSystem);
            }
        }

        return null;
    }

    /// <summary>Runs of blanks are one, and so are lists of the same placeholder.</summary>
    private static string Tidy(StringBuilder template)
    {
        var words = template.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var tidy = new StringBuilder(template.Length);
        var last = "";
        foreach (var word in words)
        {
            var bare = word.TrimEnd(',');
            if (bare.Length > 0 && bare[0] == '‹' && bare == last)
            {
                continue;
            }

            _ = tidy.Length > 0 ? tidy.Append(' ').Append(word) : tidy.Append(word);
            last = bare;
        }

        return tidy.Length > MostOfTemplate ? tidy.ToString(0, MostOfTemplate) : tidy.ToString();
    }
}
