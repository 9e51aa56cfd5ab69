using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>A guess where the value of a destination field stands in the source, for a person to accept.</summary>
/// <param name="Path">As a mapping refers to it.</param>
/// <param name="Confidence">In per cent.</param>
/// <param name="Reason">In a few words.</param>
/// <param name="IsInList">The value stands several times in a record, so that only an expression can read it.</param>
public sealed record FieldSuggestion(StreamField Field, string Path, int Confidence, string Reason, bool IsInList)
{
    /// <summary>From here on they may be accepted together.</summary>
    public const int Sure = 80;

    private const int Least = 45;

    /// <summary>The looks that a destination field's name promises.</summary>
    private static readonly Dictionary<string, string> Promised = new() { ["email"] = "email", ["url"] = "url", ["phone"] = "phone", ["iban"] = "iban", ["currency"] = "currency" };

    /// <summary>A rule that reads the value.</summary>
    public FieldRule Rule => Fill(new FieldRule { Name = Field.Name, Type = Field.Type, Required = Field.Required });

    /// <summary>A rule that had no source, with this one.</summary>
    public FieldRule Fill(FieldRule rule) => rule with { Source = Path, Origin = IsInList ? ValueOrigin.Expression : ValueOrigin.Path };

    /// <summary>The best guess for each field, none for those where nothing comes near; no two from the same value.</summary>
    /// <param name="fields">Those that the mapping does not make yet.</param>
    /// <param name="profile">Of the source's sample.</param>
    /// <param name="used">Paths that other fields read already: what they read is likely not meant again.</param>
    public static IReadOnlyList<FieldSuggestion> For(IReadOnlyList<StreamField> fields, SampleProfile profile, IReadOnlyCollection<string> used)
    {
        var guesses =
            from field in fields
            where !field.NativeType.Contains("generated", StringComparison.Ordinal)
            from value in profile.Fields
            where value.IsSingle || field.Type is FieldType.Json
            let guess = Guess(field, value, profile, used.Contains(value.Path))
            where guess.Confidence >= Least
            orderby guess.Confidence descending, value.Path.Length
            select guess;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var best = new List<FieldSuggestion>();
        foreach (var guess in guesses)
        {
            if (best.TrueForAll(other => other.Field != guess.Field) && taken.Add(guess.Path))
            {
                best.Add(guess);
            }
        }

        return [.. best.OrderByDescending(guess => guess.Confidence)];
    }

    private static FieldSuggestion Guess(StreamField field, FieldProfile value, SampleProfile profile, bool isUsed)
    {
        var (score, why) = Names(field.Name, value.Path);
        var reasons = new List<string> { why };
        if (score > 0)
        {
            score *= Types(field, value, reasons) * Values(field, value, profile, reasons);
        }

        if (value.IsInList)
        {
            score *= 0.7;
            reasons.Add("stands in a list");
        }

        if (isUsed)
        {
            score *= 0.7;
            reasons.Add("another field reads it already");
        }

        return new FieldSuggestion(field, value.Path, (int)Math.Floor(Math.Clamp(score, 0, 0.99) * 100), string.Join(", ", reasons.Where(reason => reason.Length > 0)), value.IsInList);
    }

    private static (double Score, string Why) Names(string field, string path)
    {
        var last = path.Split('.')[^1];
        if (NameTokens.Plain(field) == NameTokens.Plain(path))
        {
            return (0.99, "the same name");
        }

        if (NameTokens.Plain(field) == NameTokens.Plain(last))
        {
            return (path.Contains('.') ? 0.94 : 0.99, "the same name");
        }

        var wanted = NameTokens.Meant(NameTokens.Of(field));
        var whole = NameTokens.Meant(NameTokens.Of(path));
        var tail = NameTokens.Meant(NameTokens.Of(last));
        if (wanted.Count == 0 || whole.Count == 0)
        {
            return (0, "");
        }

        if (wanted.ToHashSet().SetEquals(tail) || wanted.ToHashSet().SetEquals(whole))
        {
            return (0.92, $"{last.Trim('`')} means the same");
        }

        if (wanted.All(whole.Contains) && wanted.Contains(tail[^1]))
        {
            return (0.86, "all its words are in the path");
        }

        var likeness = NameTokens.Likeness(NameTokens.Plain(field), NameTokens.Plain(last));
        if (likeness >= 0.78)
        {
            return (0.9 * likeness, "nearly the same spelling");
        }

        // A word counts as found where it is spelt nearly the same.
        var shared = wanted.Count(word => whole.Any(other => NameTokens.Likeness(word, other) >= 0.8));
        var overlap = 2.0 * shared / (wanted.Count + Math.Min(whole.Count, tail.Count + 1));
        return shared == 0 ? (0, "") : (0.8 * Math.Min(1, overlap), $"{shared} of {wanted.Count} words in common");
    }

    private static double Types(StreamField field, FieldProfile value, List<string> reasons)
    {
        switch (field.Type, value.Type)
        {
            case var (wanted, given) when wanted == given:
                reasons.Add("the same type");
                return 1;
            case (FieldType.Decimal, FieldType.Integer) or (FieldType.Timestamp, FieldType.Date) or (FieldType.Json, _):
                return 0.98;
            case (FieldType.String, _):
                return 0.95;
            case (FieldType.Integer or FieldType.Decimal, FieldType.String) when value.Patterns.Count > 0 && value.Patterns.All(pattern => pattern.Form.All(letter => letter is '9' or '+' or '-' or '.' or ',' or ' ')):
                reasons.Add("texts with numbers in them");
                return 0.92;
            case (FieldType.Date or FieldType.Timestamp, FieldType.String) when value.Patterns is [{ Form: ['9', ..] }, ..]:
                reasons.Add("needs a date format");
                return 0.85;
            case (FieldType.Date, FieldType.Timestamp) or (FieldType.Integer, FieldType.Decimal) or (FieldType.Boolean, FieldType.Integer):
                return 0.85;
            default:
                reasons.Add($"but {value.Type.Words} where {field.Type.Words} is wanted");
                return 0.45;
        }
    }

    private static double Values(StreamField field, FieldProfile value, SampleProfile profile, List<string> reasons)
    {
        var factor = 1.0;
        var promised = NameTokens.Meant(NameTokens.Of(field.Name)).Select(word => Promised.GetValueOrDefault(word, "")).FirstOrDefault(word => word.Length > 0);
        if (promised is not null && value.FilledIn > 0)
        {
            factor *= value.Looks == promised ? 1.08 : 0.6;
            reasons.Add(value.Looks == promised ? $"the values look like {promised}" : $"but the values do not look like {promised}");
        }

        if (field.MaxLength is { } most && value.Longest > most)
        {
            factor *= 0.75;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"but up to {value.Longest} characters where {most} fit"));
        }

        if (field.Required && profile.EmptyPercent(value) is > 0 and var empty)
        {
            factor *= 1 - 0.4 * empty / 100;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"but empty in {empty} % of the sample"));
        }

        return factor;
    }
}
