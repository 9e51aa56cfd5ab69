using System.Text.Json;

namespace IntegrationConsole.Schemas.Compiling;

/// <summary>Reads the text of a schema within limits.</summary>
internal static class SchemaJson
{
    private const int LongestText = 5_000_000;
    private const int DeepestLevel = 500;

    /// <summary>The document, or a sentence about why there is none.</summary>
    public static (JsonElement? Root, string Problem) Parse(string text)
    {
        if (text.Length > LongestText)
        {
            return (null, $"The schema is too large: at most {LongestText} characters are read.");
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestLevel });
            return (document.RootElement.Clone(), "");
        }
        catch (JsonException problem)
        {
            return (null, $"The schema is not valid JSON, or nested more than {DeepestLevel} levels deep: line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}.");
        }
        catch (ArgumentException)
        {
            return (null, "The schema holds half a character, which no UTF-8 text can.");
        }
    }
}
