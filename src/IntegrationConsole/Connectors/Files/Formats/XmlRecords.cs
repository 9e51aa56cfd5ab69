using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

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
    private readonly List<string> _open = [];
    private readonly XmlElementTree _tree;
    private readonly ArrayBufferWriter<byte> _json = new(4 * 1024);
    private readonly Utf8JsonWriter _writer;
    private int _line;

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
        _reader = XmlReader.Create(bytes, new XmlReaderSettings
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            NameTable = new BoundedNames(file),
        });
    }

    public IReadOnlyList<string> FieldNames => [];

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            _bytes.Mark(_mostBytes);
            if (!await _reader.ReadAsync())
            {
                return false;
            }

            XmlElementTree.CheckDepth(_reader, _file);
        }
        while (!IsRecord());

        _line = ((IXmlLineInfo)_reader).LineNumber;
        await _tree.ReadAsync(_reader, cancellationToken);
        return true;
    }

    public void AddTo(BatchBuilder batch)
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _tree.Write(_writer);
        _writer.Flush();
        batch.Add(_json.WrittenSpan, _tree.IsTooDeep
            ? new Failure(FailureCause.Malformed, $"The record of {_file} that begins at line {_line} is nested too deep; what lies deeper was left out.", "depth")
            : null);
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _writer.DisposeAsync();
        await _bytes.DisposeAsync();
    }

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
