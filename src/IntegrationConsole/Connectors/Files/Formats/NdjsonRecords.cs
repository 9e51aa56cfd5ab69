using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>The records of a file with one JSON object on each line.</summary>
internal sealed class NdjsonRecords(FileBytes bytes, int mostRecordBytes) : IRecordReader
{
    private readonly NdjsonRecordReader _reader = new(bytes, mostRecordBytes);

    public IReadOnlyList<string> FieldNames => [];

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => _reader.ReadAsync(cancellationToken);

    public void AddTo(BatchBuilder batch) => batch.Add(_reader.Record.Span, _reader.Problem);

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return bytes.DisposeAsync();
    }
}
