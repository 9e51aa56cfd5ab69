using System.Text;
using IntegrationConsole.Schemas.Compiling;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>URIs of RFC 3986 and IRIs of RFC 3987, by their grammar.</summary>
internal static class UriFormats
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    public static bool IsAbsolute(string text, bool international) => SchemaAddress.Parse(text).IsAbsolute && IsReference(text, international);

    public static bool IsReference(string text, bool international)
    {
        var parts = SchemaAddress.Parse(text);
        if (!parts.IsAbsolute && parts.Authority is null && parts.Path.Split('/')[0].Contains(':', StringComparison.Ordinal))
        {
            // It would read as a scheme, and is none.
            return false;
        }

        return (parts.Authority is null || IsAuthority(parts.Authority, international))
            && Holds(parts.Path, SubDelimiters + ":@/", international)
            && (parts.Query is null || Holds(parts.Query, SubDelimiters + ":@/?", international, isQuery: true))
            && (parts.Fragment is null || Holds(parts.Fragment, SubDelimiters + ":@/?", international));
    }

    private static bool IsAuthority(string authority, bool international)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0 && !Holds(authority[..at], SubDelimiters + ":", international))
        {
            return false;
        }

        var host = authority[(at + 1)..];
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && colon > host.LastIndexOf(']'))
        {
            if (!host[(colon + 1)..].All(char.IsAsciiDigit))
            {
                return false;
            }

            host = host[..colon];
        }

        return host.StartsWith('[') ? host.EndsWith(']') && IsLiteral(host[1..^1]) : Holds(host, SubDelimiters, international);
    }

    private static bool IsLiteral(string host)
    {
        if (AddressFormats.IsIpv6(host))
        {
            return true;
        }

        // What may come after IPv6, with a version in front.
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return host.StartsWith('v') && dot > 1 && host[1..dot].All(char.IsAsciiHexDigit) && dot + 1 < host.Length
            && host[(dot + 1)..].All(unit => (Unreserved + SubDelimiters + ":").Contains(unit, StringComparison.Ordinal));
    }

    private static bool Holds(string part, string marks, bool international, bool isQuery = false)
    {
        for (var index = 0; index < part.Length; index++)
        {
            if (part[index] == '%')
            {
                if (index + 2 >= part.Length || !char.IsAsciiHexDigit(part[index + 1]) || !char.IsAsciiHexDigit(part[index + 2]))
                {
                    return false;
                }

                index += 2;
            }
            else if (part[index] > 0x7F)
            {
                if (!international || !IsInternational(part, ref index, isQuery))
                {
                    return false;
                }
            }
            else if (!Unreserved.Contains(part[index], StringComparison.Ordinal) && !marks.Contains(part[index], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>RFC 3987's ucschar, and in a query iprivate.</summary>
    internal static bool IsInternational(string text, ref int index, bool allowsPrivate)
    {
        if (!Rune.TryGetRuneAt(text, index, out var rune))
        {
            return false;
        }

        index += rune.Utf16SequenceLength - 1;
        return rune.Value switch
        {
            >= 0xA0 and <= 0xD7FF or >= 0xF900 and <= 0xFDCF or >= 0xFDF0 and <= 0xFFEF => true,
            >= 0xE000 and <= 0xF8FF => allowsPrivate,
            >= 0xE0000 and <= 0xE0FFF => false,
            >= 0x10000 and <= 0xEFFFF => (rune.Value & 0xFFFF) < 0xFFFE,
            >= 0xF0000 => allowsPrivate && (rune.Value & 0xFFFF) < 0xFFFE,
            _ => false,
        };
    }
}
