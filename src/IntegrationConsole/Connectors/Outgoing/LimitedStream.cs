using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>An answer's body that may neither grow without end (a decompression bomb does) nor fall silent.</summary>
internal sealed class LimitedStream(Stream inner, long most, TimeSpan silence, string what, TimeProvider clock) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        catch (InvalidDataException broken)
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"The compressed answer of {what} is damaged.", "compression"), broken);
        }

        _read += count;
        return _read <= most
            ? count
            : throw new FailureException(new Failure(FailureCause.TooLarge, $"The answer of {what} is larger than {(most >= 1024 * 1024 ? $"{most / (1024 * 1024)} MB" : $"{most / 1024} KB")}: ask for smaller pages.", "answer-size") { IsSystemic = true });
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
