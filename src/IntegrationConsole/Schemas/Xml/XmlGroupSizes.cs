using System.Xml;

namespace IntegrationConsole.Schemas.Xml;

/// <summary>
/// Counts how many elements the named groups of XML Schemas unfold to. The framework writes a group out wherever it is referred
/// to: thirty groups that each refer twice to the next are a billion elements.
/// </summary>
internal sealed class XmlGroupSizes
{
    private const long MostElements = 50_000;

    // By local name: groups of the same name in two namespaces count together, which errs on the safe side.
    private readonly Dictionary<string, (long Own, List<string> Refers)> _groups = new(StringComparer.Ordinal);

    /// <summary>Takes note of the groups of a well-formed document.</summary>
    public void Add(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), XmlSchemaLimits.ReaderSettings());
        var group = "";
        while (reader.Read())
        {
            if (reader.NodeType is not XmlNodeType.Element)
            {
                continue;
            }

            if (reader.Depth == 1)
            {
                group = reader.LocalName == "group" ? reader.GetAttribute("name") ?? "" : "";
                _groups.TryAdd(group, (0, []));
            }

            if (group.Length > 0 && reader.Depth > 1)
            {
                var (own, refers) = _groups[group];
                _groups[group] = (own + (reader.LocalName is "element" or "any" ? 1 : 0), refers);
                if (reader.LocalName == "group" && reader.GetAttribute("ref") is { } name)
                {
                    refers.Add(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                }
            }
        }
    }

    public bool AreTooLarge()
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        return _groups.Keys.Any(name => SizeOf(name, sizes) > MostElements);
    }

    // With a list of its own instead of calls, because a chain of groups may be as long as the text allows. A group that leads
    // back to itself counts nothing there: the framework refuses it.
    private long SizeOf(string first, Dictionary<string, long> sizes)
    {
        var open = new Stack<string>([first]);
        var begun = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryPeek(out var name))
        {
            var (own, refers) = _groups.GetValueOrDefault(name, (0, []));
            var unknown = begun.Add(name) ? refers.Where(other => !sizes.ContainsKey(other) && !begun.Contains(other)).ToList() : [];
            if (unknown.Count > 0)
            {
                unknown.ForEach(open.Push);
                continue;
            }

            open.Pop();
            sizes[name] = Math.Min(MostElements + 1, own + refers.Sum(other => sizes.GetValueOrDefault(other)));
        }

        return sizes[first];
    }
}
