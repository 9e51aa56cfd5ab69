using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>The records of an XML file; no more of it than one record is in memory.</summary>
internal sealed class XmlRecords : IRecordReader
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FileBytes _bytes;
    private readonly string _file;
    private readonly ElementPath _path;
    private readonly int _mostBytes;
    private readonly XmlReader _reader;
    private readonly XmlSchemaReading? _schema;
    private readonly List<string> _open = [];
    private readonly XmlElementTree _tree;
    private readonly ArrayBufferWriter<byte> _json = new(4 * 1024);
    private readonly Utf8JsonWriter _writer;
    private int _line;
    private XmlProblem? _misfit;

    // A file may say in its first line that it is in Windows-1252, which the framework knows only when it is told to.
    static XmlRecords() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public XmlRecords(FileBytes bytes, FileSettings settings, string file, int mostRecordBytes)
    {
        (_bytes, _file, _mostBytes) = (bytes, file, mostRecordBytes);
        _path = ElementPath.TryParse(settings.Element, out var path) ? path : throw new FailureException(new Failure(
            FailureCause.Configuration, $"{settings.Element} is neither the name of an element nor a path of such names.", "element"));
        _tree = new XmlElementTree(file);
        _writer = new Utf8JsonWriter(_json, Writing);

        // Without document types there are no entities of the file's own, and so none that grow without end or fetch
        // other files.
        var reading = new XmlReaderSettings
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            NameTable = new BoundedNames(file),
        };
        _schema = settings.Schema.Length > 0 ? Schema(settings.Schema).Follow(bytes, reading) : null;
        _reader = _schema?.Reader ?? XmlReader.Create(bytes, reading);
    }

    public IReadOnlyList<string> FieldNames => [];

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await FindAsync(cancellationToken))
            {
                return false;
            }

            _line = ((IXmlLineInfo)_reader).LineNumber;
            await _tree.ReadAsync(_reader, cancellationToken);
            _misfit ??= _schema?.Take();
            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"A pattern of the XML schema takes too long on {_file}: write it simpler.", "pattern"));
        }
    }

    public void AddTo(BatchBuilder batch)
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _tree.Write(_writer);
        _writer.Flush();
        batch.Add(_json.WrittenSpan, Problem());
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _writer.DisposeAsync();
        await _bytes.DisposeAsync();
    }

    private static XmlSchemaDocument Schema(string text) => XmlSchemaDocument.Compile([text]) switch
    {
        XmlSchemaCompilation.Compiled compiled => compiled.Schema,
        XmlSchemaCompilation.Refused refused => throw new FailureException(new Failure(
            FailureCause.Configuration, $"The XML schema of the connection cannot be used: {refused.Sentence}", "schema")),
        _ => throw new InvalidOperationException("There is no third outcome."),
    };

    /// <returns>Whether the reader stands at a record; false at the end.</returns>
    private async ValueTask<bool> FindAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _bytes.Mark(_mostBytes);
            var isRead = await _reader.ReadAsync();
            XmlElementTree.CheckDepth(_reader, _file);
            var isRecord = isRead && IsRecord();
            _misfit = _schema?.Take();
            if (_misfit is { } misfit && !isRecord)
            {
                // Around the records there is nothing to set aside: the file as a whole is not what was agreed.
                throw new FailureException(new Failure(
                    FailureCause.SchemaChange, $"{_file} is not what its XML schema says, at line {misfit.Line}: {misfit.Sentence}", "xsd") { IsSystemic = true });
            }

            if (isRecord || !isRead)
            {
                return isRecord;
            }
        }
    }

    private Failure? Problem() => this switch
    {
        { _tree.IsTooDeep: true } =>
            new Failure(FailureCause.Malformed, $"The record of {_file} that begins at line {_line} is nested too deep; what lies deeper was left out.", "depth"),
        { _misfit: { } misfit } =>
            new Failure(FailureCause.SchemaChange, $"The source does not send what was agreed: {misfit.Sentence}", "xsd") { Place = $"Line {misfit.Line} of {_file}" },
        _ => null,
    };

    private bool IsRecord()
    {
        if (_reader.NodeType is not XmlNodeType.Element)
        {
            return false;
        }

        if (_open.Count > _reader.Depth)
        {
            _open.RemoveRange(_reader.Depth, _open.Count - _reader.Depth);
        }

        _open.Add(_reader.LocalName);
        return _path.Matches(_open);
    }
}
