namespace IntegrationConsole.Expressions.Functions;

/// <summary>Strings counted in Unicode characters, while .NET counts halves of them.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        var count = text.Length;
        for (var index = 1; index < text.Length; index++)
        {
            if (char.IsSurrogatePair(text[index - 1], text[index]))
            {
                count--;
                index++;
            }
        }

        return count;
    }

    /// <summary>Where the character of this number begins; the end of the text where there are fewer.</summary>
    public static int Offset(string text, int number)
    {
        var offset = 0;
        for (; number > 0 && offset < text.Length; number--)
        {
            offset += offset + 1 < text.Length && char.IsSurrogatePair(text[offset], text[offset + 1]) ? 2 : 1;
        }

        return offset;
    }

    /// <summary>The characters from one number to before another.</summary>
    public static string Slice(string text, int from, int to)
    {
        var start = Offset(text, from);
        var end = Offset(text, to);
        return end > start ? text[start..end] : "";
    }
}
