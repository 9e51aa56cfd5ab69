namespace IntegrationConsole.Schemas.Formats;

/// <summary>Mailboxes of RFC 5321 (4.1.2), and of RFC 6531 with letters of all scripts.</summary>
internal static class EmailFormats
{
    private const string AtomMarks = "!#$%&'*+-/=?^_`{|}~";

    public static bool IsEmail(string text, bool international)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0)
        {
            return false;
        }

        var (local, domain) = (text[..at], text[(at + 1)..]);
        return IsLocal(local, international) && (domain.StartsWith('[') ? IsLiteral(domain)
            : international ? HostFormats.IsInternationalHostName(domain) : HostFormats.IsHostName(domain));
    }

    private static bool IsLocal(string local, bool international) =>
        local[0] == '"' ? IsQuoted(local, international)
        : local.Split('.').All(atom => atom.Length > 0 && atom.All(unit => IsAtomUnit(unit, international)));

    private static bool IsAtomUnit(char unit, bool international) =>
        char.IsAsciiLetterOrDigit(unit) || AtomMarks.Contains(unit, StringComparison.Ordinal) || (international && unit > 0x7F && !char.IsControl(unit));

    private static bool IsQuoted(string local, bool international)
    {
        if (local.Length < 2 || local[^1] != '"')
        {
            return false;
        }

        for (var index = 1; index < local.Length - 1; index++)
        {
            var isEscape = local[index] == '\\';
            index += isEscape ? 1 : 0;
            if (index == local.Length - 1 || (!isEscape && local[index] == '"') || !(local[index] is >= ' ' and <= '~' || (international && local[index] > 0x9F)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLiteral(string domain) =>
        domain[^1] == ']' && (domain.StartsWith("[IPv6:", StringComparison.OrdinalIgnoreCase) ? AddressFormats.IsIpv6(domain[6..^1]) : AddressFormats.IsIpv4(domain[1..^1]));
}
