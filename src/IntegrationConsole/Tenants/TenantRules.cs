using System.Text;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Tenants;

/// <summary>What a tenant's settings must be like.</summary>
public static partial class TenantRules
{
    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public static IReadOnlyDictionary<string, string> Check(TenantSettings settings)
    {
        var problems = new Dictionary<string, string>();
        if (settings.Name.Trim().Length is 0 or > 100 || settings.Name.Any(char.IsControl))
        {
            problems[nameof(settings.Name)] = "Give the tenant a name of at most 100 characters, in one line.";
        }

        if (!Slugs().IsMatch(settings.Slug))
        {
            problems[nameof(settings.Slug)] = "Use 2 to 40 lower-case letters, digits and dashes, starting with a letter, such as north-wind.";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out var zone) || !zone.HasIanaId)
        {
            problems[nameof(settings.TimeZone)] = "Choose a time zone from the list, such as Europe/Berlin.";
        }

        if (settings.Contacts.Length > 2_000 || settings.Contacts.Contains('\0'))
        {
            problems[nameof(settings.Contacts)] = "Keep the contacts below 2,000 characters.";
        }

        if (settings.SecondPersonAbove is < 0 or > TenantSettings.MostLetters)
        {
            problems[nameof(settings.SecondPersonAbove)] = "Use a number from 0 to 1,000,000, or leave it empty for never.";
        }

        if (WorkingHours.Parse(settings.WorkingHours.Trim()) is null)
        {
            problems[nameof(settings.WorkingHours)] = $"Write days and hours such as {WorkingHours.Usual}, several behind commas, and days off as not 2026-12-25.";
        }

        return problems;
    }

    /// <summary>A slug made of a name: "Café Nord, Söhne" becomes "cafe-nord-sohne".</summary>
    public static string SlugOf(string name)
    {
        var slug = new StringBuilder();
        foreach (var letter in name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (Spelled.TryGetValue(letter, out var spelling))
            {
                slug.Append(spelling);
            }
            else if (!char.IsLetter(letter) && char.GetUnicodeCategory(letter) != System.Globalization.UnicodeCategory.NonSpacingMark && slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var text = slug.ToString().Trim('-');
        return text.Length > 40 ? text[..40].Trim('-') : text;
    }

    /// <summary>Letters that do not come apart into a plain one and an accent.</summary>
    private static readonly Dictionary<char, string> Spelled = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['đ'] = "d", ['ð'] = "d", ['ł'] = "l", ['þ'] = "th", ['ı'] = "i",
    };

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,38}[a-z0-9]\z")]
    private static partial Regex Slugs();
}
