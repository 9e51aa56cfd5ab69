namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A word by which people find groups again, such as <c>vendor</c> or <c>sprint-12</c>. Small and large letters are the same.</summary>
public static class GroupTag
{
    public const int Longest = 30;

    /// <summary>So many one group may have.</summary>
    public const int Most = 10;

    /// <summary>What a tag may be, beside where it is typed.</summary>
    public static readonly string Help = $"Letters, digits and - _ . : without blanks, {Longest} at most. A group has {Most} tags at most.";

    public static string Of(string typed) => typed.Trim().ToLowerInvariant();

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Check(string tag) =>
        tag.Length == 0 ? "Type a tag first."
        : tag.Length > Longest ? $"A tag has at most {Longest} characters; this one has {tag.Length}."
        : Array.Find([.. tag], sign => !char.IsLetterOrDigit(sign) && sign is not ('-' or '_' or '.' or ':')) is var wrong and not '\0'
            ? char.IsWhiteSpace(wrong) ? "A tag has no blanks: join its words with a hyphen." : $"A tag may not hold “{wrong}”: use letters, digits and - _ . :"
        : null;
}
