namespace IntegrationConsole.Schemas.Formats;

/// <summary>JSON pointers of RFC 6901, and the relative ones of the draft by Luff.</summary>
internal static class PointerFormats
{
    public static bool IsPointer(string text) => text.Length == 0 || (text[0] == '/' && HasWholeEscapes(text));

    public static bool IsRelative(string text)
    {
        var levels = LengthOfNumber(text);
        if (levels == 0)
        {
            return false;
        }

        var rest = text[levels..];
        if (rest.Length > 0 && rest[0] is '+' or '-')
        {
            var shift = LengthOfNumber(rest[1..]);
            if (shift == 0)
            {
                return false;
            }

            rest = rest[(1 + shift)..];
        }

        return rest == "#" || IsPointer(rest);
    }

    /// <summary>A number without a leading zero.</summary>
    private static int LengthOfNumber(string text)
    {
        var length = text.TakeWhile(char.IsAsciiDigit).Count();
        return length > 1 && text[0] == '0' ? 0 : length;
    }

    private static bool HasWholeEscapes(string text)
    {
        for (var index = text.IndexOf('~', StringComparison.Ordinal); index >= 0; index = text.IndexOf('~', index + 1))
        {
            if (index + 1 >= text.Length || text[index + 1] is not ('0' or '1'))
            {
                return false;
            }
        }

        return true;
    }
}
