using System.Xml;
using System.Xml.Schema;
using IntegrationConsole.Schemas.Xml;

namespace IntegrationConsole.Schemas;

/// <summary>Reads an XML document for somebody else, and notes on the way what does not fit its schema.</summary>
public sealed class XmlSchemaReading : IDisposable
{
    private XmlProblem? _first;
    private bool _isBeforeRoot = true;

    internal XmlSchemaReading(XmlSchemaSet schemas, Stream xml, XmlReaderSettings settings)
    {
        settings.ValidationType = ValidationType.Schema;
        settings.ValidationFlags = XmlSchemaValidationFlags.AllowXmlAttributes | XmlSchemaValidationFlags.ProcessIdentityConstraints | XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.Schemas = schemas;
        settings.ValidationEventHandler += (_, problem) => Note(problem);
        Reader = XmlReader.Create(xml, settings);
    }

    public XmlReader Reader { get; }

    /// <summary>The first that was found since it was asked for last; null for nothing. Its path is not known here.</summary>
    public XmlProblem? Take()
    {
        var first = _first;
        _first = null;
        _isBeforeRoot &= Reader.NodeType is not XmlNodeType.Element;
        return first;
    }

    public void Dispose() => Reader.Dispose();

    // That no rule is known for an element is a warning: it matters for the root, and below it only says that the schema leaves the element open.
    private void Note(ValidationEventArgs problem)
    {
        if (problem.Severity is XmlSeverityType.Error || _isBeforeRoot)
        {
            _first ??= new XmlProblem("", problem.Exception.LineNumber, problem.Exception.LinePosition, XmlWords.Of(problem.Exception));
        }
    }
}
