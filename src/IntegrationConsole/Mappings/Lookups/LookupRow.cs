using System.Text;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>One entry of a lookup table: what comes, and what it becomes.</summary>
/// <param name="Key">1 to 500 characters; told apart letter by letter.</param>
/// <param name="Value">At most 4,000 characters; may be empty.</param>
public sealed record LookupRow(string Key, string Value)
{
    public const int MostKeyCharacters = 500;
    public const int MostValueCharacters = 4_000;

    /// <summary>What is wrong with it, to follow the name of its place; null when nothing is.</summary>
    public string? Problem =>
        Key.Length == 0 ? "has nothing to look up"
        : Key.Length > MostKeyCharacters ? $"has a key of more than {MostKeyCharacters} characters"
        : Value.Length > MostValueCharacters ? $"has a value of more than {MostValueCharacters} characters"
        : IsText(Key) && IsText(Value) ? null
        : "holds a character that cannot be kept";

    /// <summary>PostgreSQL keeps no NUL in a text, and no half of a character.</summary>
    private static bool IsText(string text)
    {
        if (text.Contains('\0'))
        {
            return false;
        }

        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) is not System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}

/// <summary>What became of a change to one entry.</summary>
public enum LookupChange
{
    Done,

    /// <summary>Another entry has this key.</summary>
    Taken,

    /// <summary>The table has as many rows as a table may have.</summary>
    Full,

    /// <summary>The table or the entry does not exist any more.</summary>
    Gone,
}

/// <summary>What adding many entries came to.</summary>
/// <param name="Added">New keys.</param>
/// <param name="Changed">Keys that have another value now.</param>
/// <param name="Unchanged">Keys that were there with this value.</param>
public sealed record LookupMerge(int Added, int Changed, int Unchanged)
{
    public int Total => Added + Changed + Unchanged;
}
