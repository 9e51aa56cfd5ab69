using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Json;

/// <summary>What must hold for a piece of valid JSON so that everything behind a source can read it as a record.</summary>
internal static class RecordText
{
    /// <summary>What every JSON reader takes unless it is told otherwise.</summary>
    public const int MostLevels = 64;

    private static readonly Failure TooDeep = new(FailureCause.Malformed, $"The record is nested more than {MostLevels} levels deep.", "depth");
    private static readonly Failure NotText = new(FailureCause.Malformed, "The record holds bytes that are not UTF-8 text.", "encoding");
    private static readonly Failure HalfACharacter = new(FailureCause.Malformed, "The record holds text with half a character in it (an unpaired surrogate).", "encoding");

    public static Failure? ProblemWith(ReadOnlySpan<byte> json, JsonTokenType first, int levels) =>
        first is not JsonTokenType.StartObject ? NotAnObject(first)
            : levels > MostLevels ? TooDeep
            : ProblemWithText(json);

    public static Failure? ProblemWithText(ReadOnlySpan<byte> json) => !Utf8.IsValid(json) ? NotText : HasLoneSurrogate(json) ? HalfACharacter : null;

    public static string Words(JsonTokenType first) => first switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };

    private static Failure NotAnObject(JsonTokenType first) => new(FailureCause.Malformed, $"The record is not an object but {Words(first)}.", "record");

    /// <summary>Text may be valid UTF-8 and still spell half a character with an escape such as \ud83d.</summary>
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        var rest = json;
        while (rest.IndexOf((byte)'\\') is >= 0 and var at)
        {
            rest = rest[at..];
            if (Surrogate(rest) is not { } unit)
            {
                rest = rest[2..];
            }
            else if (char.IsHighSurrogate(unit) && Surrogate(rest[6..]) is { } second && char.IsLowSurrogate(second))
            {
                rest = rest[12..];
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The surrogate that is escaped at the beginning; null for anything else.</summary>
    private static char? Surrogate(ReadOnlySpan<byte> json) =>
        json.Length >= 6 && json[0] == '\\' && json[1] == 'u' && Utf8Parser.TryParse(json[2..6], out ushort unit, out var used, 'x') && used == 4
        && char.IsSurrogate((char)unit) ? (char)unit : null;
}
