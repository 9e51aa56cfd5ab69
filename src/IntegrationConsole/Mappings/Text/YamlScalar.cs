using System.Text.RegularExpressions;

namespace IntegrationConsole.Mappings.Text;

/// <summary>Which texts can stand without quotes and still be read as the same text: by us, and by other readers of YAML.</summary>
internal static partial class YamlScalar
{
    /// <summary>Without quotes, some reader would take it for a number, a date, a yes or no, or nothing.</summary>
    public static bool IsMistakable(string text) => Mistakable().IsMatch(text);

    /// <summary>Nothing in it means anything to YAML.</summary>
    public static bool IsPlain(string text) =>
        !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !"-?:,[]{}#&*!|>'\"%@`=<".Contains(text[0])
        && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && text[^1] != ':' && !text.StartsWith("...", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?:~|null|true|false|yes|no|on|off|y|n|[-+.]?[0-9][0-9a-z_:.,+\-T ]*|[-+]?\.(?:inf|nan)|[-+]?\.[0-9].*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Mistakable();
}
