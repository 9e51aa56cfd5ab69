namespace IntegrationConsole.Schemas.Formats;

/// <summary>URI templates of RFC 6570, all levels.</summary>
internal static class UriTemplateFormat
{
    public static bool IsTemplate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '{':
                    var end = text.IndexOf('}', index);
                    if (end < 0 || !IsExpression(text[(index + 1)..end]))
                    {
                        return false;
                    }

                    index = end;
                    break;
                case '%':
                    if (!IsEscape(text, index))
                    {
                        return false;
                    }

                    index += 2;
                    break;
                case <= ' ' or '"' or '\'' or '<' or '>' or '\\' or '^' or '`' or '|' or '}' or '\x7F':
                    return false;
                case > '\x7F' when !UriFormats.IsInternational(text, ref index, allowsPrivate: true):
                    return false;
            }
        }

        return true;
    }

    private static bool IsExpression(string expression) =>
        expression.Length > 0 && expression["+#./;?&=,!@|".Contains(expression[0], StringComparison.Ordinal) ? 1.. : 0..].Split(',').All(IsVariable);

    private static bool IsVariable(string variable)
    {
        if (variable.EndsWith('*'))
        {
            variable = variable[..^1];
        }
        else if (variable.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
        {
            var length = variable[(colon + 1)..];
            if (length.Length is 0 or > 4 || length[0] == '0' || !length.All(char.IsAsciiDigit))
            {
                return false;
            }

            variable = variable[..colon];
        }

        return variable.Split('.').All(IsName);
    }

    private static bool IsName(string name)
    {
        for (var index = 0; index < name.Length; index++)
        {
            if (name[index] == '%' && IsEscape(name, index))
            {
                index += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(name[index]) && name[index] != '_')
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    private static bool IsEscape(string text, int index) =>
        index + 2 < text.Length && char.IsAsciiHexDigit(text[index + 1]) && char.IsAsciiHexDigit(text[index + 2]);
}
