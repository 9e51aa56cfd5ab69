using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>Opens a file in its format.</summary>
internal sealed class RecordReaders(IFileLocation location, FileSettings settings, FilesOptions options, int mostRecordBytes)
{
    public async Task<IRecordReader> OpenAsync(FileEntry file, CancellationToken cancellationToken)
    {
        var format = settings.FormatOf(file.Name) ?? throw new FailureException(new Failure(
            FailureCause.Configuration, $"The name of {file.Name} does not tell its format: choose the format in the settings.", "format"));
        var bytes = await FileBytes.OpenAsync(location, file, settings, options, cancellationToken);
        try
        {
            return format switch
            {
                "json" => new JsonRecords(bytes, settings, file.Name, mostRecordBytes),
                "ndjson" => new NdjsonRecords(bytes, mostRecordBytes),
                "xml" when (await bytes.PeekAsync(cancellationToken)).IsEmpty =>
                    throw new FailureException(new Failure(FailureCause.Malformed, $"{file.Name} is empty.", "empty") { IsSystemic = true }),
                "xml" => new XmlRecords(bytes, settings, file.Name, mostRecordBytes),
                _ => await CsvRecords.OpenAsync(bytes, settings, file.Name, mostRecordBytes, cancellationToken),
            };
        }
        catch
        {
            await bytes.DisposeAsync();
            throw;
        }
    }
}
