using System.Net.Sockets;
using System.Text;
using System.Xml;
using CsvHelper;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;
using Npgsql;

namespace IntegrationConsole.Connectors.Files;

/// <summary>What an exception means that came up while a file was read.</summary>
internal static class FileProblem
{
    /// <returns>Null for what is not the file's fault, such as a cancellation.</returns>
    public static Failure? Of(Exception problem, string file) => problem switch
    {
        FailureException expected => expected.Failure,
        FileNotFoundException or DirectoryNotFoundException => new(FailureCause.Configuration, $"{file} is no longer there.", "file-gone"),
        UnauthorizedAccessException => new(FailureCause.Configuration, $"{file} may not be read: allow it to the user that the console runs as.", "permission"),
        InvalidDataException => Damaged($"{file} is not valid gzip: it is damaged or was cut off.", "compression"),
        DecoderFallbackException => Damaged($"{file} is not text in the encoding that its beginning or the settings say: choose its encoding.", "encoding"),
        XmlException xml => OfXml(xml, file),
        CsvFormatException csv => new(FailureCause.TooLarge, $"The record of {file} that begins at line {csv.LineNumber} is larger than a record may be: often a quote is not closed there.", "record-size") { IsSystemic = true },
        IOException => new(FailureCause.TargetDown, $"{file} could not be read from its disk."),
        NpgsqlException or SocketException or TimeoutException => FailureClassifier.Classify(problem, "the console's database"),
        _ => null,
    };

    public static FailureException RecordTooLarge(string file, long most) => new(new Failure(
        FailureCause.TooLarge, $"{file} holds a record of more than {JsonTrouble.SizeWords((int)most)}, the limit for one record.", "record-size")
    { IsSystemic = true });

    private static Failure OfXml(XmlException xml, string file) =>
        Damaged($"{file} is not well-formed XML at line {xml.LineNumber}, position {xml.LinePosition}: it is damaged, was cut off, or declares a document type (DTD), which is refused for safety.", "xml");

    /// <summary>The rest of the file cannot be made out: no single record is at fault.</summary>
    private static Failure Damaged(string sentence, string code) => new(FailureCause.Malformed, sentence, code) { IsSystemic = true };
}
