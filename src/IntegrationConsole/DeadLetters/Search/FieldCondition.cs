using System.Globalization;
using System.Text.Json;

namespace IntegrationConsole.DeadLetters.Search;

public enum FieldTest
{
    /// <summary>One of the values; without any, nothing stands there.</summary>
    Is,

    /// <summary>None of the values; without any, something stands there.</summary>
    IsNot,

    /// <summary>Whatever its letters' case.</summary>
    Contains,
    ContainsNot,
    Below,
    Above,
}

/// <summary>
/// What a field of a record has to hold, as people type it and as it stands in an address: <c>address.country=DE</c>,
/// <c>lines.sku~blue</c>, <c>amount&gt;100</c>. Pure.
/// </summary>
/// <param name="path">Names with dots, or a JSON pointer. A list on the way stands for each of its items.</param>
/// <param name="test">What its values are held against.</param>
/// <param name="value">Several are divided by strokes; a stroke in a value has a backslash before it.</param>
public sealed class FieldCondition(string path, FieldTest test, string value)
{
    /// <summary>What somebody is told who wrote something else.</summary>
    public const string Hint = "Write a field, = and a value, such as country=DE.";

    private const int Longest = 300;

    private static readonly (string Sign, FieldTest Test)[] Signs =
        [("!=", FieldTest.IsNot), ("!~", FieldTest.ContainsNot), ("=", FieldTest.Is), ("~", FieldTest.Contains), ("<", FieldTest.Below), (">", FieldTest.Above)];

    private readonly string[] _steps = StepsOf(path);
    private readonly string[] _values = ValuesOf(value);

    public string Field => path;

    public string Text => $"{path}{Signs.First(sign => sign.Test == test).Sign}{value}";

    /// <summary>That a field has exactly this value, whatever stands in it.</summary>
    public static FieldCondition Exactly(string field, string value) =>
        new(field, FieldTest.Is, value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal));

    /// <summary>As they stand in an address, each once.</summary>
    public static string[] Texts(IEnumerable<FieldCondition> conditions) => [.. conditions.Select(condition => condition.Text).Distinct(StringComparer.Ordinal)];

    /// <returns>Null where it says nothing that could be looked for.</returns>
    public static FieldCondition? Parse(string text)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        for (var at = 1; at < text.Length; at++)
        {
            // In a pointer a tilde with one of these digits is a part of a name.
            if (text[at] == '~' && text[0] == '/' && at + 1 < text.Length && text[at + 1] is '0' or '1')
            {
                continue;
            }

            var (sign, kind) = Signs.FirstOrDefault(sign => string.CompareOrdinal(text, at, sign.Sign, 0, sign.Sign.Length) == 0);
            if (sign is not null)
            {
                var (name, against) = (text[..at].Trim(), text[(at + sign.Length)..].Trim());
                return name.Trim('/', '.').Length == 0 || (ValuesOf(against).Length == 0 && kind is not (FieldTest.Is or FieldTest.IsNot)) ? null : new FieldCondition(name, kind, against);
            }
        }

        return null;
    }

    public bool Holds(JsonElement record)
    {
        var found = new List<string>();
        Gather(record, 0, found);
        return test switch
        {
            FieldTest.Is => _values.Length == 0 ? found.Count == 0 : found.Any(IsOneOfThem),
            FieldTest.IsNot => _values.Length == 0 ? found.Count > 0 : !found.Any(IsOneOfThem),
            FieldTest.Contains => found.Any(IsInIt),
            FieldTest.ContainsNot => !found.Any(IsInIt),
            FieldTest.Below => found.Any(value => Compare(value, _values[0]) < 0),
            FieldTest.Above => found.Any(value => Compare(value, _values[0]) > 0),
        };
    }

    private bool IsOneOfThem(string found) => _values.Any(value => found == value || (Number(found) is { } number && number == Number(value)));

    private bool IsInIt(string found) => _values.Any(value => found.Contains(value, StringComparison.OrdinalIgnoreCase));

    /// <returns>Null where they are neither two numbers nor two moments.</returns>
    private static int? Compare(string found, string value) =>
        Number(found) is { } one && Number(value) is { } other ? one.CompareTo(other)
        : Moment(found) is { } then && Moment(value) is { } when ? then.CompareTo(when)
        : null;

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    private void Gather(JsonElement at, int step, List<string> found)
    {
        switch (at.ValueKind)
        {
            case JsonValueKind.Object when step < _steps.Length:
                if (at.TryGetProperty(_steps[step], out var inner))
                {
                    Gather(inner, step + 1, found);
                }
                else if (step + 1 < _steps.Length && at.TryGetProperty(string.Join('.', _steps[step..]), out var dotted))
                {
                    // A name with dots in it, such as files have.
                    Gather(dotted, _steps.Length, found);
                }

                break;
            case JsonValueKind.Array when step < _steps.Length && int.TryParse(_steps[step], NumberStyles.None, CultureInfo.InvariantCulture, out var place):
                if (place < at.GetArrayLength())
                {
                    Gather(at[place], step + 1, found);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in at.EnumerateArray())
                {
                    Gather(item, step < _steps.Length && _steps[step] == "*" ? step + 1 : step, found);
                }

                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False when step == _steps.Length:
                if (at.ToString() is { Length: > 0 } text)
                {
                    found.Add(at.ValueKind is JsonValueKind.True ? "true" : at.ValueKind is JsonValueKind.False ? "false" : text);
                }

                break;
            default:
                // Nothing, or no single value.
                break;
        }
    }

    private static string[] StepsOf(string field) => field is ['/', .. var pointer]
        ? [.. pointer.Split('/').Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : field.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static string[] ValuesOf(string text)
    {
        var values = new List<string> { "" };
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '|')
            {
                values.Add("");
            }
            else
            {
                at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '\\' or '|' ? 1 : 0;
                values[^1] += text[at];
            }
        }

        return [.. values.Select(value => value.Trim()).Where(value => value.Length > 0)];
    }
}
