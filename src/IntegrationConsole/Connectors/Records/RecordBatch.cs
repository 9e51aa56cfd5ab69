using System.Buffers;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Records;

/// <summary>
/// Some records of a source, each as UTF-8 JSON (an object), in one pooled buffer; and the place in the source that
/// lies behind the last of them. Disposing gives the buffer back: nothing read from it may be kept.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private readonly List<Slice> _records = [];
    private byte[] _buffer;
    private int _used;

    public RecordBatch(int expectedBytes = 64 * 1024) => _buffer = ArrayPool<byte>.Shared.Rent(expectedBytes);

    public int Count => _records.Count;

    /// <summary>Bytes of all records together.</summary>
    public int Bytes => _used;

    /// <summary>From where an interrupted run goes on; null where this source can only begin again.</summary>
    public string? Checkpoint { get; set; }

    /// <summary>The greatest cursor value met so far in the run, for the next incremental run; null for full reads.</summary>
    public string? Watermark { get; set; }

    /// <summary>How many records the run will meet in all, where the source says so.</summary>
    public long? Expected { get; set; }

    /// <summary>What the source has to say of the read, for the run's log; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>Of a change stream: how far it is with this batch; null for other reads.</summary>
    public ChangeMark? Change { get; set; }

    public ReadOnlyMemory<byte> this[int index] => _buffer.AsMemory(_records[index].Start, _records[index].Length);

    /// <summary>Why a record could not be read as one; null for the usual ones.</summary>
    public Failure? ProblemOf(int index) => _records[index].Problem;

    /// <summary>Copies a record in.</summary>
    /// <param name="record">UTF-8 JSON; for a record that could not be read, whatever there is of it.</param>
    /// <param name="problem">Why it could not be read.</param>
    public void Add(ReadOnlySpan<byte> record, Failure? problem = null)
    {
        if (_used + record.Length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _used + record.Length));
            _buffer.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        record.CopyTo(_buffer.AsSpan(_used));
        _records.Add(new Slice(_used, record.Length, problem));
        _used += record.Length;
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private readonly record struct Slice(int Start, int Length, Failure? Problem);
}
