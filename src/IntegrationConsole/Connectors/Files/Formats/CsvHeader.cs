using System.Globalization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>The names that the columns of a CSV file get: each has one, and no two the same.</summary>
internal static class CsvHeader
{
    /// <exception cref="FailureException">The header row itself is damaged.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> written, string file)
    {
        if (written.Any(name => name.Contains('\0')))
        {
            throw Damaged($"The header row of {file} holds NUL characters: the file is damaged, or its encoding is UTF-16 and must be chosen in the settings.", "nul");
        }

        return written.Any(name => name.Contains('\uFFFD'))
            ? throw Damaged($"The header row of {file} is not valid UTF-8: choose the file's encoding in the settings.", "encoding")
            : Distinct([.. written.Select((name, index) => name.Trim() is { Length: > 0 } named ? named : Number("column", index + 1))]);
    }

    /// <summary>For a file without a header row.</summary>
    public static IReadOnlyList<string> Numbered(int columns) => [.. Enumerable.Range(1, columns).Select(number => Number("column", number))];

    /// <summary>The second <c>name</c> becomes <c>name_2</c>, unless a column is called that already.</summary>
    private static string[] Distinct(string[] names)
    {
        var taken = names.ToHashSet(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < names.Length; index++)
        {
            var name = names[index];
            var count = counts.GetValueOrDefault(name) + 1;
            if (count > 1)
            {
                while (!taken.Add(Number(name, count)))
                {
                    count++;
                }

                names[index] = Number(name, count);
            }

            counts[name] = count;
        }

        return names;
    }

    private static string Number(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");

    private static FailureException Damaged(string sentence, string code) => new(new Failure(FailureCause.Malformed, sentence, code) { IsSystemic = true });
}
