using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>The records of a JSON file.</summary>
internal sealed class JsonRecords(FileBytes bytes, FileSettings settings, string file, int mostRecordBytes) : IRecordReader
{
    private readonly JsonRecordReader _reader = new(bytes, new JsonRecordOptions(file, FieldPath.Parse(settings.Records), mostRecordBytes));

    public IReadOnlyList<string> FieldNames => [];

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => _reader.ReadAsync(cancellationToken);

    public void AddTo(BatchBuilder batch) => batch.Add(_reader.Record.Span, _reader.Problem);

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return bytes.DisposeAsync();
    }
}
