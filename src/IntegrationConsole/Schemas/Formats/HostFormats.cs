using System.Text;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>Host names of RFC 1123, and of RFC 5890 to 5893 with letters of all scripts.</summary>
internal static class HostFormats
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    public static bool IsHostName(string text) => text.Length is > 0 and <= LongestName && text.Split('.').All(IsLabel);

    public static bool IsInternationalHostName(string text)
    {
        // Three other full stops part labels too.
        var labels = text.Split('.', '\u3002', '\uFF0E', '\uFF61');
        var length = labels.Length - 1;
        foreach (var label in labels)
        {
            if (Ascii.IsValid(label))
            {
                length += label.Length;
                if (!IsLabel(label))
                {
                    return false;
                }
            }
            else if (InternationalLabel.EncodedLength(label) is { } encoded && encoded <= LongestLabel)
            {
                length += encoded;
            }
            else
            {
                return false;
            }
        }

        return text.Length > 0 && length <= LongestName;
    }

    private static bool IsLabel(string label)
    {
        if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-' || !label.All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '-'))
        {
            return false;
        }

        // Two hyphens in the third place announce an encoding, and only one is known.
        return label.Length < 4 || label[2..4] != "--"
            || (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase) && Punycode.Decode(label[4..]) is { } decoded && InternationalLabel.IsValid(decoded));
    }
}
