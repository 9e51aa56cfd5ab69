using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Mappings.Text;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>
/// Keys and values of the file, read key by key. What is wrong is noted and reading goes on, so that somebody who
/// corrects a file sees everything at once; keys that nobody knows are wrong.
/// </summary>
internal sealed class Section
{
    private readonly Dictionary<string, YamlNode> _members = new(StringComparer.Ordinal);
    private readonly DeclarationProblems _problems;

    private Section(string key, DeclarationProblems problems) => (Key, _problems) = (key, problems);

    /// <summary>Where it stands, such as <c>connections[0]</c>; empty for the whole file.</summary>
    public string Key { get; }

    /// <returns>Null where no keys and values stand there, which is noted.</returns>
    public static Section? Of(YamlNode node, string key, DeclarationProblems problems, params IReadOnlyList<string> known)
    {
        problems.Stands(key, node.Line);
        if (node is not YamlMap map)
        {
            problems.Add(key, $"Keys and values are expected here: {string.Join(", ", known)}.");
            return null;
        }

        var section = new Section(key, problems);
        foreach (var (name, line, value) in map.Members)
        {
            problems.Stands(section.At(name), line);
            section._members[name] = value;
            if (!known.Contains(name))
            {
                problems.Add(section.At(name), $"There is no such key here.{NearestWord.Question(name, known)} There {(known.Count == 1 ? "is" : "are")} {string.Join(", ", known)}.");
            }
        }

        return section;
    }

    public string At(string name) => Key.Length == 0 ? name : $"{Key}.{name}";

    /// <returns>Null for a key that is not there, or has nothing behind it.</returns>
    public YamlNode? Node(string name) => _members.GetValueOrDefault(name) is { } node && node is not YamlScalarNode { IsQuoted: false, Text: "" or "~" or "null" } ? node : null;

    public bool Has(string name) => _members.ContainsKey(name);

    public void Refuse(string name, string sentence) => _problems.Add(At(name), sentence);

    public Section? Below(string name, params IReadOnlyList<string> known) => Node(name) is { } node ? Of(node, At(name), _problems, known) : null;

    /// <returns>Null where it is not there.</returns>
    public string? Text(string name) => Node(name) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Text,
        _ => Refused<string>(name, "A single value is expected here."),
    };

    /// <returns>Empty where it is missing, which is noted.</returns>
    public string Needed(string name, string sentence)
    {
        if (Node(name) is null || Text(name)?.Trim().Length == 0)
        {
            Refuse(name, sentence);
        }

        return Text(name) ?? "";
    }

    public bool? Flag(string name) => Node(name) switch
    {
        null => null,
        YamlScalarNode { IsQuoted: false, Text: "true" or "false" } word => word.Text is "true",
        _ => RefusedFlag(name, "true or false is expected here."),
    };

    public int? Number(string name, int min, int max)
    {
        if (Node(name) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, $"A whole number from {min} to {max} is expected here.");
        return null;
    }

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum
    {
        if (Node(name) is not { } node)
        {
            return otherwise;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (node is YamlScalarNode scalar && scalar.Text == WordOf(value))
            {
                return value;
            }
        }

        var words = Enum.GetValues<T>().Select(WordOf).ToList();
        Refuse(name, $"One of {string.Join(", ", words)} is expected here.{(node is YamlScalarNode wrong ? NearestWord.Question(wrong.Text, words) : "")}");
        return otherwise;
    }

    /// <summary>A value as it stands in the file.</summary>
    public static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public IReadOnlyList<string> Words(string name)
    {
        switch (Node(name))
        {
            case null:
                return [];
            case YamlList list when list.Items.All(item => item is YamlScalarNode { Text.Length: > 0 }):
                return [.. list.Items.Cast<YamlScalarNode>().Select(item => item.Text)];
            default:
                Refuse(name, "A list of names is expected here, such as [id].");
                return [];
        }
    }

    public IEnumerable<(string Key, YamlNode Node)> Items(string name)
    {
        if (Node(name) is YamlList list)
        {
            return list.Items.Select((item, index) => ($"{At(name)}[{index}]", item));
        }

        if (Node(name) is not null)
        {
            Refuse(name, "A list is expected here: each item on a line of its own, behind a dash.");
        }

        return [];
    }

    private T? Refused<T>(string name, string sentence)
        where T : class
    {
        Refuse(name, sentence);
        return null;
    }

    private bool? RefusedFlag(string name, string sentence)
    {
        Refuse(name, sentence);
        return null;
    }
}
