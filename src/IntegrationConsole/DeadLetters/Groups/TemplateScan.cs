using System.Buffers;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Tells values from words, one stretch of a message at a time.</summary>
internal static class TemplateScan
{
    private const string Quotes = "\"'`“«‘";
    private const string Closing = "\"'`”»’";
    private const string InAddress = "-._~:/?#[]@!$&*+;=%";
    private const string InMail = "._%+-'";

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> HexadecimalWithDashes = SearchValues.Create("0123456789abcdefABCDEF-");

    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        "com", "net", "org", "io", "eu", "de", "fr", "uk", "example", "test", "local", "internal", "cloud", "dev", "app", "gov", "edu", "int", "ch", "at", "nl", "rs", "us", "invalid", "localhost",
    };

    /// <summary>What begins here: at least one character, so that every step goes on.</summary>
    public static Scanned Next(string text, int at, TemplateContext before)
    {
        var first = text[at];
        if (Quotes.IndexOf(first) is >= 0 and var kind && (first is not '\'' and not '’' || at == 0 || !char.IsLetterOrDigit(text[at - 1])) && before.MayClose(first))
        {
            return Quoted(text, at, Closing[kind], before) ?? One(text, at);
        }

        if (first == '(' && at > 0 && text[at - 1] == '=' && before.MayClose('('))
        {
            return Bracketed(text, at, before) ?? One(text, at);
        }

        if (first == '[' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
            var end = Run(text, at + 1, char.IsAsciiDigit);
            return end < text.Length && text[end] == ']' ? new Scanned(end - at + 1, "[*]") : One(text, at);
        }

        if (first is '/' or '\\' or '~')
        {
            return Path(text, at) ?? One(text, at);
        }

        return char.IsLetterOrDigit(first) ? Word(text, at, before) : Signed(text, at) ?? One(text, at);
    }

    private static Scanned One(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? new Scanned(2, text.Substring(at, 2)) : new Scanned(1, text[at].ToString());

    private static Scanned? Bracketed(string text, int at, TemplateContext before)
    {
        var depth = 0;
        for (var end = at; end < text.Length; end++)
        {
            depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return new Scanned(end - at + 1, $"({MessageTemplate.Value})");
            }
        }

        before.NeverCloses('(');
        return null;
    }

    private static Scanned? Quoted(string text, int at, char closing, TemplateContext before)
    {
        var end = text.IndexOf(closing, at + 1);

        // An apostrophe inside a word closes nothing.
        while (end > 0 && closing is '\'' or '’' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1]))
        {
            end = text.IndexOf(closing, end + 1);
        }

        if (end < 0)
        {
            before.NeverCloses(text[at]);
            return null;
        }

        var inner = text.AsSpan(at + 1, end - at - 1);
        return before.IsNamed && IsName(inner) ? new Scanned(end - at + 1, inner.ToString()) : new Scanned(end - at + 1, MessageTemplate.Value);
    }

    /// <summary>A word, or what looks like one: an address, a moment, an identifier, a number, a status.</summary>
    private static Scanned Word(string text, int at, TemplateContext before)
    {
        var end = Run(text, at, char.IsLetterOrDigit);
        if (Address(text, at, end) is { } address)
        {
            return address;
        }

        if (before.IsSqlState(at, end - at) || (before.IsStatus(at, end - at) && text.AsSpan(at, end - at).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            return new Scanned(end - at, text[at..end].ToUpperInvariant());
        }

        return Moment(text, at) ?? Identifier(text, at) ?? NumberAt(text, at) ?? Host(text, at) ?? Plain(text, at, end);
    }

    /// <summary>Words keep their digits, as <c>Int32</c> does, unless they are mostly digits, as a customer's number is.</summary>
    private static Scanned Plain(string text, int at, int end)
    {
        var word = text[at..end];
        var digits = word.Count(char.IsAsciiDigit);
        return digits > 0 && (digits * 2 >= word.Length || digits >= 4) ? new Scanned(word.Length, MessageTemplate.Identifier) : new Scanned(word.Length, word);
    }

    private static Scanned? Address(string text, int at, int end)
    {
        if (end + 2 < text.Length && text[end] == ':' && text[end + 1] == '/' && text[end + 2] == '/')
        {
            return new Scanned(Until(text, end + 3, InAddress) - at, MessageTemplate.Address);
        }

        if (end + 1 < text.Length && text[end] == ':' && text[end + 1] == '\\' && end - at == 1)
        {
            return Path(text, end + 1) is { } path ? new Scanned(path.Length + 2, MessageTemplate.Place) : null;
        }

        var local = Ahead(text, at, InMail);
        return local < text.Length && text[local] == '@' && Ahead(text, local + 1, "-.") is var domain && domain > local + 3 && text.AsSpan(local + 1, domain - local - 1).Contains('.')
            ? new Scanned(domain - at, MessageTemplate.Address) : null;
    }

    /// <summary>Names of machines, with or without a port, and IP addresses. A path of fields is none: its end is no ending of such names.</summary>
    private static Scanned? Host(string text, int at)
    {
        var end = Ahead(text, at, "-.");
        var name = text.AsSpan(at, end - at);
        var dot = name.LastIndexOf('.');
        var port = end < text.Length && text[end] == ':' ? Run(text, end + 1, char.IsAsciiDigit) : end;
        var hasPort = port > end + 1 && (dot > 0 || name.SequenceEqual("localhost"));
        return hasPort || (dot > 0 && Endings.Contains(name[(dot + 1)..].ToString())) || name.SequenceEqual("localhost")
            ? new Scanned((hasPort ? port : end) - at, MessageTemplate.OutsideSystem) : null;
    }

    /// <summary>Dates and times in the usual spellings: digits with dashes, dots, slashes or colons between them.</summary>
    private static Scanned? Moment(string text, int at)
    {
        var end = at;
        var groups = 0;
        var separators = 0;
        var longest = 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]) && groups < 10)
        {
            var from = end;
            end = Run(text, end, char.IsAsciiDigit);
            longest = Math.Max(longest, end - from);
            groups++;
            if (end + 1 < text.Length && text[end] is '-' or ':' or '.' or '/' or 'T' && char.IsAsciiDigit(text[end + 1]))
            {
                separators += text[end] is '-' or ':' or '/' or 'T' ? 1 : 0;
                end++;
            }
            else if (end + 3 < text.Length && text[end] == ' ' && groups == 3 && char.IsAsciiDigit(text[end + 1]) && text.AsSpan(end + 1, Math.Min(3, text.Length - end - 1)).Contains(':'))
            {
                end++;
            }
            else
            {
                break;
            }
        }

        var year = end - at >= 8 && groups >= 3;
        if (!(year && (separators > 0 || (groups == 3 && longest == 4))) && !(groups is 2 or 3 && separators == groups - 1 && text.AsSpan(at, end - at).Contains(':')))
        {
            return null;
        }

        if (end < text.Length && text[end] == 'Z')
        {
            end++;
        }
        else if (end + 2 < text.Length && text[end] is '+' && char.IsAsciiDigit(text[end + 1]))
        {
            end = Until(text, end + 1, ":");
        }

        // Three points stand in an IP address.
        return text.AsSpan(at, end - at).Count('.') >= 3 || (end < text.Length && char.IsLetterOrDigit(text[end])) ? null : new Scanned(end - at, MessageTemplate.Time);
    }

    /// <summary>A GUID, a hash, a hexadecimal number, and ids of letters, digits and dashes.</summary>
    private static Scanned? Identifier(string text, int at)
    {
        var end = Ahead(text, at, "-_");
        while (end > at && !char.IsLetterOrDigit(text[end - 1]))
        {
            end--;
        }

        var span = text.AsSpan(at, end - at);
        var digits = Count(span, char.IsAsciiDigit);
        var isHex = span.Length >= 8 && digits > 0 && digits < span.Length && span.IndexOfAnyExcept(HexadecimalWithDashes) < 0;
        var isPrefixed = span.Length > 2 && span[0] == '0' && span[1] is 'x' or 'X' && span[2..].IndexOfAnyExcept(Hexadecimal) < 0;
        var isCode = span.IndexOfAny('-', '_') > 0 && digits >= 2 && digits * 3 >= span.Length && digits < span.Length;
        return isHex || isPrefixed || isCode ? new Scanned(span.Length, MessageTemplate.Identifier) : null;
    }

    private static Scanned? Signed(string text, int at) =>
        text[at] is '-' or '+' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]) && (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && NumberAt(text, at + 1) is { } number
            ? number with { Length = number.Length + 1 } : null;

    /// <summary>With separators and exponent; an IP address has too many points for one.</summary>
    private static Scanned? NumberAt(string text, int at)
    {
        if (!char.IsAsciiDigit(text[at]))
        {
            return null;
        }

        var end = Run(text, at, char.IsAsciiDigit);
        var points = 0;
        while (end + 1 < text.Length && text[end] is '.' or ',' or '\'' && char.IsAsciiDigit(text[end + 1]))
        {
            points += text[end] == '.' ? 1 : 0;
            end = Run(text, end + 1, char.IsAsciiDigit);
        }

        if (points == 3)
        {
            var port = end + 1 < text.Length && text[end] == ':' ? Run(text, end + 1, char.IsAsciiDigit) : end;
            return new Scanned((port > end + 1 ? port : end) - at, MessageTemplate.OutsideSystem);
        }

        if (end + 1 < text.Length && text[end] is 'e' or 'E' && text[end + 1] is '-' or '+' or (>= '0' and <= '9'))
        {
            end = Run(text, end + 2, char.IsAsciiDigit);
        }

        // A number that goes over into a word is none, but for the usual units.
        var unit = Run(text, end, char.IsAsciiLetter);
        return unit - end > 3 ? null : unit < text.Length && char.IsLetterOrDigit(text[unit]) ? null : new Scanned(unit - at, MessageTemplate.Number);
    }

    private static Scanned? Path(string text, int at)
    {
        if (at > 0 && char.IsLetterOrDigit(text[at - 1]))
        {
            return null;
        }

        var whole = Until(text, at, "/\\._-~$%+@");
        var end = whole;
        while (end > at + 1 && text[end - 1] is '.' or '/')
        {
            end--;
        }

        // Points and slashes alone are no path, and are passed over together.
        return end - at > 1 ? new Scanned(end - at, MessageTemplate.Place) : whole - at > 1 ? new Scanned(whole - at, text[at..Math.Min(whole, at + 3)]) : null;
    }

    private static bool IsName(ReadOnlySpan<char> quoted)
    {
        if (quoted.IsEmpty || !(char.IsLetter(quoted[0]) || quoted[0] == '_'))
        {
            return false;
        }

        foreach (var character in quoted)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static int Run(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>As far as such a thing is ever long: what turns out to be none is not looked through again from each of its letters.</summary>
    private static int Ahead(string text, int at, string alsoIn) => Until(text, at, alsoIn, Math.Min(text.Length, at + 128));

    private static int Until(string text, int at, string alsoIn) => Until(text, at, alsoIn, text.Length);

    private static int Until(string text, int at, string alsoIn, int end)
    {
        while (at < end && (char.IsLetterOrDigit(text[at]) || alsoIn.Contains(text[at])))
        {
            at++;
        }

        return at;
    }

    private static int Count(ReadOnlySpan<char> text, Func<char, bool> counts)
    {
        var count = 0;
        foreach (var character in text)
        {
            count += counts(character) ? 1 : 0;
        }

        return count;
    }
}
