using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Schemas.Values;

/// <summary>
/// Reads the texts of a JSON document as they stand in it. The framework throws for half a surrogate pair and for bytes that
/// are no UTF-8, and a record may hold both: here the half stays as it is, and such bytes become U+FFFD.
/// </summary>
internal static class JsonText
{
    /// <summary>The text's bytes between its quotes, escapes not yet resolved.</summary>
    public static ReadOnlySpan<byte> RawOf(JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    public static string Of(JsonElement text) => Decode(RawOf(text));

    public static string NameOf(JsonProperty property) => Decode(JsonMarshal.GetRawUtf8PropertyName(property));

    /// <summary>How many code points the text has; a character outside the first 65,536 counts once.</summary>
    public static long CodePointsOf(JsonElement text)
    {
        var raw = RawOf(text);
        if (!raw.Contains((byte)'\\'))
        {
            var count = 0L;
            foreach (var unit in raw)
            {
                count += (unit & 0xC0) == 0x80 ? 0 : 1;
            }

            return count;
        }

        var decoded = Decode(raw);
        var pairs = 0;
        for (var index = 1; index < decoded.Length; index++)
        {
            if (char.IsSurrogatePair(decoded[index - 1], decoded[index]))
            {
                pairs++;
                index++;
            }
        }

        return decoded.Length - pairs;
    }

    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
        {
            return true;
        }

        return (left.Contains((byte)'\\') || right.Contains((byte)'\\')) && Decode(left) == Decode(right);
    }

    public static string Decode(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                decoded.Append(text[index]);
                continue;
            }

            index++;
            if (text[index] == 'u')
            {
                decoded.Append((char)int.Parse(text.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                index += 4;
            }
            else
            {
                decoded.Append(Unescaped(text[index]));
            }
        }

        return decoded.ToString();
    }

    private static char Unescaped(char escape) => escape switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => escape,
    };
}
