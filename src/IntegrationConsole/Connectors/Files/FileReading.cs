using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files.Formats;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files;

/// <summary>One file on its way into batches. What breaks and may heal, such as a network drive, is tried again from the same record.</summary>
internal sealed class FileReading(IFileLocation location, RecordReaders readers, FileEntry file, long behind, Backoff backoff) : IAsyncDisposable
{
    private IRecordReader? _reader;
    private int _failures;

    /// <summary>How many records of the file have been read, those before the checkpoint included.</summary>
    public long Records { get; private set; } = behind;

    /// <summary>Why the file cannot be read any further; null while it can.</summary>
    public FailureException? Broken { get; private set; }

    /// <summary>Reads until the batch is full, or the file breaks.</summary>
    /// <returns>False at the end of the file.</returns>
    public async Task<bool> FillAsync(BatchBuilder batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await ReadAsync(batch, cancellationToken);
            }
            catch (Exception problem) when (FileProblem.Of(problem, file.Name) is { } failure)
            {
                await CloseAsync();
                if (!await backoff.WaitAsync(failure, ++_failures, cancellationToken))
                {
                    Broken = new FailureException(failure, problem);
                    return true;
                }
            }
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<bool> ReadAsync(BatchBuilder batch, CancellationToken cancellationToken)
    {
        _reader ??= await OpenAsync(cancellationToken);
        while (!batch.IsFull)
        {
            if (!await _reader.ReadAsync(cancellationToken))
            {
                location.Confirm(file);
                return false;
            }

            _reader.AddTo(batch);
            Records++;
            _failures = 0;
        }

        return true;
    }

    /// <summary>Goes over the records that were read already: the formats have no other way to the next one.</summary>
    private async Task<IRecordReader> OpenAsync(CancellationToken cancellationToken)
    {
        var reader = await readers.OpenAsync(file, cancellationToken);
        try
        {
            for (var record = 0L; record < Records; record++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await reader.ReadAsync(cancellationToken))
                {
                    throw new FailureException(new Failure(FailureCause.Configuration, $"{file.Name} has become shorter since the run stopped: start a new run.", "file-changed"));
                }
            }

            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_reader is { } reader)
        {
            _reader = null;
            await reader.DisposeAsync();
        }
    }
}
