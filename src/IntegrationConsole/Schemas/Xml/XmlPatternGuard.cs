namespace IntegrationConsole.Schemas.Xml;

/// <summary>
/// Finds patterns that the framework's XML validation would match without end: it tries every way to share a text among nested
/// repetitions. Only a repetition whose content is nothing but repetitions and optional parts is refused; a fixed part between
/// them, as in <c>([a-z]+,)*</c>, leaves one way.
/// </summary>
internal static class XmlPatternGuard
{
    private const int LongestPattern = 2_000;
    private const int DeepestGroup = 50;

    public static bool IsDangerous(string pattern)
    {
        var at = 0;
        return pattern.Length > LongestPattern || Branches(pattern, ref at, 0).IsDangerous;
    }

    /// <summary>What is between a parenthesis and its end. Loose: it may be nothing but repetitions.</summary>
    private static (bool IsLoose, bool IsDangerous) Branches(string pattern, ref int at, int depth)
    {
        if (depth > DeepestGroup)
        {
            return (false, true);
        }

        var (isLoose, isDangerous) = (false, false);
        var (repeats, isFixed) = (false, false);
        while (at < pattern.Length && pattern[at] != ')')
        {
            if (pattern[at] == '|')
            {
                at++;
                isLoose |= repeats && !isFixed;
                (repeats, isFixed) = (false, false);
                continue;
            }

            var inner = Atom(pattern, ref at, depth);
            var (isOptional, isRepeated) = Count(pattern, ref at);
            isDangerous |= inner.IsDangerous || (isRepeated && inner.IsLoose);
            repeats |= isRepeated || inner.IsLoose;
            isFixed |= !isOptional && !isRepeated && !inner.IsLoose;
        }

        return (isLoose || (repeats && !isFixed), isDangerous);
    }

    private static (bool IsLoose, bool IsDangerous) Atom(string pattern, ref int at, int depth)
    {
        switch (pattern[at++])
        {
            case '(':
                var inner = Branches(pattern, ref at, depth + 1);
                at++;
                return inner;
            case '[':
                SkipClass(pattern, ref at);
                break;
            case '\\':
                at++;
                if (at < pattern.Length && pattern[at] == '{' && pattern[at - 1] is 'p' or 'P')
                {
                    at = pattern.IndexOf('}', at) is var end and >= 0 ? end + 1 : pattern.Length;
                }

                break;
        }

        return (false, false);
    }

    // A class may have another one inside, which is taken out of it.
    private static void SkipClass(string pattern, ref int at)
    {
        for (var open = 1; at < pattern.Length && open > 0; at++)
        {
            open += pattern[at] switch { '[' => 1, ']' => -1, _ => 0 };
            at += pattern[at] == '\\' ? 1 : 0;
        }
    }

    private static (bool IsOptional, bool IsRepeated) Count(string pattern, ref int at)
    {
        if (at >= pattern.Length)
        {
            return (false, false);
        }

        switch (pattern[at])
        {
            case '?':
                at++;
                return (true, false);
            case '*' or '+':
                at++;
                return (pattern[at - 1] == '*', true);
            case '{':
                var end = pattern.IndexOf('}', at);
                end = end < 0 ? pattern.Length : end;
                var bounds = pattern[(at + 1)..end].Split(',');
                at = Math.Min(end + 1, pattern.Length);
                return (bounds[0] == "0", bounds.Length == 2 && bounds[0] != bounds[1]);
            default:
                return (false, false);
        }
    }
}
