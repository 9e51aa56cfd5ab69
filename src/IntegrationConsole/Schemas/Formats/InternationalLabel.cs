using System.Globalization;
using System.Text;
using IntegrationConsole.Schemas.Patterns;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>One label of an international host name (RFC 5891, 5892 and 5893).</summary>
internal static class InternationalLabel
{
    private static readonly CodePointSetTest Greek = new("Script=Greek");
    private static readonly CodePointSetTest Hebrew = new("Script=Hebrew");
    private static readonly CodePointSetTest Kana = new("Script=Hiragana", "Script=Katakana", "Script=Han");

    /// <summary>How long the label is in ASCII; null where it is not valid.</summary>
    public static int? EncodedLength(string label) => IsValid(label) ? "xn--".Length + Punycode.EncodedLength(label) : null;

    public static bool IsValid(string label)
    {
        if (label.Length == 0 || Ascii.IsValid(label) || !IsNormal(label) || label[0] == '-' || label[^1] == '-' || (label.Length > 3 && label[2..4] == "--"))
        {
            return false;
        }

        var characters = label.EnumerateRunes().Select(rune => rune.Value).ToArray();
        return !IsMark(characters[0]) && Enumerable.Range(0, characters.Length).All(at => IsAllowed(characters, at)) && HasOneKindOfArabicDigits(characters);
    }

    // Half a character has no normal form, and no place in a name.
    private static bool IsNormal(string label)
    {
        try
        {
            return label.IsNormalized(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsAllowed(int[] label, int at)
    {
        var (before, after) = (at > 0 ? label[at - 1] : -1, at + 1 < label.Length ? label[at + 1] : -1);
        return label[at] switch
        {
            '-' => true,
            < 0x80 => char.IsAsciiDigit((char)label[at]) || char.IsAsciiLetter((char)label[at]),
            0x00B7 => before == 'l' && after == 'l',
            0x0375 => after >= 0 && Greek.Contains(after),
            0x05F3 or 0x05F4 => before >= 0 && Hebrew.Contains(before),
            0x30FB => label.Any(other => other != 0x30FB && Kana.Contains(other)),
            0x200C => (before >= 0 && IsVirama(before)) || CursiveJoining.IsBetweenJoining(label, at),
            0x200D => before >= 0 && IsVirama(before),
            0x00DF or 0x03C2 or 0x06FD or 0x06FE or 0x0F0B or 0x3007 => true,
            0x0640 or 0x07FA or 0x302E or 0x302F or (>= 0x3031 and <= 0x3035) or 0x303B => false,
            _ => IsLetterDigit(label[at]),
        };
    }

    // What changes when folded to lower case or to its compatible form is written otherwise in a name.
    private static bool IsLetterDigit(int character)
    {
        var isOfKind = CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
        var text = char.ConvertFromUtf32(character);
        return isOfKind && text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormKC) == text;
    }

    private static bool IsMark(int character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>The signs that join consonants in the scripts of India and around.</summary>
    private static bool IsVirama(int character) => character
        is 0x094D or 0x09CD or 0x0A4D or 0x0ACD or 0x0B4D or 0x0BCD or 0x0C4D or 0x0CCD or 0x0D3B or 0x0D3C or 0x0D4D or 0x0DCA or 0x0E3A or 0x0EBA
        or 0x0F84 or 0x1039 or 0x103A or 0x1714 or 0x1734 or 0x17D2 or 0x1A60 or 0x1B44 or 0x1BAA or 0x1BAB or 0x1BF2 or 0x1BF3 or 0x2D7F
        or 0xA806 or 0xA8C4 or 0xA953 or 0xA9C0 or 0xAAF6 or 0xABED;

    private static bool HasOneKindOfArabicDigits(int[] label) =>
        !(label.Any(character => character is >= 0x0660 and <= 0x0669) && label.Any(character => character is >= 0x06F0 and <= 0x06F9));

    private sealed class CodePointSetTest(params string[] properties)
    {
        private readonly Lazy<CodePointSet> _set = new(() =>
            properties.Select(name => UnicodeProperties.Find(name)!).Aggregate(CodePointSet.None, (all, next) => all.With(next)));

        public bool Contains(int character) => _set.Value.Contains(character);
    }
}
