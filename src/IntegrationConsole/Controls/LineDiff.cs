namespace IntegrationConsole.Controls;

/// <summary>Which lines came and went between two texts (longest common subsequence).</summary>
internal static class LineDiff
{
    private const int MostLines = 2_000;

    /// <returns>Each line with <c>+</c>, <c>-</c> or a blank before it.</returns>
    public static IReadOnlyList<(char Kind, string Text)> Of(string before, string after)
    {
        var old = before.ReplaceLineEndings("\n").Split('\n');
        var now = after.ReplaceLineEndings("\n").Split('\n');
        if (old.Length > MostLines || now.Length > MostLines)
        {
            return [.. old.Select(line => ('-', line)), .. now.Select(line => ('+', line))];
        }

        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<(char, string)>();
        var (left, right) = (0, 0);
        while (left < old.Length || right < now.Length)
        {
            if (left < old.Length && right < now.Length && old[left] == now[right])
            {
                lines.Add((' ', old[left++]));
                right++;
            }
            else if (right >= now.Length || (left < old.Length && common[left + 1, right] >= common[left, right + 1]))
            {
                lines.Add(('-', old[left++]));
            }
            else
            {
                lines.Add(('+', now[right++]));
            }
        }

        return lines;
    }
}
