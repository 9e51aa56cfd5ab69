using System.Xml;
using System.Xml.Schema;
using IntegrationConsole.Schemas.Xml;

namespace IntegrationConsole.Schemas;

/// <summary>An XML Schema (XSD 1.0), compiled once and then used by any number of threads.</summary>
public sealed class XmlSchemaDocument
{
    private readonly XmlSchemaSet _schemas;

    private XmlSchemaDocument(XmlSchemaSet schemas) => _schemas = schemas;

    /// <summary>Compiles one or more documents that belong together. What they import must be among them: nothing is fetched.</summary>
    public static XmlSchemaCompilation Compile(IReadOnlyList<string> texts)
    {
        XmlSchemaCompilation.Refused? refused = null;
        var document = 0;
        var groups = new XmlGroupSizes();
        var schemas = new XmlSchemaSet { XmlResolver = null };

        // A warning means that something was left out, such as an import that is not among the documents.
        schemas.ValidationEventHandler += (_, problem) => refused ??= RefusedBecause(problem.Exception, document);
        try
        {
            for (; document < texts.Count && refused is null; document++)
            {
                if (XmlSchemaLimits.Breach(texts[document]) is { } breach)
                {
                    return new XmlSchemaCompilation.Refused(document, breach.Line, breach.Position, breach.Sentence);
                }

                groups.Add(texts[document]);
                using var reader = XmlReader.Create(new StringReader(texts[document]), XmlSchemaLimits.ReaderSettings());
                schemas.Add(null, reader);
            }

            if (groups.AreTooLarge())
            {
                return new XmlSchemaCompilation.Refused(document, 0, 0, "The groups of the schema refer to each other so often that they unfold to tens of thousands of elements.");
            }

            schemas.Compile();
        }
        catch (XmlException problem)
        {
            return new XmlSchemaCompilation.Refused(document, problem.LineNumber, problem.LinePosition, $"The schema is not well-formed XML. {XmlWords.Of(problem)}");
        }
        catch (XmlSchemaException problem)
        {
            return RefusedBecause(problem, document);
        }

        return refused is null ? new XmlSchemaCompilation.Compiled(new XmlSchemaDocument(schemas)) : refused;
    }

    public XmlVerdict Validate(TextReader xml, XmlOptions options) => new XmlEvaluation(_schemas, options).Judge(xml);

    /// <summary>Validates what is read while it is read, however large it is.</summary>
    /// <param name="xml">The document.</param>
    /// <param name="settings">How it is read; taken over.</param>
    public XmlSchemaReading Follow(Stream xml, XmlReaderSettings settings) => new(_schemas, xml, settings);

    private static XmlSchemaCompilation.Refused RefusedBecause(XmlSchemaException problem, int document) =>
        new(document, problem.LineNumber, problem.LinePosition, XmlWords.Of(problem));
}
