using System.IO.Compression;

namespace IntegrationConsole.Connectors.Files;

/// <summary>
/// What a gzip file holds. The framework ends a file that was cut off as if it were whole, so when it says that all has
/// been read, one more small compressed piece is put behind the file: only where the file ended as it should does that
/// piece come out.
/// </summary>
internal sealed class GzipBytes : ReadOnlyStream
{
    private static readonly byte[] Proof = "that was all of it"u8.ToArray();
    private static readonly byte[] PackedProof = Pack(Proof);

    private readonly Continued _packed;
    private readonly GZipStream _gzip;
    private bool _isOver;

    public GzipBytes(Stream packed)
    {
        _packed = new Continued(packed);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public static bool IsGzip(ReadOnlySpan<byte> beginning) => beginning is [0x1F, 0x8B, ..];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isOver || buffer.IsEmpty)
        {
            return 0;
        }

        var count = await _gzip.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            await EndAsync(cancellationToken);
            _isOver = true;
        }

        return count;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        _packed.ContinueWith(PackedProof);
        var seen = new byte[Proof.Length + 1];
        var length = await _gzip.ReadAtLeastAsync(seen, seen.Length, throwOnEndOfStream: false, cancellationToken);
        if (!seen.AsSpan(0, length).SequenceEqual(Proof))
        {
            throw new InvalidDataException("The file is cut off, or something follows the compressed data.");
        }
    }

    private static byte[] Pack(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await _gzip.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>A stream that can be given more to read after it has ended.</summary>
    private sealed class Continued(Stream file) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _more;
        private bool _hasMore;

        public void ContinueWith(ReadOnlyMemory<byte> more) => (_more, _hasMore) = (more, true);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasMore)
            {
                return await file.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, _more.Length);
            _more[..count].CopyTo(buffer);
            _more = _more[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await file.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
