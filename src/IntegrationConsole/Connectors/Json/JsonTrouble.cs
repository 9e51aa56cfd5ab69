using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Json;

/// <summary>What to tell an operator about a document that is not, or not whole, JSON. Never repeats any of it.</summary>
internal static class JsonTrouble
{
    /// <param name="subject">Begins the sentence.</param>
    /// <param name="broken">What the JSON reader said.</param>
    /// <param name="beginning">The beginning of the document, when already that is wrong; null further on.</param>
    /// <param name="isAfterEnd">The document was complete already.</param>
    /// <param name="isMissing">Everything that is there is right.</param>
    public static FailureException Explain(string subject, JsonException broken, byte[]? beginning, bool isAfterEnd, bool isMissing)
    {
        var (sentence, code) = beginning is not null && NotEvenBegun(beginning) is { } other ? other
            : isMissing ? ("ended in the middle.", "truncated")
            : isAfterEnd ? ("goes on after the end of its JSON.", "trailing")
            : ($"is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}).", "json");
        return new FailureException(new Failure(FailureCause.Malformed, $"{subject} {sentence}", code), broken);
    }

    public static FailureException TooLarge(string subject, int most) => new(new Failure(
        FailureCause.TooLarge, $"{subject} holds a record of more than {SizeWords(most)}, the limit for one record.", "record-size")
    { IsSystemic = true });

    public static string SizeWords(int bytes) => bytes >= 1024 * 1024 ? $"{bytes / (1024 * 1024)} MB" : $"{bytes / 1024} KB";

    private static (string Sentence, string Code)? NotEvenBegun(byte[] beginning)
    {
        var text = beginning.AsSpan().TrimStart(" \t\r\n"u8);
        return text.Length == 0 ? ("is empty.", "empty")
            : text.StartsWith("<?xml"u8) ? ("is XML and not JSON.", "xml")
            : text[0] == '<' ? ("is an HTML page and not JSON: the address may be wrong, or a sign-in page stands before it.", "html")
            : text[0] is 0xFE or 0xFF or 0x00 ? ("is not text in UTF-8.", "encoding")
            : text.StartsWith((byte[])[0x1F, 0x8B]) ? ("is compressed without saying so.", "compression") : null;
    }
}
