using System.Globalization;
using System.Text;
using System.Xml;

namespace IntegrationConsole.Schemas.Xml;

/// <summary>Where in an XML document a reader is. An element that is not the first of its name carries its number.</summary>
internal sealed class XmlPath
{
    private const int LongestPath = 2_000;

    private readonly Stack<Dictionary<string, int>> _counts = new([[]]);
    private readonly List<(string Name, int Number)> _steps = [];
    private bool _leavesNext;

    public bool IsBeforeRoot { get; private set; } = true;

    public void Follow(XmlReader reader)
    {
        // An error about the end of an element still belongs to that element.
        if (_leavesNext)
        {
            _steps.RemoveAt(_steps.Count - 1);
            _counts.Pop();
            _leavesNext = false;
        }

        if (reader.NodeType is XmlNodeType.Element)
        {
            IsBeforeRoot = false;
            var counts = _counts.Peek();
            counts[reader.LocalName] = counts.GetValueOrDefault(reader.LocalName) + 1;
            _steps.Add((reader.LocalName, counts[reader.LocalName]));
            _counts.Push([]);
            _leavesNext = reader.IsEmptyElement;
        }
        else if (reader.NodeType is XmlNodeType.EndElement)
        {
            _leavesNext = true;
        }
    }

    public override string ToString()
    {
        var path = new StringBuilder();
        foreach (var (name, number) in _steps)
        {
            if (path.Length > LongestPath)
            {
                return path.Append("/…").ToString();
            }

            path.Append('/').Append(name);
            if (number > 1)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{number}]");
            }
        }

        return path.ToString();
    }
}
