using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>
/// An answer's body that may neither grow without end (a decompression bomb does) nor fall silent, nor keep a reader for
/// ever by a byte now and then. Only what is waited for it counts: a destination that is slow is not its fault.
/// </summary>
internal sealed class LimitedStream(Stream inner, long most, TimeSpan silence, TimeSpan whole, string what, TimeProvider clock) : Stream
{
    private long _read;
    private TimeSpan _waited;

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
        var left = whole - _waited;
        if (left <= TimeSpan.Zero)
        {
            throw TooSlow();
        }

        using var patience = new CancellationTokenSource(left < silence ? left : silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var started = clock.GetTimestamp();
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw left < silence ? TooSlow() : new TimeoutException();
        }
        catch (InvalidDataException broken)
        {
            throw new FailureException(new Failure(FailureCause.Malformed, $"The compressed answer of {what} is damaged.", "compression"), broken);
        }
        finally
        {
            _waited += clock.GetElapsedTime(started);
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

    /// <summary>The request itself arrived, as it did with an answer that falls silent.</summary>
    private FailureException TooSlow() => new(
        new Failure(FailureCause.Timeout, $"The answer of {what} was not through after {(whole < TimeSpan.FromMinutes(2) ? $"{whole.TotalSeconds:0} s" : $"{whole.TotalMinutes:0} min")}: ask for smaller pages.", "answer-time") { MayHaveHappened = true });
}
