using System.Buffers;
using IntegrationConsole.Webhooks.Verification;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// Reads bodies into memory, each up to its endpoint's limit and all of them together up to the node's: a sender that
/// never ends, or many at once, cost what is allowed and no more.
/// </summary>
internal sealed class BodyReader(IOptions<LetterboxOptions> options, TimeProvider clock)
{
    private const int FirstBytes = 16 * 1024;

    private long _inHand;

    /// <param name="input">The request's body.</param>
    /// <param name="declared">What the sender says that it has; null where it does not say.</param>
    /// <param name="most">What the endpoint takes.</param>
    /// <param name="cancellationToken">The sender has gone.</param>
    public async Task<ReadBody> ReadAsync(Stream input, long? declared, int most, CancellationToken cancellationToken)
    {
        if (declared > most)
        {
            return new ReadBody(Refusal.TooLarge);
        }

        using var within = new CancellationTokenSource(options.Value.BodyWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancellationToken);
        var body = new ReceivedBody(this);
        try
        {
            if (!body.Grow((int)Math.Min(declared ?? FirstBytes, most) + 1))
            {
                return ReadBody.NoRoom(body);
            }

            while (await input.ReadAsync(body.Free, either.Token) is > 0 and var read)
            {
                body.Take(read);
                if (body.Length > most)
                {
                    return ReadBody.Refused(Refusal.TooLarge, body);
                }

                // One byte more than allowed has to fit, or nobody would notice it.
                if (body.Free.Length == 0 && !body.Grow((int)Math.Min((long)body.Length * 2, most) + 1))
                {
                    return ReadBody.NoRoom(body);
                }
            }

            return new ReadBody(null) { Body = body };
        }
        catch (OperationCanceledException) when (within.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ReadBody.Refused(Refusal.TooSlow, body);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private bool Reserve(int bytes)
    {
        if (Interlocked.Add(ref _inHand, bytes) <= options.Value.MostBytesInHand)
        {
            return true;
        }

        GiveBack(bytes);
        return false;
    }

    private void GiveBack(int bytes) => Interlocked.Add(ref _inHand, -bytes);

    /// <summary>The bytes of one body, until it is disposed.</summary>
    internal sealed class ReceivedBody(BodyReader reader) : IDisposable
    {
        private byte[] _buffer = [];
        private int _reserved;

        public int Length { get; private set; }

        public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

        internal Memory<byte> Free => _buffer.AsMemory(Length, _reserved - Length);

        internal void Take(int read) => Length += read;

        /// <returns>False where the node has no room for it.</returns>
        internal bool Grow(int bytes)
        {
            if (!reader.Reserve(bytes - _reserved))
            {
                return false;
            }

            var larger = ArrayPool<byte>.Shared.Rent(bytes);
            Bytes.CopyTo(larger);
            Return();
            (_buffer, _reserved) = (larger, bytes);
            return true;
        }

        public void Dispose()
        {
            reader.GiveBack(_reserved);
            Return();
            (_buffer, _reserved, Length) = ([], 0, 0);
        }

        private void Return()
        {
            if (_buffer.Length > 0)
            {
                // What somebody sent is nobody else's to see.
                ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            }
        }
    }
}

/// <summary>How reading a body ended: with the body, refused, or without room for it.</summary>
internal sealed record ReadBody(Refusal? Refusal)
{
    public BodyReader.ReceivedBody? Body { get; init; }

    public static ReadBody Refused(Refusal refusal, IDisposable body)
    {
        body.Dispose();
        return new ReadBody(refusal);
    }

    public static ReadBody NoRoom(IDisposable body)
    {
        body.Dispose();
        return new ReadBody((Refusal?)null);
    }
}
