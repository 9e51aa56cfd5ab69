using System.Buffers;

namespace IntegrationConsole.Connectors.Json;

/// <summary>
/// The part of a stream that is in memory: a pooled buffer that slides over it, and grows only while what must be kept
/// fills it.
/// </summary>
internal sealed class ByteWindow(Stream input) : IDisposable
{
    private const int FirstSize = 64 * 1024;
    private const int MarkLength = 3;

    /// <summary>Enough to tell a byte order mark, and what a document that is not JSON is instead.</summary>
    private const int TellingLength = 32;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;

    /// <summary>Whether the stream has nothing left beyond the window.</summary>
    public bool IsLast { get; private set; }

    public int Length => _end - _start;

    /// <summary>Whether there is enough in the window to judge how the stream begins.</summary>
    public bool CanBegin => IsLast || Length >= TellingLength;

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(_start, Length);

    /// <summary>How many bytes of white space the window begins with.</summary>
    public int LeadingSpace => Span.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var length ? length : Length;

    /// <summary>A piece of the window, valid until it is next filled.</summary>
    public ReadOnlyMemory<byte> Slice(int start, int length) => _buffer.AsMemory(_start + start, length);

    /// <summary>Gives up the beginning of the window.</summary>
    public void Release(int count) => _start += count;

    /// <summary>Gives up a UTF-8 byte order mark, if the window begins with one.</summary>
    public void SkipMark() => Release(Span.StartsWith((byte[])[0xEF, 0xBB, 0xBF]) ? MarkLength : 0);

    /// <summary>Reads on until there is this much more, or nothing more to come.</summary>
    /// <param name="more">At most as much as there is in the window, or 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask FillAsync(int more, CancellationToken cancellationToken)
    {
        var wanted = Length + more;
        MakeRoom();
        while (!IsLast && Length < wanted && _end < _buffer.Length)
        {
            var count = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            IsLast = count == 0;
            _end += count;
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom()
    {
        var target = _buffer;
        if (Length > _buffer.Length / 2)
        {
            target = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        }

        if (_start > 0 || target != _buffer)
        {
            Span.CopyTo(target);
            (_start, _end) = (0, Length);
        }

        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }
    }
}
