using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Schema;

namespace IntegrationConsole.Schemas.Xml;

/// <summary>One validation of an XML document, read as a stream.</summary>
internal sealed class XmlEvaluation(XmlSchemaSet schemas, XmlOptions options)
{
    private const int NodesBetweenClockReadings = 256;

    private readonly XmlPath _path = new();
    private readonly List<XmlSchemaException> _waiting = [];
    private readonly List<XmlProblem> _errors = [];
    private readonly int _mostErrors = Math.Max(1, options.MaximumErrors);
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _nodes;

    public XmlVerdict Judge(TextReader xml)
    {
        var settings = XmlSchemaLimits.ReaderSettings();
        settings.MaxCharactersInDocument = options.MaximumCharacters;
        settings.ValidationType = ValidationType.Schema;
        settings.ValidationFlags = XmlSchemaValidationFlags.AllowXmlAttributes | XmlSchemaValidationFlags.ProcessIdentityConstraints | XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.Schemas = schemas;
        settings.ValidationEventHandler += (_, problem) => Note(problem);
        try
        {
            using var reader = XmlReader.Create(xml, settings);
            while (_errors.Count < _mostErrors && reader.Read())
            {
                _path.Follow(reader);
                TakeUp();
                if (LimitAt(reader) is { } limit)
                {
                    return Stopped(limit, (IXmlLineInfo)reader);
                }
            }
        }
        catch (XmlException problem)
        {
            TakeUp();
            _errors.Add(new XmlProblem("", problem.LineNumber, problem.LinePosition, $"This is not well-formed XML, or larger than allowed. {XmlWords.Of(problem)}"));
        }
        catch (RegexMatchTimeoutException)
        {
            _errors.Add(new XmlProblem(_path.ToString(), 0, 0, "The validation stopped here: matching a text to its pattern took too long."));
            return new XmlVerdict(_errors, false, SchemaLimit.PatternTime);
        }

        return new XmlVerdict([.. _errors.Take(_mostErrors)], _errors.Count >= _mostErrors, null);
    }

    // The reader tells of a problem before it tells of the node, so the place is looked up afterwards. That no rule is known for an
    // element is a warning: it matters for the root, and below it only says that the schema leaves the element open.
    private void Note(ValidationEventArgs problem)
    {
        if (problem.Severity is XmlSeverityType.Error || _path.IsBeforeRoot)
        {
            _waiting.Add(problem.Exception);
        }
    }

    private void TakeUp()
    {
        foreach (var problem in _waiting)
        {
            _errors.Add(new XmlProblem(_path.ToString(), problem.LineNumber, problem.LinePosition, XmlWords.Of(problem)));
        }

        _waiting.Clear();
    }

    private SchemaLimit? LimitAt(XmlReader reader) =>
        reader.Depth > options.MaximumDepth ? SchemaLimit.Depth
        : ++_nodes % NodesBetweenClockReadings == 0 && Stopwatch.GetElapsedTime(_started) >= options.TimeLimit ? SchemaLimit.Time
        : null;

    private XmlVerdict Stopped(SchemaLimit limit, IXmlLineInfo place)
    {
        var reason = limit is SchemaLimit.Depth ? $"elements stand more than {options.MaximumDepth} levels deep in one another" : $"it took longer than {options.TimeLimit.TotalSeconds:0.###} seconds";
        _errors.Add(new XmlProblem(_path.ToString(), place.LineNumber, place.LinePosition, $"The validation stopped here: {reason}."));
        return new XmlVerdict(_errors, false, limit);
    }
}
