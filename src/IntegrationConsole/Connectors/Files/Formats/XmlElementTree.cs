using System.Text;
using System.Text.Json;
using System.Xml;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>
/// One record of an XML file, read whole and written as JSON. An element with nothing inside but text becomes that text;
/// any other becomes an object of its attributes (<c>@name</c>), its children (several of one name as a list) and the
/// text between them (<c>#text</c>). Names lose their namespace; <c>xsi:nil</c> makes a null. Used again for each record.
/// </summary>
internal sealed class XmlElementTree(string file)
{
    // The object itself and a list at each level must stay below what JSON readers take.
    private const int MostLevels = RecordText.MostLevels / 2;

    // The XML reader keeps something for each element that is open: a file of nothing but opened ones would fill the memory.
    private const int MostLevelsOfFile = 512;
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
    private const string Declaration = "http://www.w3.org/2000/xmlns/";
    private const int None = -1;

    private readonly List<Node> _nodes = [];
    private readonly List<int> _open = [];
    private readonly List<Dictionary<string, int>> _lastOfName = [];
    private readonly StringBuilder _text = new();

    /// <summary>Whether elements were left out because they are nested too deep.</summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>Reads the element that the reader stands at, to its end.</summary>
    public async Task ReadAsync(XmlReader reader, CancellationToken cancellationToken)
    {
        _nodes.Clear();
        _open.Clear();
        IsTooDeep = false;
        var outside = reader.Depth;
        Enter(reader);
        while (_open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await reader.ReadAsync();
            CheckDepth(reader, file);
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when _open.Count == MostLevels:
                    IsTooDeep = true;
                    break;
                case XmlNodeType.Element when reader.Depth == outside + _open.Count:
                    Enter(reader);
                    break;
                case XmlNodeType.EndElement when reader.Depth == outside + _open.Count - 1:
                    _open.RemoveAt(_open.Count - 1);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace
                    when reader.Depth == outside + _open.Count:
                    Append(null, await reader.GetValueAsync());
                    break;
            }
        }
    }

    /// <summary>Writes the record: always an object.</summary>
    public void Write(Utf8JsonWriter writer) => WriteObject(writer, _nodes[0]);

    /// <exception cref="FailureException">Far more elements are open than any real file has.</exception>
    public static void CheckDepth(XmlReader reader, string file)
    {
        if (reader.Depth > MostLevelsOfFile)
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"{file} nests elements more than {MostLevelsOfFile} levels deep.", "depth") { IsSystemic = true });
        }
    }

    private void Enter(XmlReader reader)
    {
        var element = _open.Count == 0 ? AddNode(new Node(reader.LocalName, null)) : Append(reader.LocalName, null);
        var isEmpty = reader.IsEmptyElement;
        _open.Add(element);
        if (_lastOfName.Count < _open.Count)
        {
            _lastOfName.Add([]);
        }

        _lastOfName[_open.Count - 1].Clear();
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI is Instance && reader.LocalName is "nil")
            {
                _nodes[element] = _nodes[element] with { IsNil = reader.Value.Trim() is "true" or "1" };
            }
            else if (reader.NamespaceURI is not Declaration && !reader.IsDefault)
            {
                Append('@' + reader.LocalName, reader.Value);
            }
        }

        reader.MoveToElement();
        if (isEmpty)
        {
            _open.RemoveAt(_open.Count - 1);
        }
    }

    /// <summary>Adds an attribute, an element or (without a name) a piece of text to the innermost open element.</summary>
    private int Append(string? name, string? text)
    {
        var parent = _open[^1];
        var added = AddNode(new Node(name, text));
        if (_nodes[parent].Last is None)
        {
            _nodes[parent] = _nodes[parent] with { First = added, Last = added };
        }
        else
        {
            _nodes[_nodes[parent].Last] = _nodes[_nodes[parent].Last] with { Next = added };
            _nodes[parent] = _nodes[parent] with { Last = added };
        }

        if (name is not null)
        {
            Relate(name, added);
        }

        return added;
    }

    /// <summary>Links the children of one name to one another, so that writing them together needs no search.</summary>
    private void Relate(string name, int added)
    {
        var last = _lastOfName[_open.Count - 1];
        if (last.TryGetValue(name, out var twin))
        {
            _nodes[twin] = _nodes[twin] with { NextTwin = added };
            _nodes[added] = _nodes[added] with { IsTwin = true };
        }

        last[name] = added;
    }

    private int AddNode(Node node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private void WriteObject(Utf8JsonWriter writer, Node element)
    {
        writer.WriteStartObject();
        var hasElements = false;
        for (var index = element.First; index is not None; index = _nodes[index].Next)
        {
            if (_nodes[index] is { Name: { } name, IsTwin: false } child)
            {
                hasElements |= child.Text is null;
                writer.WritePropertyName(name);
                WriteTwins(writer, child);
            }
        }

        var text = TextOf(element);
        if (!string.IsNullOrWhiteSpace(text))
        {
            // Between elements, what stands around the text is the indentation of the file.
            writer.WriteString("#text", hasElements ? text.Trim() : text);
        }

        writer.WriteEndObject();
    }

    private void WriteTwins(Utf8JsonWriter writer, Node first)
    {
        if (first.NextTwin is None)
        {
            WriteValue(writer, first);
            return;
        }

        writer.WriteStartArray();
        for (var twin = first; ; twin = _nodes[twin.NextTwin])
        {
            WriteValue(writer, twin);
            if (twin.NextTwin is None)
            {
                break;
            }
        }

        writer.WriteEndArray();
    }

    private void WriteValue(Utf8JsonWriter writer, Node node)
    {
        if (node.Text is { } attribute)
        {
            writer.WriteStringValue(attribute);
        }
        else if (node.IsNil)
        {
            writer.WriteNullValue();
        }
        else if (HasNamedChildren(node))
        {
            WriteObject(writer, node);
        }
        else
        {
            writer.WriteStringValue(TextOf(node));
        }
    }

    /// <summary>Attributes come first and text before elements is rare: the answer is nearly always in the first two.</summary>
    private bool HasNamedChildren(Node element)
    {
        for (var index = element.First; index is not None; index = _nodes[index].Next)
        {
            if (_nodes[index].Name is not null)
            {
                return true;
            }
        }

        return false;
    }

    private string TextOf(Node element)
    {
        _text.Clear();
        for (var index = element.First; index is not None; index = _nodes[index].Next)
        {
            if (_nodes[index].Name is null)
            {
                _text.Append(_nodes[index].Text);
            }
        }

        return _text.ToString();
    }

    /// <param name="Name">Null for a piece of text.</param>
    /// <param name="Text">Null for an element.</param>
    private readonly record struct Node(string? Name, string? Text)
    {
        public int First { get; init; } = None;

        public int Last { get; init; } = None;

        public int Next { get; init; } = None;

        public int NextTwin { get; init; } = None;

        /// <summary>An earlier one of the same name writes this one too.</summary>
        public bool IsTwin { get; init; }

        public bool IsNil { get; init; }
    }
}
