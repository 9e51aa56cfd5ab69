namespace IntegrationConsole.Schemas.Formats;

/// <summary>IP addresses as RFC 2673 (3.2) and RFC 4291 (2.2) write them.</summary>
internal static class AddressFormats
{
    public static bool IsIpv4(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            // A leading zero would be octal to some readers.
            if (++count > 4 || part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.ContainsAnyExceptInRange('0', '9') || (part.Length == 3 && part.SequenceCompareTo("255") > 0))
            {
                return false;
            }
        }

        return count == 4;
    }

    public static bool IsIpv4(string text) => IsIpv4(text.AsSpan());

    public static bool IsIpv6(string text)
    {
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
        {
            return Groups(text) == 8;
        }

        // The gap stands for at least one group.
        return Groups(text[..gap], endsAddress: false) is >= 0 and var before && Groups(text[(gap + 2)..]) is >= 0 and var after && before + after <= 7;
    }

    /// <summary>How many groups of 16 bits these are; -1 where they are none.</summary>
    private static int Groups(string text, bool endsAddress = true)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        var parts = text.Split(':');
        var count = 0;
        for (var index = 0; index < parts.Length; index++)
        {
            if (endsAddress && index == parts.Length - 1 && IsIpv4(parts[index]))
            {
                count += 2;
            }
            else if (parts[index].Length is >= 1 and <= 4 && parts[index].All(char.IsAsciiHexDigit))
            {
                count++;
            }
            else
            {
                return -1;
            }
        }

        return count;
    }
}
