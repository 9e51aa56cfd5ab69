using System.Globalization;
using System.Xml;

namespace IntegrationConsole.Schemas.Xml;

/// <summary>
/// Looks an XML Schema through before the framework compiles it, which has no limits of its own: deep nesting would end the
/// process, a large count of repetitions fill its memory, and a pattern that tries all combinations hold a thread for ever.
/// </summary>
internal static class XmlSchemaLimits
{
    private const int LongestText = 5_000_000;
    private const int DeepestLevel = 100;
    private const int MostOccurrences = 1_000;

    private const string Namespace = "http://www.w3.org/2001/XMLSchema";

    public static XmlReaderSettings ReaderSettings() => new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>The first breach of a limit; null where there is none.</summary>
    public static (int Line, int Position, string Sentence)? Breach(string text)
    {
        if (text.Length > LongestText)
        {
            return (0, 0, $"The schema is too large: at most {LongestText} characters are read.");
        }

        using var reader = XmlReader.Create(new StringReader(text), ReaderSettings());
        while (reader.Read())
        {
            if (reader.NodeType is XmlNodeType.Element && BreachAt(reader) is { } sentence)
            {
                var place = (IXmlLineInfo)reader;
                return (place.LineNumber, place.LinePosition, sentence);
            }
        }

        return null;
    }

    private static string? BreachAt(XmlReader reader)
    {
        if (reader.Depth > DeepestLevel)
        {
            return $"The elements of the schema stand more than {DeepestLevel} levels deep in one another.";
        }

        if (reader.NamespaceURI != Namespace)
        {
            return null;
        }

        if (IsTooMany(reader.GetAttribute("minOccurs")) || IsTooMany(reader.GetAttribute("maxOccurs")))
        {
            return $"A count of occurrences is above {MostOccurrences}; write unbounded instead.";
        }

        return reader.LocalName == "pattern" && reader.GetAttribute("value") is { } pattern && XmlPatternGuard.IsDangerous(pattern)
            ? "This pattern repeats what is itself repeated, and may take for ever to match; write it with a fixed text between the repetitions."
            : null;
    }

    private static bool IsTooMany(string? count) =>
        count is not null && count != "unbounded"
        && !(int.TryParse(count, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number <= MostOccurrences);
}
