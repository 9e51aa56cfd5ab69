using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files;

/// <summary>
/// The bytes of a file as its format sees them: unpacked, with a beginning that can be looked at first, and never more
/// than the limits allow (a compressed file may grow a thousandfold).
/// </summary>
internal sealed class FileBytes(Stream inner, string file, long most) : ReadOnlyStream
{
    private const int MostPeeked = 4;

    private readonly byte[] _peeked = new byte[MostPeeked];
    private int _from;
    private int _to;
    private long _read;
    private long _marked;
    private long _mostSinceMark = long.MaxValue;

    public static async Task<FileBytes> OpenAsync(IFileLocation location, FileEntry file, FileSettings settings, FilesOptions options, CancellationToken cancellationToken)
    {
        var packed = new FileBytes(await location.OpenAsync(file, cancellationToken), file.Name, long.MaxValue);
        try
        {
            var beginning = await packed.PeekAsync(cancellationToken);
            var isGzip = settings.Compression is "gzip" || (settings.Compression is "auto" && GzipBytes.IsGzip(beginning.Span));
            return isGzip && file.Size > 0 ? new FileBytes(new GzipBytes(packed), file.Name, options.MostUnpackedBytes) : packed;
        }
        catch
        {
            await packed.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first bytes, four where there are as many; only before anything is read.</summary>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        if (_to == 0)
        {
            _to = await inner.ReadAtLeastAsync(_peeked, MostPeeked, throwOnEndOfStream: false, cancellationToken);
        }

        return _peeked.AsMemory(0, _to);
    }

    /// <summary>Gives up bytes that were looked at, such as a byte order mark.</summary>
    public void Skip(int count) => _from += count;

    /// <summary>Says that what was read so far is done with: from here on, a record may take so many bytes.</summary>
    public void Mark(long mostUntilNext)
    {
        _marked = _read;
        _mostSinceMark = mostUntilNext;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, _to - _from);
        if (count > 0)
        {
            _peeked.AsMemory(_from, count).CopyTo(buffer);
            _from += count;
        }
        else
        {
            count = await inner.ReadAsync(buffer, cancellationToken);
        }

        _read += count;
        return _read > most ? throw new FailureException(new Failure(
                FailureCause.TooLarge, $"{file} unpacks to more than {most / (1024 * 1024)} MB, the limit of Files__MostUnpackedBytes.", "unpacked-size")
        { IsSystemic = true })
            : _read - _marked > _mostSinceMark ? throw FileProblem.RecordTooLarge(file, _mostSinceMark)
            : count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
