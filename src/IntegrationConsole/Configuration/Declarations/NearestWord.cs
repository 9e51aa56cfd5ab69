namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Finds what somebody meant who wrote something else.</summary>
internal static class NearestWord
{
    /// <returns>The known word that is closest; null where none is close.</returns>
    public static string? Of(string word, IEnumerable<string> known)
    {
        const int LongestCompared = 100;
        if (word.Length is 0 or > LongestCompared)
        {
            return null;
        }

        var plain = Plain(word);
        var (nearest, distance) = known.Select(candidate => (candidate, Distance(plain, Plain(candidate)))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, word.Length / 3) ? nearest : null;
    }

    /// <summary>As the end of a sentence; empty where nothing is close.</summary>
    public static string Question(string word, IEnumerable<string> known) => Of(word, known) is { } meant ? $" Did you mean {meant}?" : "";

    /// <summary>Capitals and dashes are what people mix up first.</summary>
    private static string Plain(string word) => string.Concat(word.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>How many letters have to be put in, left out, changed or swapped with their neighbour.</summary>
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
            {
                rows[row, column] = row == 0 || column == 0 ? row + column
                    : Math.Min(Math.Min(rows[row - 1, column], rows[row, column - 1]) + 1, rows[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1));
                if (row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1])
                {
                    rows[row, column] = Math.Min(rows[row, column], rows[row - 2, column - 2] + 1);
                }
            }
        }

        return rows[one.Length, other.Length];
    }
}
