using System.Text.Json;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>
/// What an outside system's answer says in codes: its error codes and the fields that they are about. Everything else in
/// an answer is text that may repeat the record, and is not looked at.
/// </summary>
public static class AnswerMarks
{
    private const int MostLevels = 4;
    private const int MostMarks = 3;
    private const int MostCharacters = 60;
    private const int MostDigits = 3;

    private static readonly HashSet<string> Codes = new(StringComparer.OrdinalIgnoreCase) { "code", "errorcode", "error_code", "error-code", "keyword", "reasoncode", "reason_code" };

    private static readonly HashSet<string> Places = new(StringComparer.OrdinalIgnoreCase) { "field", "pointer", "path", "param", "parameter", "property", "attribute", "target" };

    private static readonly HashSet<string> Holders = new(StringComparer.OrdinalIgnoreCase)
    {
        "error", "errors", "fault", "faults", "detail", "details", "violations", "problems", "issues", "messages", "source", "result", "results",
    };

    /// <returns>Such as <c>INVALID_TAX at lines[*].taxCode</c>; empty where the answer has no codes.</returns>
    public static string Of(string answer)
    {
        if (answer is not ['{' or '[', ..])
        {
            return "";
        }

        try
        {
            using var parsed = JsonDocument.Parse(answer);
            var marks = new SortedSet<string>(StringComparer.Ordinal);
            Gather(parsed.RootElement, marks, 0);
            return string.Join(", ", marks.Take(MostMarks));
        }
        catch (JsonException)
        {
            // Cut off, or no JSON after all: then it has no codes to go by.
            return "";
        }
    }

    private static void Gather(JsonElement element, SortedSet<string> marks, int level)
    {
        if (level > MostLevels)
        {
            return;
        }

        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Gather(item, marks, level + 1);
            }
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            var (code, place) = ("", "");
            foreach (var property in element.EnumerateObject())
            {
                code = Codes.Contains(property.Name) && code.Length == 0 ? Mark(property.Value) : code;
                place = Places.Contains(property.Name) && place.Length == 0 ? Mark(property.Value) : place;
                if (Holders.Contains(property.Name))
                {
                    Gather(property.Value, marks, level + 1);
                }
            }

            if (code.Length + place.Length > 0)
            {
                marks.Add(code.Length == 0 ? $"at {place}" : place.Length == 0 ? code : $"{code} at {place}");
            }
        }
    }

    /// <summary>A name as programs have it. Places in a list tell no failures apart, and what has many digits is a value.</summary>
    private static string Mark(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String || value.GetString() is not { Length: > 0 and <= MostCharacters } text || !text.Any(char.IsAsciiLetter)
            || text.Any(character => !char.IsAsciiLetterOrDigit(character) && !"_-./[]$*".Contains(character)))
        {
            return "";
        }

        var mark = FailureFingerprint.WithoutIndexes(text);
        return mark.Count(char.IsAsciiDigit) > MostDigits ? "" : mark;
    }
}
