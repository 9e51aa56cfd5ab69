using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Lookups;
using IntegrationConsole.Mappings.Text;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads a lookup table of a file: its rows stand in it, or in a CSV file beside it.</summary>
internal static class LookupReading
{
    private const long MostBytes = 64 * 1024 * 1024;

    public static async Task<DeclaredLookup?> ReadAsync(YamlNode node, string key, string path, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        if (Section.Of(node, key, problems, ["name", "description", "rows", "file"]) is not { } section)
        {
            return null;
        }

        var name = section.Needed("name", "The lookup table needs a name.").Trim();
        if (name.Length > 100)
        {
            section.Refuse("name", "A name has at most 100 characters.");
        }

        if (section.Has("rows") && section.Has("file"))
        {
            section.Refuse("file", "The rows stand here or in a file, and not in both.");
        }

        var rows = section.Has("rows") ? Inline(section, problems) : section.Text("file") is { } file ? await FromFileAsync(section, path, file, problems, cancellationToken) : null;
        return new DeclaredLookup(key, name, (section.Text("description") ?? "").Trim(), rows);
    }

    private static Dictionary<string, string> Inline(Section section, DeclarationProblems problems)
    {
        var rows = new Dictionary<string, string>();
        if (section.Node("rows") is not YamlMap map)
        {
            if (section.Node("rows") is not null)
            {
                section.Refuse("rows", "Keys and values are expected here, such as DE: Germany.");
            }

            return rows;
        }

        foreach (var (entry, line, value) in map.Members)
        {
            var place = $"{section.At("rows")}.{entry}";
            problems.Stands(place, line);
            if (value is not YamlScalarNode scalar)
            {
                problems.Add(place, "A single value is expected here.");
            }
            else if (new LookupRow(entry.Trim(), scalar.Text.Trim()).Problem is { } problem)
            {
                problems.Add(section.At("rows"), $"The entry on line {line} {problem}.");
            }
            else if (!rows.TryAdd(entry.Trim(), scalar.Text.Trim()))
            {
                problems.Add(place, "This entry stands twice.");
            }
        }

        return rows;
    }

    private static async Task<IReadOnlyDictionary<string, string>?> FromFileAsync(Section section, string path, string file, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = File.OpenRead(DeclarationText.Beside(path, file));
            if (content.Length > MostBytes)
            {
                section.Refuse("file", $"The file is larger than {MostBytes / (1024 * 1024)} MB.");
                return null;
            }

            if (content.Length == 0)
            {
                return new Dictionary<string, string>();
            }

            var (rows, problem) = await LookupText.ReadAsync(content, cancellationToken);
            if (problem is not null)
            {
                section.Refuse("file", $"{file}: {problem}");
            }

            return rows;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            section.Refuse("file", DeclarationText.SentenceOf(unreadable));
            return null;
        }
    }
}
